"""``import``: what other systems recorded becomes cases, once, with its own times."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from sixping.commands.cases.advancing import tell_progress
from sixping.commands.cases.profiles import missing_profile, or_profiles
from sixping.console.context import Context
from sixping.console.stepcommand import stamp_of
from sixping.errors import BadData, UsageFault
from sixping.importing.eventsfile import is_events_file
from sixping.importing.profiles import (
    CLOSED,
    TITLES,
    USABLE,
    Mode,
    Numbering,
    Profile,
    load_profile,
)
from sixping.importing.sheets import ALL, Sheets
from sixping.services.resolver import RowResolver
from sixping.util.cellmask import number_shown, word_shown
from sixping.util.masking import mask_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.importing.convert import RowError
    from sixping.importing.unknown import Group
    from sixping.services.importing import Rows
    from sixping.store.recognition import Conflict, ImportResult

#: how many faulty rows are listed on the screen
SHOWN = 20
#: how many remarks on rows that are taken all the same
REMARKED = 3
#: how many words of one kind are named
WORDS = 200
PLACED = ("community", "grid", "unit")
#: where the names stand that the rules of the ledger know
_NAMED_IN = {
    "category": ", 全部类别见 sixping policy show taxonomy",
    "channel": ", 全部渠道见 sixping policy show policy 的 [[edition.channel]]",
}
#: how many rows of one number are named
ROWS_NAMED = 5


@or_profiles
def import_(
    ctx: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="文件", help="Excel、ODS、CSV、JSON、网页表格, 或流水文件"),
    ],
    profile: Annotated[
        str | None,
        typer.Option("--profile", metavar="方案", help="方案名, 或自己的 .toml 文件; 流水文件不用"),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="表名", help=f"工作表; {ALL}: 每一个")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="编码", help="CSV 的编码, 默认自动判断")
    ] = None,
    triage: Annotated[bool, typer.Option("--triage/--no-triage", help="是否建议类别和平台")] = True,
    partial: Annotated[
        bool, typer.Option("--partial", help="跳过有问题的行, 导入其余的 (退出码仍为 65)")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="较新的导出: 已有的事项按文件写明的进展推进")
    ] = False,
    dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="只检查, 不导入")] = False,
) -> int:
    """从文件导入, 重复导入不会重复登记。

    示例:
      sixping import 来信.xlsx --profile messages
      sixping import 导出.csv --profile 我的方案.toml --dry-run
      sixping import 四月导出.csv --profile 我的方案.toml --update
      sixping import 流水.jsonl
    """
    context = Context.of(ctx)
    if is_events_file(file):
        context.existing_ledger()
        return _take_over(context, file, dry_run=dry_run, profile=profile, sheet=sheet)
    if profile is None:
        raise missing_profile(file, sheet, encoding)
    context.existing_ledger()
    chosen, watched = load_profile(profile), context.errors.isatty
    reports = Sheets(file, chosen, sheet=sheet, encoding=encoding, partial=partial, tracked=watched)
    _name_sheets(context, reports)
    several = chosen.numbering is Numbering.SEVERAL
    way = _Way(triage, partial, update, dry_run, several)
    return _take_in(context, reports, chosen, way)


class _Way(NamedTuple):
    """How a file is taken in, as the options say; ``several``: rows of one number are several."""

    triage: bool
    partial: bool
    update: bool
    dry_run: bool
    several: bool


def _take_in(context: Context, reports: Sheets, profile: Profile, way: _Way) -> int:
    """Import the rows, or look ahead, and say what became of them."""
    from sixping.console.progress import progress
    from sixping.office import registers
    from sixping.services.importing import Rows, record, refused, survey
    from sixping.services.intake import intake_data
    from sixping.services.rulebooks import rulebooks_on
    from sixping.store.sqlite import reading

    with reading(context.ledger) as con:
        data, rulebooks = intake_data(con, context.now.date()), rulebooks_on(con)
        applies = {"service", "answers"} & {*profile.columns, *profile.defaults}
        begun = registers.require(con, "services") if applies else None
    resolver = RowResolver(data, triage=way.triage, services_from=begun)
    rows = Rows(reports, profile, resolver, rulebooks.rules, stamp_of(context))
    doing = "检查" if way.dry_run else "导入"
    with progress(context, reports.total, doing, unit=reports.unit) as further:
        if context.errors.isatty:
            reports.track(further)
        if way.dry_run:
            result, kept = survey(context.ledger, rows, update=way.update), False
        else:
            result, kept = record(context.ledger, rows, partial=way.partial, update=way.update)
    _name_columns(context, reports)
    _name_places(context, resolver)
    _list_errors(context, rows)
    _list_conflicts(context, reports, result, way)
    _tell(context, rows, result, way, kept=kept)
    tell_progress(context, rows, update=way.update, kept=kept)
    if result.added and kept:
        following = "查看 sixping list; 临期和超期 sixping overdue"
        if profile.mode is Mode.HISTORY:
            following = "查看 sixping list --all; 按月汇总 sixping report --month"
        context.say(f"下一步: {following}。")
    return _came_to(context, way, kept=kept) if refused(rows, result) else 0


def _came_to(context: Context, way: _Way, *, kept: bool) -> int:
    """Say what becomes of a file with rows that cannot be taken; raises where none were."""
    if not (kept or way.dry_run):
        raise BadData("整个文件都没有导入。", "请改正后重试; 或加 --partial 跳过这些行。")
    if way.dry_run and not way.partial:
        context.say("有一处问题, 整个文件就不会导入: 请先改正, 或加 --partial 只导入其余的。")
    return BadData.exit_code


def _take_over(context: Context, file: Path, *, dry_run: bool, **given: str | None) -> int:
    """Take the events of another ledger over; what only rows know is refused."""
    from sixping.commands.cases.eventsout import take_over

    if any(given.values()):
        raise UsageFault("这是流水文件, 不用 --profile 和 --sheet。", "请只写: sixping import 文件")
    take_over(context, file, dry_run=dry_run)
    return 0


_OWN_SHEETS = frozenset({"填写说明", "名单"})  # beside the form in a workbook of --template


def _name_sheets(context: Context, reports: Sheets) -> None:
    if {*reports.left_out, *reports.hidden} == _OWN_SHEETS:
        return
    if reports.left_out:
        named = "、".join(reports.left_out)
        context.say(f"另有工作表 {named} 没有导入; 全部导入: --sheet {ALL}")
    if reports.hidden:
        context.say(f"隐藏的工作表不导入: {'、'.join(reports.hidden)}")


def _name_columns(context: Context, reports: Sheets) -> None:
    """Say which sheets were passed over, and which columns nobody reads, once for all sheets."""
    if reports.skipped:
        context.say(f"略过的工作表: {'、'.join(reports.skipped)}")
    sheets: dict[tuple[str, ...], list[str]] = {}
    for sheet, columns in reports.unused.items():
        sheets.setdefault(columns, []).append(sheet)
    for columns, names in sheets.items():
        where = f"工作表 {'、'.join(names)} 中" if len(sheets) > 1 else ""
        context.say(f"{where}没有用到的列: {'、'.join(columns)}")
    _name_left_out(context, reports)


def _tell(context: Context, rows: Rows, result: ImportResult, way: _Way, *, kept: bool) -> None:
    """Say what became of the rows; a look ahead and a run say the same."""
    did = "导入" if kept else "可导入"
    counts = [f"{did} {result.added} 件", f"台账中已有 {result.known} 件"]
    counts.append(f"同一文件内重复 {result.repeated} 件")
    if result.clashed:
        counts.append(f"内容不同 {result.clashed} 个编号")
    counts.append(f"有问题 {rows.faulty} 处")
    if left_out := rows.reports.no_reports.total():
        counts.append(f"略去 {left_out} 行")
    context.say(("检查完毕, 没有导入: " if way.dry_run else "") + ", ".join(counts) + "。")
    if result.alike:
        same = "同一编号 (没有编号的, 一字不差)" if way.several else "一字不差"
        context.say(f"与前面的行{same}的 {result.alike} 行, 各算一件。")
    unknown, unsaid = rows.unclear(result)
    if unknown:
        context.say(
            f"其中 {unknown} 件没有写明是否办结、何时办结: 状态不详, 不计时限, 不计入各率。"
        )
    if unsaid:
        context.say(f"其中 {unsaid} 件没有写明办结后是否告知反映人: 不列为未反馈, 不计入反馈率。")


def _list_conflicts(context: Context, reports: Sheets, result: ImportResult, way: _Way) -> None:
    """Name each number under which the file says other things, once, and the ways to go on."""
    for conflict in result.conflicts[:SHOWN]:
        context.say(_conflict(reports, conflict))
    if result.clashed > SHOWN:
        context.say(f"内容不同的共 {result.clashed} 个编号, 以上是前 {SHOWN} 个。")
    if result.clashed:
        known = any(conflict.number for conflict in result.conflicts)
        ways = _ways_on(way, known=known)
        said = (f"  {place}. {words}" for place, words in enumerate(ways, 1))
        context.say("内容不同的行都不导入, 可以:", *said)


def _ways_on(way: _Way, *, known: bool) -> Iterator[str]:
    """Yield how to go on; ``known``: the ledger has some of the numbers, not the file alone."""
    if known and not way.update:
        yield "文件是较新的导出: 加 --update --partial, 其余的行按进展更新, 内容不同的仍不动;"
    if way.several:
        yield "一个编号的几行按先后辨认: 请照上次的次序导出, 新的行放在后面;"
    else:
        yield (
            "编号每月或每年重新开始, 或一个编号含几行: 在方案中写明"
            ' numbering = "按月"、"按年" 或 "多行";'
        )
    rest = "" if way.partial else "加 --partial 导入其余的行, "
    yield (
        f"{rest}这些用 sixping note 编号 内容 补记,"
        " 或更正: sixping amend 编号 --text 内容 --reason 理由。"
    )


def _conflict(reports: Sheets, conflict: Conflict) -> str:
    _, numbered, source = conflict.key.partition("\x1f")
    shown = number_shown(source.partition(chr(0))[0])
    which = f"来源编号 {shown}" if numbered else "没有编号的一件"
    rows = "、".join(map(reports.where, conflict.rows[:ROWS_NAMED]))
    if conflict.many > ROWS_NAMED:
        rows += f" 等 {conflict.many} 行"
    known = f"已登记为 {conflict.number}, {rows}的内容与之不同。"
    if not conflict.number:
        known = f"{reports.where(conflict.first)}已有, {rows}的内容与之不同。"
    return f"{which}: {known}"


def _name_left_out(context: Context, reports: Sheets) -> None:
    """Say which rows are no reports, by the word that tells so."""
    counts = reports.no_reports.most_common(WORDS)
    if counts:
        first = reports.no_report_first
        named = "、".join(f"{word} ({_rows(n, reports.where(first[word]))})" for word, n in counts)
        more = " 等" if len(reports.no_reports) > WORDS else ""
        context.say(f"略去 {reports.no_reports.total()} 行: {named}{more}。")


def _name_places(context: Context, resolver: RowResolver) -> None:
    """Say which communities and grids the data of the office call otherwise."""
    for field in ("community", "grid"):
        called = [(k, n) for k, n in resolver.called.most_common() if k[0] == field]
        named = [f"{word_shown(said)} → {name} ({n:,} 行)" for (_, said, name), n in called[:WORDS]]
        if named:
            more = " 等" if len(called) > WORDS else ""
            context.say(f"{TITLES[field]}按组织目录对应: {'、'.join(named)}{more}。")


def _list_errors(context: Context, rows: Rows) -> None:
    for group in rows.unknown_words.groups():
        context.say(_words(group))
    alone = rows.unknown_words.alone()
    sheets = rows.reports.names

    def place(error: RowError) -> tuple[int, int, int, str]:
        column = error.column.partition(" ")[0]
        return sheets.index(error.sheet), error.row, len(column), column

    errors = sorted([*rows.errors, *alone], key=place)
    for error in errors[:SHOWN]:
        where = _where(error) + (f" {error.column}" if error.column else "")
        hint = f"。{error.hint}" if error.hint else ""
        context.say(f"{where}: {mask_text(error.what.removesuffix('。'))}{hint}")
    others = rows.faulty - rows.unknown_words.rows + len(alone)
    if others > SHOWN:
        context.say(f"其余有问题的共 {others} 处, 以上是前 {SHOWN} 处。")
    for error in rows.remarks[:REMARKED]:
        context.say(f"注意: {_where(error)}: {error.what}")
    if rows.remarked > REMARKED:
        context.say(f"注意: 这样的行共 {rows.remarked} 行。")


def _words(group: Group) -> str:
    """Return what is to be said of the words of a column that nobody knows, all at once."""
    column = f"{group.column} 列" if group.column else TITLES[group.field]
    listed = "、".join(
        f"{first.word} ({_rows(n, _where(first))}{_perhaps(first)})" for n, first in group.words
    )
    more = f" 等, 另有 {group.further:,} 行" if group.further else ""
    many = f"{len(group.words)}{' 个以上' if group.further else ' 个'}"
    if group.field in CLOSED:
        what, known = "方案没有说明的词", f", 可用: {'、'.join(USABLE[group.field])}"
    elif group.field in PLACED:
        what, known = "组织目录中没有的名称", ", 全部名称见 sixping units list"
    else:
        what, known = "台账的规则中没有的名称", _NAMED_IN.get(group.field, "")
    advice = f"请在方案的 [values.{group.field}] 中写明各指什么{known}。"
    return f"{column}: {what} {many}: {listed}{more}。{advice}"


def _rows(count: int, first: str) -> str:
    return first if count == 1 else f"{count:,} 行, 首见{first}"


def _perhaps(error: RowError) -> str:
    return f"; 是否指: {'、'.join(error.near)}?" if error.near else ""


def _where(error: RowError) -> str:
    return f"{f'工作表 {error.sheet} ' if error.sheet else ''}第 {error.row} 行"
