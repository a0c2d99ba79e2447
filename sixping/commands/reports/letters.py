"""``assess ask|reply|moved|letters``: opinions on cadres, consents before a move (附3.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import dated
from sixping.console.answers import Wish, fitting, publish
from sixping.console.context import Context
from sixping.console.days import day_of, read_day, then_of
from sixping.console.nothing import asleep, by_filter
from sixping.console.options import AsJson, revealing
from sixping.console.recording import organisation_of, reading, record_seen, recording
from sixping.console.stepcommand import require_text
from sixping.errors import UsageFault
from sixping.office.letters import About, Body, LetterAsked
from sixping.office.organisation import organisation_at
from sixping.policy.units import UnitKind
from sixping.render.table import Column
from sixping.util.dates import parse_year
from sixping.util.daytext import understood_day
from sixping.util.names import meant
from sixping.util.text import SHORT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sixping.office.letters import Letter

Number = Annotated[str, typer.Argument(metavar="来函", help="如 l3, 见 assess letters")]
Cadre = Annotated[
    list[str] | None,
    typer.Option("--cadre", metavar="人员", help="编号或姓名, 可多次; 不写即其余的都算"),
]
_COLUMNS = (
    Column("id", "来函"),
    Column("agency", "机构"),
    Column("about", "事由"),
    Column("year", "年度", "int"),
    Column("state", "现状"),
    Column("bureau", "来函单位"),
    Column("asked", "来函日期", "day"),
    Column("answer_by", "要求答复", "day"),
    Column("age", "已等 (工作日)", "int"),
    Column("late", "逾期 (工作日)", "int"),
    Column("count", "人数", "int"),
    Column("cadres", "人员", "list"),
    Column("party", "党工委答复", "list"),
    Column("office", "办事处答复", "list"),
    Column("moved", "任免日期", "list"),
    Column("prior", "同意是否在先", "list"),
    Column("remark", "备注"),
)
_COLUMNS_FROM = {"bureau": 150, "cadres": 140, "year": 110, "moved": 110, "prior": 110}
_LEAVING = ("bureau", "cadres", "year", "count", "late", "answer_by", "office", "remark", "party")


def _kind(name: str) -> About:
    words: Mapping[str, About] = {each.value: each for each in About} | {
        "年度": About.YEAR, "任职": About.APPOINTMENT, "任命": About.APPOINTMENT,
        "免职": About.REMOVAL, "year": About.YEAR, "appointment": About.APPOINTMENT,
        "removal": About.REMOVAL,
    }  # fmt: skip
    known = "、".join(About)
    return About(meant(name, {word: kind.value for word, kind in words.items()}, "事由 (--about)",
                       f"可用: {known}。"))  # fmt: skip


def _body(name: str) -> Body:
    words = {each.value: each.value for each in Body}
    words |= {"党工委": Body.PARTY.value, "办事处": Body.OFFICE.value}
    return Body(meant(name, words, "答复机构 (--body)", f"可用: {'、'.join(Body)}。"))


def ask(
    ctx: typer.Context,
    agency: Annotated[str, typer.Argument(metavar="机构", help="派驻机构")],
    *,
    bureau: Annotated[
        str, typer.Option("--bureau", metavar="单位", help="来函的区级部门, 如 区市场监管局")
    ],
    cadre: Annotated[list[str], typer.Option("--cadre", metavar="人员", help="编号或姓名, 可多次")],
    about: Annotated[
        str,
        typer.Option("--about", metavar="事由", help="年度考核意见 (默认)、任职同意、免职同意"),
    ] = About.YEAR.value,
    day: Annotated[str | None, dated.LETTER_DATE.option] = None,
    answer_by: Annotated[str | None, dated.LETTER_ANSWER_BY.option] = None,
    year: Annotated[str | None, dated.LETTER_YEAR.option] = None,
    as_json: AsJson = False,
) -> None:
    """记录派出部门的来函: 征求对干部的年度意见, 或任免前征求同意 (附3.5)。

    没有来函、街道主动写的意见和同意用 assess opinion、assess consent。

    示例:
      sixping assess ask 市场监管所 --bureau 区市场监管局 --cadre p3 --cadre p7
      sixping assess ask 市场监管所 --about 任职同意 --bureau 区市场监管局 --cadre 演示甲
        --date 11月2日 --answer-by 11月20日
    """
    from sixping.office.letters import reply_line
    from sixping.services.office.letters import ask as record_letter
    from sixping.services.office.letters import like

    context = Context.of(ctx)
    sort = _kind(about)
    whose = require_text(bureau, "来函单位 (--bureau)", SHORT)
    when = day_of(context, day, dated.LETTER_DATE)
    wanted = _wanted(context, answer_by, when)
    of = parse_year(year, context.now)[0].year if year else when.year
    if of > context.now.year + 1:
        raise UsageFault(f"{of} 年还早。", "请核对 --year。")
    unit = organisation_of(context, when).units.find(agency)
    if unit.kind is not UnitKind.AGENCY:
        raise UsageFault(
            f"{unit.name} 不是派驻机构。", "派驻机构见: sixping units list --kind agency"
        )
    names = [require_text(name, "人员 (--cadre)", SHORT) for name in cadre]
    event = LetterAsked(
        letter="", agency=unit.name, about=sort, year=of, day=when, answer_by=wanted, count=0,
        bureau=whose,
    )  # fmt: skip
    with recording(context) as tx:
        letter, seq = record_letter(tx, event, names)
        others = [before.id for before in like(tx.con, letter.asked)]
    if others:
        context.say(f"注意: {unit.name}的{sort}另有来函 {'、'.join(others)}, 这一份另计。")
    context.say(
        f"已记录来函 {letter.id}: {unit.name} {sort}, {letter.asked.count} 人 (第 {seq} 号)。",
        f"答复后: {reply_line(letter)}",
    )
    _answer(context, letter, as_json=as_json)


def _wanted(context: Context, answer_by: str | None, asked: date) -> date | None:
    if answer_by is None:
        return None
    day = read_day(answer_by, context.now, dated.LETTER_ANSWER_BY, context.say)
    if day < asked:
        raise UsageFault(f"--answer-by {day} 早于来函的 {asked}。", "请核对日期。")
    return day


def reply(
    ctx: typer.Context,
    letter: Number,
    *,
    text: Annotated[str, typer.Option("--text", metavar="文字", help="意见或同意的正文")],
    body: Annotated[
        str | None, typer.Option("--body", metavar="机构", help="党工委 或 办事处")
    ] = None,
    cadre: Cadre = None,
    agreed: Annotated[
        bool | None, typer.Option("--agreed/--refused", help="任免的: 同意, 或不同意")
    ] = None,
    day: Annotated[str | None, dated.REPLY_DATE.option] = None,
    as_json: AsJson = False,
) -> None:
    """记录街道党工委或办事处对来函的答复; 可以先答复其中几人 (附3.5)。

    没有来函的用 assess opinion、assess consent。

    示例:
      sixping assess reply l1 --body 党工委 --text "履职情况良好"
      sixping assess reply l2 --agreed --text "同意任职" --cadre 演示甲
    """
    from sixping.services.office.letters import reply as record_reply

    context = Context.of(ctx)
    words = require_text(text, "答复 (--text)")
    whose = _body(body) if body else None
    when = day_of(context, day, dated.REPLY_DATE)
    with recording(context) as tx:
        after, seq = record_reply(
            tx, letter, cadre or (), body=whose, day=when, agreed=agreed, text=words
        )
    context.say(f"已记录对 {after.id} 的答复 (第 {seq} 号)。", *_next_words(after))
    _say_prior(context, after)
    _answer(context, after, as_json=as_json)


def moved(
    ctx: typer.Context,
    letter: Number,
    *,
    cadre: Cadre = None,
    day: Annotated[str | None, dated.MOVED_DATE.option] = None,
    as_json: AsJson = False,
) -> None:
    """记录任免的日期: 与党工委同意的日期核对, 晚于任免的同意不算事先 (附3.5)。

    示例:
      sixping assess moved l2 --date 11月25日
    """
    from sixping.services.office.letters import moved as record_move

    context = Context.of(ctx)
    when = day_of(context, day, dated.MOVED_DATE)
    with recording(context) as tx:
        after, seq = record_move(tx, letter, cadre or (), when)
    context.say(
        f"已记录 {after.id} 的任免日期 {understood_day(when)} (第 {seq} 号)。",
        *_next_words(after),
    )
    _say_prior(context, after)
    _answer(context, after, as_json=as_json)


def _next_words(letter: Letter) -> list[str]:
    """Say who still owes an answer, else how the appointment or removal is recorded."""
    from sixping.office.letters import ANSWERING, reply_line

    owing = [
        f"{body}还欠 {n} 人: {reply_line(letter, body)}"
        for body in ANSWERING[letter.asked.about]
        if (n := len(letter.owing(body)))
    ]
    if owing or letter.asked.about is About.YEAR:
        return owing
    moved = {cadre for move in letter.moves for cadre in move.cadres}
    left = [cadre for cadre in letter.cadres if cadre not in moved]
    return [f"任免以后: sixping assess moved {letter.id} --date 日期"] if left else []


def _say_prior(context: Context, letter: Letter) -> None:
    """Say how each consent stands to the day of the move."""
    from sixping.office.letters import Prior, prior

    for move in letter.moves:
        for how in sorted({prior(letter, cadre, move.day) for cadre in move.cadres}):
            mark = "" if how is Prior.BEFORE else "注意: "
            context.say(f"{mark}{letter.id} 任免 {move.day}: {how} (附3.5)。")


@revealing
def letters(
    ctx: typer.Context,
    *,
    year: Annotated[str | None, dated.LETTERS_YEAR.option] = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="现状", help="未来函、来函未复 或 已复")
    ] = None,
    agency: Annotated[str | None, typer.Option("--agency", metavar="机构")] = None,
    letter: Annotated[
        str | None, typer.Option("--letter", metavar="来函", help="只看一份, 连答复的正文")
    ] = None,
    as_of: Annotated[str | None, dated.LISTED_AS_OF.option] = None,
    wish: Wish,
) -> None:
    """列出一年的来函和答复: 未来函、来函未复 (已等几天)、任免前是否同意 (附3.5)。

    示例:
      sixping assess letters
      sixping assess letters --state 未来函
      sixping assess letters --letter l2 --reveal --reason 核对
    """
    from sixping.services.office.letters import STATES, rows
    from sixping.services.rulebooks import rulebooks_on

    context = Context.of(ctx)
    wish.choose(context)
    only = meant(state, {each: each for each in STATES}, "现状 (--state)",
                 f"可用: {'、'.join(STATES)}。") if state else None  # fmt: skip
    if letter is not None:
        _show_one(context, wish, letter, as_of)
        return
    with reading(context) as con:
        seq, now = then_of(context, con, as_of)
        of = parse_year(year, context.now)[0].year if year else now.year
        units = organisation_at(con, now.date(), seq).units
        unit = units.find(agency).name if agency else None
        every = rows(con, of, now, rulebooks_on(con, seq), reveal=wish.reveal, as_of=seq)
    found = [
        row
        for row in every
        if (only is None or row["state"] == only) and (unit is None or row["agency"] == unit)
    ]
    record_seen(context, wish, "assess letters", [row for row in found if row["id"]])
    _publish(context, wish, found, found)
    if not found and context.terminal.isatty and not asleep(context, "opinions"):
        by_filter(
            context, (f"{of} 年", only, unit), f"这一年共 {len(every)} 行。",
            "sixping assess ask 机构 --bureau 单位 --cadre 人员",
        )  # fmt: skip


def _show_one(context: Context, wish: Wish, name: str, as_of: str | None) -> None:
    """Show one letter with what was answered; unmasked it is recorded first."""
    from sixping.office.letters import find, letters_on
    from sixping.office.registers import require
    from sixping.services.office.letters import KEY, rows, texts
    from sixping.services.rulebooks import rulebooks_on

    with reading(context) as con:
        seq, now = then_of(context, con, as_of)
        require(con, KEY, seq)
        found = find(letters_on(con, seq), name)
        books = rulebooks_on(con, seq)
        every = rows(con, found.asked.year, now, books, reveal=wish.reveal, as_of=seq)
    row = next(each for each in every if each["id"] == found.id)
    record_seen(context, wish, f"assess letters {found.id}", [row])
    answers = texts(found, reveal=wish.reveal)
    if wish.choose(context) in {"json", "jsonl"}:
        _publish(context, wish, [row], row | {"answers": answers})
        return
    columns = (
        Column("body", "答复"), Column("day", "日期", "day"), Column("count", "人数", "int"),
        Column("said", "同意"), Column("text", "正文", elastic=True, mask="text"),
    )  # fmt: skip
    words = {None: "", True: "同意", False: "不同意"}
    publish(context, wish, [each | {"said": words[each["agreed"]]} for each in answers], columns)


def _publish(context: Context, wish: Wish, rows: list[dict[str, Any]], document: object) -> None:
    heads = fitting(context, wish, _COLUMNS, _COLUMNS_FROM)
    publish(context, wish, rows, heads, document, leaving=_LEAVING)


def _answer(context: Context, letter: Letter, *, as_json: bool) -> None:
    """Answer with the letter as the list has it."""
    from sixping.services.office.letters import rows
    from sixping.services.rulebooks import rulebooks_on

    if not as_json:
        return
    with reading(context) as con:
        every = rows(con, letter.asked.year, context.now, rulebooks_on(con))
    row = next(each for each in every if each["id"] == letter.id)
    _publish(context, Wish(as_json=True), [row], row)
