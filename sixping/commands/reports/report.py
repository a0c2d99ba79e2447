"""The period report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.commands.reports.freezing import (
    Mode,
    freeze_report,
    list_issues,
    say_frozen,
)
from sixping.console import answers, dated
from sixping.console.answers import publish, publish_drilled
from sixping.console.casefilters import OnPlatform
from sixping.console.context import Context
from sixping.console.days import day_of, period_of
from sixping.console.frame import bare_values
from sixping.console.notes import remark
from sixping.console.nothing import before_first_day
from sixping.console.options import Reveal, answering
from sixping.documents.frozen import reprint_json
from sixping.documents.period import report_json
from sixping.errors import UsageFault
from sixping.render.formats import SHEETS
from sixping.render.paper.period.annex import EXPLAINED
from sixping.render.paper.period.frozen import CHANGES
from sixping.render.period import HEADS, flat_rows, reprint_rows
from sixping.render.table import Column
from sixping.reports.drill import Key, key_named
from sixping.reports.period import Narrow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sixping.console.answers import Wish
    from sixping.reports.spans import ReportRequest
    from sixping.services.report import Caveats


Written = Annotated[
    str | None,
    typer.Option(
        "--drill", metavar="项目", help="列出一个数背后的每一件, 如 办结、按时办结率、限内转出"
    ),
]
OfUnit = Annotated[str | None, typer.Option("--unit", metavar="单位", help="只计一个单位牵头的")]
Cohorts = Annotated[bool, typer.Option("--cohorts", help="在屏幕上也列出每个率计什么 (文件里总有)")]
Wall = Annotated[
    bool, typer.Option("--board", help="大屏: 此刻的件数、超期单位、值守、会议任务 (HTML)")
]
Freeze = Annotated[
    bool, typer.Option("--freeze", help="定稿: 记下这些数, 取下一个期号; 以后打印的就是定稿的数")
]
Restate = Annotated[
    bool, typer.Option("--restate", help="已定稿的时段按现在的记录重新统计, 与定稿的数对照")
]
Frozen = Annotated[bool, typer.Option("--frozen", help="列出已定稿的各期: 期号、时段、何时、何人")]
Reason = Annotated[
    str | None,
    typer.Option(
        "--reason",
        metavar="理由",
        help="查看个人信息 (--reveal) 或更正定稿 (--freeze --restate) 的理由",
    ),
]
OfCommunity = Annotated[
    str | None, typer.Option("--community", metavar="社区", help="只计一个社区的")
]


@bare_values(day="last", month="last", week="last", quarter="last", half="last", year="last")
@answering
def report(
    ctx: typer.Context,
    *,
    day: Annotated[str | None, dated.REPORT_DAY.option] = None,
    week: Annotated[str | None, dated.REPORT_WEEK.option] = None,
    month: Annotated[str | None, dated.REPORT_MONTH.option] = None,
    quarter: Annotated[str | None, dated.REPORT_QUARTER.option] = None,
    half: Annotated[str | None, dated.REPORT_HALF.option] = None,
    year: Annotated[str | None, dated.REPORT_YEAR.option] = None,
    from_: Annotated[str | None, dated.REPORT_FROM.option] = None,
    to: Annotated[str | None, dated.REPORT_TO.option] = None,
    as_of: Annotated[str | None, dated.REPORT_AS_OF.option] = None,
    unit: OfUnit = None,
    community: OfCommunity = None,
    platform: OnPlatform = None,
    drill: Written = None,
    cohorts: Cohorts = False,
    board: Wall = False,
    freeze: Freeze = False,
    restate: Restate = False,
    frozen: Frozen = False,
    reveal: Reveal = False,
    reason: Reason = None,
    wish: Wish,
) -> None:
    """出会商材料: 总体情况、办理质量、分类统计、趋势 (附1, 附3.1)。

    示例:
      sixping report --month
      sixping report --month 2026-10 -o 会商材料.docx
      sixping report --week --platform 综合执法
      sixping report --month --drill 限内转出
      sixping report --month 2026-10 --freeze -o 10月会商材料.docx
      sixping report --month 2026-10 --restate
      sixping report --frozen
      sixping report --board -o 大屏.html --force
    """
    context = Context.of(ctx)
    stated = {
        "day": day, "week": week, "month": month, "quarter": quarter, "half": half, "year": year
    }  # fmt: skip
    mode = Mode(freeze=freeze, restate=restate)
    wish = wish if freeze else wish.revealing(reveal, reason)
    if frozen or board:
        of = [*stated.values(), from_, to, as_of, unit, community, platform, drill, *mode]
        _show_apart(context, wish, [*of, board and frozen], board=board)
        return
    mode.refuse_odd(reason, as_of=as_of, drill=drill, reveal=reveal)
    wish.choose(context, SHEETS if drill else answers.PAPER_FORMATS)
    key = key_named(drill) if drill else None
    request = period_of(context, as_of, stated, _days(context, from_, to))
    asked = Narrow(unit, community, platform)
    if freeze:
        freeze_report(context, wish, request._replace(narrow=asked), mode, reason)
    if key:
        _show_rows(context, wish, (request, asked), key, restate=restate)
    else:
        annexed = (*CHANGES, EXPLAINED) if cohorts else CHANGES
        _show_report(context, wish, request, asked, annexed, restate=restate and not freeze)


def _days(context: Context, from_: str | None, to: str | None) -> tuple[date, date] | None:
    """Return the first and last day that were written, the last one today by default."""
    if from_ is None:
        if to is not None:
            raise UsageFault("--to 须与 --from 同用。", "例如: --from 10月8日 --to 10月20日")
        return None
    first = day_of(context, from_, dated.REPORT_FROM)
    return first, day_of(context, to, dated.REPORT_TO)


def _show_apart(context: Context, wish: Wish, others: Sequence[object], *, board: bool) -> None:
    """Show what is of no period: the wall, or the list of frozen reports."""
    option, what = ("--board", "此刻的大屏") if board else ("--frozen", "各期定稿的清单")
    if any(value not in {None, False} for value in others):
        raise UsageFault(f"{option} 是{what}, 不能与时段和筛选同用。", f"请只写 {option} 和 -o。")
    if board:
        _show_board(context, wish)
    else:
        list_issues(context, wish)


def _show_board(context: Context, wish: Wish) -> None:
    from sixping.services.papers.board import board
    from sixping.store.sqlite import reading

    wish = wish._replace(fmt=wish.fmt or "html")
    wish.choose(context, ("html",))
    with reading(context.existing_ledger()) as con:
        wall = board(con, context.now)
    answers.publish_board(context, wish, wall)


def _show_report(
    context: Context,
    wish: Wish,
    request: ReportRequest,
    asked: Narrow,
    annexed: Sequence[str],
    *,
    restate: bool,
) -> None:
    from sixping.services.papers.frozen import reported
    from sixping.services.report import narrowed
    from sixping.store.sqlite import reading

    fmt = wish.choose(context, answers.PAPER_FORMATS)
    shown: Sequence[str] = ()
    if wish.reveal:
        shown = _record_revealed(context, wish, request, asked, restate=restate)
    with reading(context.existing_ledger()) as con:
        made = reported(con, narrowed(con, request, asked), restate=restate, reveal=shown)
        _say_caveats(context, request, made.caveats)
        say_frozen(context, made.reprint, request, restate=restate)
        if fmt in answers.PAPERS:
            made_paper = made.paper(details=fmt in answers.OPENING)
            answers.publish_paper(context, wish, made_paper, annexed)
            if begins := made.caveats.begins:
                _say_first(context, fmt, begins)
            else:
                _say_next(context, fmt, request, asked)
        else:
            document, rows = report_json(made.report), list(flat_rows(made.report))
            if made.reprint:
                document |= reprint_json(made.reprint)
                rows += reprint_rows(document)
            columns = [Column(key, title) for key, title in HEADS.items()]
            publish(context, wish, rows, columns, rows if fmt == "jsonl" else document)


def _record_revealed(
    context: Context, wish: Wish, request: ReportRequest, asked: Narrow, *, restate: bool
) -> Sequence[str]:
    """Record which cases are about to be shown in full, before anything is; return them."""
    from sixping.console.recording import record_seen
    from sixping.services.papers.frozen import reported
    from sixping.services.report import narrowed
    from sixping.store.sqlite import reading

    with reading(context.existing_ledger()) as con:
        shown = reported(con, narrowed(con, request, asked), restate=restate).report.cases
    record_seen(context, wish, "report", shown)
    return [row["number"] for row in shown]


def _say_first(context: Context, fmt: str, begins: str) -> None:
    """Say on a terminal which month is the first that something is known of."""
    if fmt == "table" and context.terminal.isatty:
        context.say(f"下一步: sixping report --month {begins[:7]}")


def _say_next(context: Context, fmt: str, request: ReportRequest, asked: Narrow) -> None:
    """Say on a terminal how a figure opens, and how the paper becomes a file."""
    if fmt == "table" and context.terminal.isatty:
        of = "".join(f" --{name} {value}" for name, value in asked._asdict().items() if value)
        command = f"sixping report {request.option}{of}"
        context.say(f"打开一个数: {command} --drill 按时办结率")
        context.say(f"出文件: {command} -o 会商材料.docx")


def _say_caveats(context: Context, request: ReportRequest, caveats: Caveats) -> None:
    remark(context, provisional=caveats.provisional, recounting=caveats.recounting)
    if caveats.begins and context.terminal.isatty:
        before_first_day(context, caveats.begins, request.span)
    if caveats.ahead:
        context.say(f"注意: 其中 {caveats.ahead} 条的记录时间晚于此刻 (时钟被改过), 按次序计入。")


def _show_rows(
    context: Context, wish: Wish, of: tuple[ReportRequest, Narrow], key: Key, *, restate: bool
) -> None:
    """Write the rows behind one figure, as ``list`` writes cases; of a frozen one those of then."""
    from sixping.services.drill import Rows, of_span
    from sixping.services.papers.frozen import source_of
    from sixping.services.report import narrowed
    from sixping.store.sqlite import reading

    with reading(context.existing_ledger()) as con:
        source, issue = source_of(con, narrowed(con, *of), restate=restate)
        request = of_span(source.request, key.span)
        found = Rows(source._replace(request=request)).named(key)
    if issue and not restate:
        context.say(f"按{issue.words}定稿时的记录列出; 按现在的: 加 --restate")
    publish_drilled(context, wish, found, key.title)
