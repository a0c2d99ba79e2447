"""Write docs/commands.md, docs/errors.md and docs/ledger.md from what stands in the program.

    python docs/generate.py            write the pages that differ
    python docs/generate.py --check    write nothing, say what is stale, exit 1

``tests/house/test_docs.py`` holds the pages against it. What the columns of the ledger mean is
kept by hand in ``docs/ledger.toml``; a column without a meaning stops the run.
"""  # noqa: INP001 - a folder of pages and what makes them

from __future__ import annotations

import os
import re
import sqlite3  # noqa: TID251 - the schema is read off an empty database in memory
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
if str(ROOT) not in sys.path:  # run as a file: Python looks beside it, not above
    sys.path.insert(0, str(ROOT))

from docs.refusals import refusals  # noqa: E402
from sixping import cli, errors  # noqa: E402
from sixping.store import ddl  # noqa: E402

NOTICE = "<!-- 由 python docs/generate.py 生成, 请勿手改。 -->"
COLUMNS = "80"

CLASSES = {
    "NotAllowed": "当前状态不允许这一步",
    "NotFound": "没有所指的事项或人员",
    "UnknownName": "没有这个名称, 或简写不唯一",
    "SixpingError": "程序内部出错",
    "UsageFault": "命令行写法有误",
    "BadData": "文件或文字不能使用",
    "InputOutput": "读写失败",
    "LedgerBusy": "台账正被占用",
    "NoPermission": "没有权限",
    "LedgerUnusable": "台账不存在、损坏或不是本程序的",
    "Interrupted": "被中断",
}

COMMANDS_PREFACE = """\
每个命令的说明与 `sixping 命令 --help` 相同。下列选项可用于每个命令, 写在命令之前或之后都可以,
以后不再重复:"""
ERRORS_PREFACE = """\
程序不能照办时, 在标准错误写出“错误: ”和下列一句话, 再写怎么办, 并以所列的退出码结束; 没有写明的,
什么都没有记入台账。花括号里是当时的值; 方括号里是视情况而定的说法, 多种说法以 / 分开。规则文件和
通知原文中逐处指出的问题只列句式; 导入文件时逐行指出的问题随文件而变, 不在其中。"""

SAME = {"cases", "clocks"}
"""Views with the columns of another view, which are explained there."""
ALIKE = {
    "case_facts": ("case_states",), "case_moves": ("case_states",),
    "clock_moves": ("clock_states",), "clock_terms": ("clock_states",),
    "log": ("events", "sources"),
}  # fmt: skip
"""What takes the meanings of its columns from another."""


def pages() -> dict[str, str]:
    """Return every generated page by its file name."""
    return {
        "commands.md": commands_page(),
        "errors.md": errors_page(),
        "ledger.md": ledger_page(),
    }


# --- commands ---------------------------------------------------------------------------


def commands_page() -> str:
    """Return the help pages of all commands and groups, in the table's order."""
    os.environ["COLUMNS"] = COLUMNS
    root = cli.root_group()
    context = root.make_context("sixping", [], resilient_parsing=True)
    top, shared = _split(root.get_help(context))
    sections = [
        NOTICE,
        "# 命令",
        COMMANDS_PREFACE,
        _fenced(shared),
        "## sixping",
        _fenced(top),
    ]
    for path, command, inner in _walk(root, context):
        sections += [f"{'#' * (1 + len(path))} {' '.join(path)}"]
        sections += [_fenced(_split(command.get_help(inner))[0])]
    return "\n\n".join(sections) + "\n"


def _walk(group: Any, context: Any) -> Iterator[tuple[list[str], Any, Any]]:  # noqa: ANN401
    """Yield path, command and context of everything under a group."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        inner = command.context_class(command, info_name=name, parent=context)
        yield inner.command_path.split(), command, inner
        if isinstance(command, cli.LazyGroup):
            yield from _walk(command, inner)


def _split(page: str) -> tuple[str, str]:
    """Part a help page from the global options, which every page repeats."""
    kept, shared = [], ""
    for block in page.split("\n\n"):
        if block.startswith("全局选项:"):
            shared = block
        else:
            kept.append(block)
    return "\n\n".join(kept), shared


def _fenced(text: str) -> str:
    return f"```text\n{text}\n```"


# --- errors -----------------------------------------------------------------------------


def errors_page() -> str:
    """Return the catalogue of refusals: by exit code, each with its hint and module."""
    kinds = {
        name: kind.exit_code
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.SixpingError)
    }
    found = refusals(ROOT / "sixping", frozenset(kinds))
    sections = [
        NOTICE,
        "# 拒绝和出错",
        ERRORS_PREFACE,
        "不是错误的退出码: 0 完成; 3 有结果 (仅用 `--exit-code` 时)。",
    ]
    for kind, code in sorted(kinds.items(), key=lambda item: (item[1], item[0])):
        rows: dict[tuple[str, str], list[str]] = {}
        for one in found:
            if one.kind == kind:
                rows.setdefault((one.what, one.hint), []).append(one.module)
        lines = [
            [_cell(what), _cell(hint), ", ".join(f"`{module}`" for module in modules)]
            for (what, hint), modules in rows.items()
        ]
        sections += [f"## {code} · {CLASSES[kind]} ({kind})"]
        sections += [_table(["说什么", "怎么办", "出自"], lines)]
    return "\n\n".join(sections) + "\n"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    """Return a sentence so that Markdown shows it as it stands."""
    return re.sub(r"([\\|*<>`])", r"\\\1", " ".join(text.split()))


# --- ledger -----------------------------------------------------------------------------


def ledger_page() -> str:
    """Return tables, views and indexes with what each column means.

    Raises ``KeyError`` for a table or column whose meaning nobody wrote down.
    """
    words = tomllib.loads((HERE / "ledger.toml").read_text(encoding="utf-8"))
    con = sqlite3.connect(":memory:")
    for statement in (sql for step in ddl.MIGRATIONS for sql in step):
        con.execute(statement)
    sections = [NOTICE, "# 台账的表", words["preface"].strip()]
    for kind, title in (("view", "视图"), ("table", "表")):
        sections.append(f"## {title}")
        for name, sql in _made(con, kind):
            sections += [f"### {name}", words["about"][name].strip()]
            if name not in SAME:
                sections.append(
                    _table(["列", "类型", "含义"], _columns(con, name, words["columns"]))
                )
            sections += [f"```sql\n{sql}\n```"] if kind == "view" else _indexes(con, name)
    con.close()
    return "\n\n".join([*sections, words["closing"].strip()]) + "\n"


def _made(con: sqlite3.Connection, kind: str) -> list[tuple[str, str]]:
    query = "SELECT name, sql FROM sqlite_master WHERE type = ? ORDER BY rowid"
    return con.execute(query, (kind,)).fetchall()


def _columns(
    con: sqlite3.Connection, table: str, words: dict[str, dict[str, str]]
) -> list[list[str]]:
    meanings = dict(words["common"])
    for other in (*ALIKE.get(table, ()), table):
        meanings |= words.get(other, {})
    return [
        [f"`{name}`", f"{kind or '-'}{'' if needed or key else ', 可空'}", _cell(meanings[name])]
        for _, name, kind, needed, _, key in con.execute(f"PRAGMA table_info({table})")
    ]


def _indexes(con: sqlite3.Connection, table: str) -> list[str]:
    query = (
        "SELECT name, sql FROM sqlite_master"
        " WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY rowid"
    )
    made = [
        f"- `{name}`{' (唯一)' if ' UNIQUE ' in sql else ''}: `{sql.partition(f' ON {table} ')[2]}`"
        for name, sql in con.execute(query, (table,))
    ]
    return ["索引:\n\n" + "\n".join(made)] if made else []


def stale() -> dict[str, str]:
    """Return the pages that differ from what stands in ``docs/``, by their file name."""
    return {
        name: text
        for name, text in pages().items()
        if not (HERE / name).exists() or (HERE / name).read_text(encoding="utf-8") != text
    }


def main(argv: list[str]) -> int:
    """Write the pages that differ, or with ``--check`` only name them; return the exit code."""
    check = argv == ["--check"]
    differing = stale()
    for name, text in differing.items():
        if not check:
            (HERE / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"docs/{name}{' is out of date' if check else ''}")  # noqa: T201
    if check and differing:
        print("Run: python docs/generate.py, look, and commit it.")  # noqa: T201
    return int(check and bool(differing))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
