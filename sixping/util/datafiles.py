"""Where the shipped data lie: one file at a time, overridden by ``SIXPING_DATA``.

Order for each file: the folder asked for (else the one named by ``SIXPING_DATA``), ``data``
inside the package (wheel), ``data`` beside the package (checkout, editable install). Names use
``/``: ``policy.toml``, ``calendar/local/g20.toml``. A ledger works by what it has adopted from
here, whatever the folder says since (``store.documents``).
"""

from __future__ import annotations

import os
from pathlib import Path

from sixping.errors import BadData, InputOutput, system_reason

_ENV = "SIXPING_DATA"


def stated_folder() -> Path | None:
    """Return the folder ``SIXPING_DATA`` names, None where it names none."""
    return Path(stated) if (stated := os.environ.get(_ENV, "")) else None


def in_force() -> tuple[Path, ...]:
    """Return the folders whose files are in force, whether or not they are there."""
    stated = stated_folder()
    return (shipped(),) if stated is None else (stated, shipped())


def locate(name: str, old_name: str = "", root: Path | None = None) -> Path:
    """Return the path of the data file in force under this name, or its former one.

    ``root`` stands in for ``SIXPING_DATA``. Raises ``BadData`` when no folder has it, a folder
    has it under both names, or ``SIXPING_DATA`` is no folder.
    """
    roots = _roots(root)
    for place in roots:
        path = in_folder(place, name, old_name)
        if path is not None:
            return path
    raise BadData(
        f"找不到数据文件 {name} (查找过: {', '.join(map(str, roots))})",
        f"请重新安装 sixping, 或把该文件放进环境变量 {_ENV} 所指的文件夹。",
    )


def in_folder(root: Path, name: str, old_name: str = "") -> Path | None:
    """Return the path of a data file in one folder, or None; raises ``BadData`` as ``locate``."""
    path, former = root / name, root / old_name
    if old_name and former.exists():
        if path.exists():
            raise BadData(
                f"{path} 和 {former.name} 是同一个数据文件的新旧两个名字",
                f"请把内容并入 {path.name}, 移走 {former.name}。",
            )
        path = former
    if path.is_file():
        return path
    if path.exists():
        raise BadData(f"{path} 应是文件, 不是文件夹。", "请改名或移走它。")
    return None


def read(name: str, root: Path | None = None) -> tuple[str, Path]:
    """Return the text of a data file and the path it came from.

    Raises ``BadData`` (missing, not UTF-8) or ``InputOutput`` (unreadable).
    """
    path = locate(name, root=root)
    return read_path(path), path


def read_path(path: Path) -> str:
    """Return the text of a UTF-8 file; the mark Windows editors put first is dropped.

    Raises ``BadData`` (not UTF-8) or ``InputOutput`` (unreadable).
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadData(
            f"{path} 不是 UTF-8 编码 (第 {error.start + 1} 个字节起)",
            "请用 UTF-8 编码另存该文件。",
        ) from None
    except OSError as error:
        raise InputOutput(
            f"无法读取 {path}: {system_reason(error)}", "请检查该文件是否存在、有无读取权限。"
        ) from None


def folder(name: str, root: Path | None = None) -> list[Path]:
    """Return the data files of a subfolder by name, overriding ones in place of shipped.

    A folder nobody has is empty. Raises ``BadData`` when ``SIXPING_DATA`` is no folder.
    """
    files: dict[str, Path] = {}
    for one in reversed(_roots(root)):
        place = one / name
        if place.is_dir():
            files.update((path.name, path) for path in place.iterdir() if _is_data(path))
    return [files[key] for key in sorted(files)]


def _is_data(path: Path) -> bool:
    return not path.name.startswith(".") and path.is_file()


def shipped() -> Path:
    """Return the folder that came with the program."""
    here = Path(__file__).parents[1]  # the package
    # An installed wheel must not pick up a neighbour's site-packages/data: the folder
    # beside the package counts only where the package carries none itself.
    packaged = here / "data"
    return packaged if packaged.is_dir() else here.parent / "data"


def _roots(root: Path | None = None) -> list[Path]:
    override = root or stated_folder()
    if override is None:
        return [shipped()]
    if root is None and not override.is_dir():
        raise BadData(
            f"环境变量 {_ENV} 所指的文件夹不存在: {override}", "请改正路径, 或取消该变量。"
        )
    require_folder(override)
    return [override, shipped()]


def require_folder(folder: Path) -> None:
    """Raise ``BadData`` for what is no folder, or has a file whose name is nearly one of ours."""
    if not folder.is_dir():
        raise BadData(f"没有这个文件夹: {folder}", "请改正路径。")
    _refuse_slips(folder, shipped())


def _refuse_slips(override: Path, shipped: Path) -> None:
    """Refuse a file whose name is nearly that of ours: it would silently change nothing."""
    ours = {path.name for path in shipped.glob("*.toml")}
    theirs = {path.name for path in override.glob("*.toml")}
    strange = sorted(theirs - ours)
    if not strange:
        return
    from difflib import get_close_matches

    for name in strange:
        near = get_close_matches(name, ours - theirs, 1, 0.8)
        if near:
            raise BadData(
                f"{override / name} 不会生效: 没有这个名字的数据文件。", f"是否应为 {near[0]}?"
            )
