"""``enclose``: a file that belongs to a case, by name, digest and where it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.steps.owing import Enclosed
from sixping.console.stepcommand import require_text, step
from sixping.util.names import one_of
from sixping.util.text import SHORT, accept_text

if TYPE_CHECKING:
    from sixping.cases.step import Step
    from sixping.services.taking import Build, Situation

SORTS = ("处置前", "处置后", "其他")


@step()
def enclose(
    file: Annotated[Path, typer.Argument(metavar="文件", help="照片等文件, 只读出它的校验码")],
    sort: Annotated[str, typer.Option("--kind", metavar="种类", help=" ".join(SORTS))] = SORTS[-1],
    kept: Annotated[
        str | None,
        typer.Option(
            "--kept", metavar="存放处", help="文件夹, 或别处 (如 档案室3号柜); 不写即它现在所在"
        ),
    ] = None,
) -> Build:
    """登记附件 (处置前后照片等): 记名称、大小、校验码和存放处, 文件本身不收进台账。

    示例:
      sixping enclose 123 现场1.jpg --kind 处置前
      sixping enclose 123 现场2.jpg --kind 处置后 --kept 档案室3号柜
    """
    from sixping.services.office.enclosures import digest_of, located, refuse_twice

    kind = one_of(SORTS, sort, "种类 (--kind)")
    name = accept_text(file.name, field="文件名", limit=SHORT)
    where = None if kept is None else require_text(kept, "存放处 (--kept)", SHORT)
    size, digest = digest_of(file)  # before the ledger is open: a film takes a while to read
    place = accept_text(located(file, where), field="存放处")

    def build(situation: Situation) -> Step:
        from sixping.office.registers import require

        require(situation.work.con, "enclosures")
        refuse_twice(situation, digest)
        n = 1 + sum(isinstance(entry.event, Enclosed) for entry in situation.log)
        situation.hint("文件请留在存放处; 核对在不在、有没有改动: sixping verify --files")
        return Enclosed(n=n, sort=kind, size=size, sha256=digest, file=name, kept=place)

    return build
