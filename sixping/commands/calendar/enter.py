"""Entering calendar layers into the ledger: a published year, a notice, a local order.

Everything is validated and compared with the calendar in force before anybody is asked;
what was entered lies in the ledger with file name and SHA-256 of its content.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from sixping.calendar.check import difference
from sixping.calendar.files import load_layers, parse_data
from sixping.calendar.holiday_notice import is_amendment, parse_amendment, parse_notice
from sixping.calendar.layers import parse_holiday_cn, parse_local_order
from sixping.console import dated
from sixping.console.answers import Wish, publish
from sixping.console.context import Context
from sixping.console.days import day_of
from sixping.console.stepcommand import stamp_of
from sixping.errors import BadData, InputOutput, LedgerBusy, UsageFault, system_reason
from sixping.queries.calendar import ORDER, STREAM, SUBJECT, YEAR
from sixping.render.table import Column
from sixping.services.recount import promises_to_recount
from sixping.workdays import laid

if TYPE_CHECKING:
    from sixping.calendar.check import Difference
    from sixping.calendar.layers import Layer, LocalOrder
    from sixping.calendar.table import Calendar
    from sixping.services.rulebooks import Rulebooks

_MOST_BYTES = 2_000_000
_STDIN = "标准输入"
CHANGES = (
    Column("date", "日期", "day"),
    Column("old", "原来"),
    Column("new", "改为"),
    Column("source", "依据", elastic=True),
)

Yes = Annotated[bool, typer.Option("--yes", help="不再询问, 直接记入台账")]
DryRun = Annotated[bool, typer.Option("-n", "--dry-run", help="只检查和比较, 不记入")]


class CalendarInput(NamedTuple):
    """A layer as it came, and from where: file name and hash of its bytes."""

    kind: str
    layer: Layer
    file: str | None = None
    sha256: str | None = None


def import_(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="[文件]", help="holiday-cn 的 JSON, 或我们的 TOML")
    ] = None,
    notice: Annotated[
        str | None, typer.Option("--notice", metavar="文件|-", help="放假通知的原文")
    ] = None,
    year: Annotated[int | None, dated.NOTICE_YEAR.option] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> int:
    """导入一年的放假安排: 先检查, 再列出差异, 确认后记入台账。

    示例:
      sixping calendar import 2027.json
      sixping calendar import --notice 通知.txt --yes
    """
    context = Context.of(ctx)
    if (file is None) == (notice is None):
        raise UsageFault("请写一个文件, 或用 --notice 给出通知原文。", "二者取一。")
    if year is not None and notice is None:
        raise UsageFault("--year 只与 --notice 同用。", "文件里已写明年份。")
    if not dry_run:
        context.existing_ledger()
    entry = _notice(context, notice, year) if notice is not None else _year(Path(str(file)))
    return _enter(context, entry, yes=yes, dry_run=dry_run)


def _year(path: Path) -> CalendarInput:
    text, digest = _read(path)
    data = parse_data(text, path.name)
    if "scope" in data:
        raise BadData(
            f"{path.name} 是地方文件, 不是一年的放假安排",
            f"请用 sixping calendar add-local {path.name}。",
        )
    return CalendarInput(YEAR, parse_holiday_cn(data, path.name), path.name, digest)


def _notice(context: Context, name: str, year: int | None) -> CalendarInput:
    from sixping.services.rulebooks import rulebooks_of

    path = None if name == "-" else Path(name)
    text, digest = _read(path)
    source = path.name if path else _STDIN
    if is_amendment(text):
        layer = parse_amendment(text, rulebooks_of(context.ledger).calendar.year, year, source)
    else:
        layer = parse_notice(text, year, source)
    return CalendarInput(YEAR, layer, source, digest)


def _read(path: Path | None) -> tuple[str, str]:
    """Return the text and the SHA-256 of the bytes; stdin where there is no path."""
    try:
        content = path.read_bytes() if path else sys.stdin.buffer.read(_MOST_BYTES + 1)
    except OSError as fault:
        raise InputOutput(
            f"无法读取 {path}: {system_reason(fault)}", "请检查该文件是否存在、有无读取权限。"
        ) from None
    name = path.name if path else _STDIN
    if len(content) > _MOST_BYTES:
        raise BadData(f"{name} 太大 ({len(content)} 字节)", "放假安排不会有这么长。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding), sha256(content).hexdigest()
        except UnicodeDecodeError:
            continue
    raise BadData(f"{name} 的编码看不懂", "请用 UTF-8 另存该文件。")


def add_local(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="[文件]", help="TOML 文件, 键与下列选项相同")
    ] = None,
    off: Annotated[list[str] | None, dated.LOCAL_OFF.option] = None,
    work: Annotated[list[str] | None, dated.LOCAL_WORK.option] = None,
    document: Annotated[
        str | None, typer.Option("--document", metavar="文号", help="文件的文号")
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", metavar="名称", help="文件的名称, 默认同文号")
    ] = None,
    scope: Annotated[
        list[str] | None, typer.Option("--scope", metavar="地方", help="适用的地方, 可多次给出")
    ] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> int:
    """记入一份地方文件: 哪几天放假、哪几天上班, 适用于哪里。

    示例:
      sixping calendar add-local --off 2026-12-04 --document 演字1号 --scope 滨江区
      sixping calendar add-local 文件.toml --dry-run
    """
    context = Context.of(ctx)
    options = {"--off": off, "--work": work, "--document": document, "--scope": scope}
    if file is not None and any((*options.values(), title)):
        raise UsageFault("文件与选项不能同用。", "请二者取一。")
    if not dry_run:
        context.existing_ledger()
    if file is not None:
        text, digest = _read(file)
        data = parse_data(text, file.name)
        entry = CalendarInput(ORDER, _order(context, data, file.name), file.name, digest)
    else:
        missing = [name for name in ("--document", "--scope") if not options[name]]
        missing += [] if off or work else ["--off 或 --work"]
        if missing:
            hint = "用法见: sixping calendar add-local --help"
            raise UsageFault(f"缺少: {', '.join(missing)}", hint)
        days_off = _dates(context, off, dated.LOCAL_OFF)
        worked = _dates(context, work, dated.LOCAL_WORK)
        twice = sorted({day for day in days_off if day in worked})
        if twice:
            raise UsageFault(
                f"{'、'.join(twice)} 既写了 --off 又写了 --work。",
                "同一天只能放假或上班, 请去掉一处。",
            )
        data = {
            "title": title or document, "document": document, "scope": scope,
            "off": list(dict.fromkeys(days_off)), "worked": list(dict.fromkeys(worked)),
        }  # fmt: skip
        entry = CalendarInput(ORDER, _order(context, data, "选项"))
    _warn_elsewhere(context, entry.layer)
    return _enter(context, entry, yes=yes, dry_run=dry_run)


def _order(context: Context, data: dict[str, Any], source: str) -> LocalOrder:
    entered = {"entered_by": context.by, "entered_on": context.now.date()}
    return parse_local_order({**entered, **data}, source)


def _dates(context: Context, words: list[str] | None, row: dated.Dated) -> list[str]:
    return [day_of(context, word, row).isoformat() for word in words or ()]


def _warn_elsewhere(context: Context, layer: Layer) -> None:
    from sixping.services.rulebooks import rulebooks_of

    base = rulebooks_of(context.ledger).base
    places = base.places if base else frozenset()
    if places.isdisjoint(getattr(layer, "scope", ())):
        context.say(f"注意: 适用的地方不含本单位所在的 {'、'.join(sorted(places))}, 不影响本单位。")


# --- what both do ----------------------------------------------------------------------


def _enter(context: Context, entry: CalendarInput, *, yes: bool, dry_run: bool) -> int:
    from sixping.services.rulebooks import rulebooks_of

    rulebooks = rulebooks_of(context.ledger)
    if _same(rulebooks, entry):
        context.say(_ALREADY)
        return 0
    base = rulebooks.base or load_layers()
    fresh = laid(base, [*(layer for _, layer in rulebooks.known.layers), entry.layer])
    _refuse_incomplete(fresh, entry)
    _show_difference(context, rulebooks.calendar, fresh, entry)
    if dry_run:
        context.say("只作检查, 没有记入台账。")
        return 0
    if not yes and not _agreed(context):
        context.say("没有记入台账。")
        return 1
    _record(context, entry, fresh, rulebooks.calendar)
    return 0


_ALREADY = "台账里已有同样的内容, 没有改动。"


def _refuse_incomplete(fresh: Calendar, entry: CalendarInput) -> None:
    """Refuse a year that works on a day off by law: half a notice passes for a whole one."""
    year = getattr(entry.layer, "year", None)
    named = {day.date: day.working for day in entry.layer.days}
    worked = [
        f"{date} {name}"
        for date, name in fresh.statutory_days()
        if date.year == year and named.get(date, date.weekday() < 5)  # noqa: PLR2004
    ]
    if worked:
        raise BadData(
            f"{entry.file or '放假安排'}: 法定节日没有放假: {'、'.join(worked)}",
            "文件可能不完整, 请与通知原文核对; 日历没有改动。",
        )


def _same(rulebooks: Rulebooks, entry: CalendarInput) -> bool:
    """Tell whether the ledger's last word on this year, or one of its orders, says just that."""
    layers = [layer for _, layer in rulebooks.known.layers]
    year = getattr(entry.layer, "year", None)
    if year is not None:
        layers = [layer for layer in layers if getattr(layer, "year", None) == year][-1:]
    return any(_facts(layer) == _facts(entry.layer) for layer in layers)


def _facts(layer: Layer) -> dict[str, Any]:
    """Return the layer's data as recorded: who entered it stands in the envelope."""
    data = layer.as_data()
    data.pop("entered_by", None)
    return data


def _show_difference(context: Context, old: Calendar, new: Calendar, entry: CalendarInput) -> None:
    days = difference(old, new)
    worked = [day for day in days if day.worked]
    publish(context, Wish(), [_row(day) for day in worked], CHANGES)
    for warning in getattr(entry.layer, "warnings", ()):
        context.say(f"注意: {warning}")
    published = sorted(set(new.published) - set(old.published))
    if published:
        context.say(f"{'、'.join(map(str, published))} 年由暂定变为已公布。")
    named = f", 另有 {len(days) - len(worked)} 天只是名称变化" if len(days) > len(worked) else ""
    context.say(f"与现行日历相比, 是否上班有变化的 {len(worked)} 天{named}。")


def _row(changed: Difference) -> dict[str, Any]:
    def words(working: bool, name: str) -> str:
        return ("上班" if working else "休息") + (f" {name}" if name else "")

    return {
        "date": changed.date,
        "old": words(changed.old.working, changed.old.name),
        "new": words(changed.new.working, changed.new.name),
        "source": changed.new.source,
    }


def _agreed(context: Context) -> bool:
    if not context.interactive:
        raise UsageFault("没有终端可以确认, 没有记入台账。", "核对以上差异后加 --yes 重新运行。")
    from sixping.console.prompts import confirm

    return confirm(context, "记入台账?")


def _record(context: Context, entry: CalendarInput, fresh: Calendar, shown: Calendar) -> None:
    """Record what was agreed to; ``shown`` is the calendar with which it was compared."""
    from sixping.ledger import transaction
    from sixping.services.rulebooks import rulebooks_on
    from sixping.store.sqlite import reading

    facts: dict[str, Any] = {"layer": _facts(entry.layer), "calendar": fresh.fingerprint[:16]}
    source = {"file": entry.file, "sha256": entry.sha256} if entry.file and entry.sha256 else {}
    with transaction(context.ledger, stamp_of(context)) as tx:
        now = rulebooks_on(tx.con)
        if _same(now, entry):
            context.say(_ALREADY)
            return
        if now.calendar.fingerprint != shown.fingerprint:
            raise LedgerBusy(
                "另有人刚改了日历, 列出的变化已不准: 没有记入台账。", "请再运行一次, 核对后确认。"
            )
        seq = tx.note(STREAM, SUBJECT, entry.kind, facts, source)
    context.say(f"已记入台账 (第 {seq} 号)。")
    with reading(context.ledger) as con:
        recounting = promises_to_recount(con, rulebooks_on(con), context.now)
    if recounting:
        context.say(f"有 {recounting} 件的期限要相应调整: sixping calendar apply")
