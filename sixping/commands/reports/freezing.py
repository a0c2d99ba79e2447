"""How a report is frozen on the command line, and the list of those that were."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.console import answers
from sixping.console.answers import fitted, fitting, publish
from sixping.console.notes import remark
from sixping.console.recording import recording
from sixping.console.stepcommand import require_text
from sixping.documents.frozen import listed_json
from sixping.errors import UsageFault
from sixping.render.paper.period.frozen import differs_words
from sixping.render.table import Column
from sixping.util.text import SHORT

if TYPE_CHECKING:
    from sixping.console.answers import Wish
    from sixping.console.context import Context
    from sixping.documents.frozen import Reprint
    from sixping.reports.spans import ReportRequest


class Mode(NamedTuple):
    """What is done: a report is frozen, and what is known now is counted (``restate``)."""

    freeze: bool
    restate: bool

    def refuse_odd(
        self, reason: str | None, *, as_of: str | None, drill: str | None, reveal: bool
    ) -> None:
        """Refuse what goes not together; raises ``UsageFault``."""
        if self.restate and as_of is not None:
            raise UsageFault("--as-of 和 --restate 不能同时使用。", "请只写其中一个。")
        if not self.freeze:
            return
        given = {"--as-of": as_of, "--drill": drill, "--reveal": reveal}
        for option in (option for option, value in given.items() if value):
            raise UsageFault(f"--freeze 和 {option} 不能同时使用。", _WHY_NOT[option])
        if self.restate and not (reason and reason.strip()):
            raise UsageFault(
                "更正定稿须写明 --reason。",
                "例如: --freeze --restate --reason 补录漏报; 只看现在的数, 不写 --freeze。",
            )
        if not self.restate and reason is not None:
            raise UsageFault(
                "定稿不用 --reason。", "要更正已定稿的, 请加 --restate; 否则去掉 --reason。"
            )


_WHY_NOT = {
    "--as-of": "定稿的是此刻的记录。请去掉 --as-of。",
    "--drill": "请先定稿, 再用 --drill 打开一个数。",
    "--reveal": "定稿里没有反映人的话。请先定稿, 再加 --reveal 打印。",
}


def freeze_report(
    context: Context, wish: Wish, request: ReportRequest, mode: Mode, reason: str | None
) -> None:
    """Freeze a report and say under which number; nothing is recorded that cannot be printed."""
    from sixping.services.papers.frozen import drafted, freeze, refuse_unfit
    from sixping.store.sqlite import reading

    why = require_text(reason, "理由 (--reason)", SHORT) if reason else None
    ledger = context.existing_ledger()
    refuse_unfit(request)
    with reading(ledger) as con:
        made = drafted(con, request, again=mode.restate)
        answers.rehearse_paper(context, wish, made.made.paper(details=False))
    caveats = made.made.caveats
    remark(context, provisional=caveats.provisional, recounting=caveats.recounting)
    with recording(context) as tx:
        issue = freeze(tx, made, why)
    context.say(f"已定稿: {issue.words}, 台账第 {issue.own_seq} 条。以后打印的就是这些数。")


def say_frozen(
    context: Context, reprint: Reprint | None, request: ReportRequest, *, restate: bool
) -> None:
    """Say which figures are printed: the frozen ones or those of today; and that they differ."""
    if reprint is None:
        if restate:
            context.say(
                "这个时段还没有定稿, 印的是现在的数。"
                f"定稿: sixping report {request.option} --freeze"
            )
        return
    issue = reprint.issue.words
    if reprint.differs:
        context.say(f"注意: {issue}: {differs_words(reprint.differs)}")
    if reprint.restated:
        context.say(f"印的是按现在的记录重新统计的数; 定稿 ({issue}) 的数在“定稿后变动”里。")
    elif not reprint.own:
        context.say(f"按{issue}定稿时的记录统计; 按现在的: 加 --restate")
    elif reprint.changed:
        context.say(
            f"印的是{issue}定稿的数; 此后有 {len(reprint.changed)} 个数变了, 见“定稿后变动”;"
            " 按现在的记录统计: 加 --restate"
        )


COLUMNS = (
    Column("issue", "期号", "int"),
    Column("total", "总期号", "int"),
    Column("correction", "更正次数", "int"),
    Column("period", "种类"),
    Column("from", "自", "day"),
    Column("to", "至", "day"),
    Column("at", "定稿", "time"),
    Column("by", "经办"),
    Column("as_of", "截至", "time"),
    Column("seq", "台账至", "int"),
    Column("head", "校验码"),
    Column("digest", "数的校验码"),
)
#: on a terminal narrower than this the column is left to other formats
_COLUMNS_FROM = {"digest": 200, "head": 200, "as_of": 140, "seq": 110, "correction": 100}
_LEAVING = ("as_of", "seq", "correction", "total", "by")


def list_issues(context: Context, wish: Wish) -> None:
    """Write the list of frozen reports, oldest first."""
    from sixping.office import issues
    from sixping.store.sqlite import reading

    with reading(context.existing_ledger()) as con:
        rows = [listed_json(issue) for issue in issues.every(con)]
    heads = fitting(context, wish, COLUMNS, _COLUMNS_FROM)
    publish(context, wish, rows, fitted(context, wish, heads, rows, _LEAVING), rows)
    if not rows and context.terminal.isatty:
        context.say("还没有定稿的材料。", "下一步: sixping report --month --freeze")
