"""``slip``: papers that an office hands out about a case or a meeting, numbered and recorded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.cases.model import full_number
from sixping.console import answers
from sixping.console.context import Context
from sixping.console.options import answering
from sixping.console.recording import recording
from sixping.console.stepcommand import require_text, stamp_of
from sixping.errors import SixpingError, UsageFault
from sixping.policy.slips import ANSWER, ASSIGNMENT, CONTACT, KINDS, NOTICE, SlipKind
from sixping.util.clock import to_text
from sixping.util.names import one_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.console.answers import Wish
    from sixping.services.papers.slips import Asked, Printed

#: the forms of a slip: on paper, on the screen, for programs
FORMATS = ("table", "md", "html", "docx", "json")
_MEETING = re.compile(r"[mM]\d+")
#: kinds for which the room writes nothing of its own
_WORDLESS = frozenset({ANSWER, CONTACT})


@answering
def slip(
    ctx: typer.Context,
    number: Annotated[
        str, typer.Argument(metavar="编号", help="2026-000123 或 123; 会议的单据写会议编号, 如 m3")
    ],
    kind: Annotated[str, typer.Argument(metavar="单据", help=" ".join(KINDS))],
    *,
    points: Annotated[
        str | None,
        typer.Option(
            "--points",
            metavar="要点",
            help="指挥室自己写的要点, - 为标准输入; 不得照抄原话, 不写姓名、电话",
        ),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option("--unit", metavar="单位", help="通知单只出一个单位的; 不写则每单位一页"),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", "--dry-run", help="只看样子: 不编号, 不记录")
    ] = False,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="答复单写上反映人姓名, 须写 --reason; 会记入台账")
    ] = False,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="理由", help="联系单: 为什么须联系; 或 --reveal 的理由"),
    ] = None,
    wish: Wish,
) -> None:
    """出单据并编号: 交办单、督办单、延期审批表、上报函、答复单、会议通知单等。

    每种单据每年从 1 号起连续编号, 出单记入台账; 内容没有变的再出, 仍用原号, 注明重印。

    示例:
      sixping slip 123 交办单 --points "到现场核查油烟, 责令整改" -o 交办单.docx
      sixping slip 123 交办单 --points - -o 交办单.docx < 要点.txt
      sixping slip 123 黄牌督办单 -o 督办单.docx
      sixping slip 123 联系单 --reason "须约定上门查看的时间"
      sixping slip m3 联席会议议定事项通知单 --unit 城管执法中队 -o 通知单.docx
    """
    context = Context.of(ctx)
    of = KINDS[one_of(KINDS, kind, "单据")]
    fmt = _form(context, wish)
    _refuse_mixed(of, number, points, unit)
    why = _why(of, reason, reveal=reveal, preview=preview)
    context.existing_ledger()
    answers.refuse_unready(fmt)
    if of.of_meeting:
        printed, about = _of_meeting(context, number, of, unit, preview=preview)
    else:
        from sixping.services.papers.slips import Asked

        asked = Asked(of, _points(points), why, reveal, preview)
        printed = [_of_case(context, number, asked)]
        about = full_number(number, context.now.year)
    _answer(context, wish._replace(fmt=fmt, as_json=False), printed, about)


def _form(context: Context, wish: Wish) -> str:
    """Return the form; where nothing says which, a pipe gets Markdown."""
    if wish.fmt is None and not wish.as_json and wish.path is None:
        return "table" if context.terminal.isatty else "md"
    fmt = wish.choose(context, FORMATS)
    answers.require_file(wish, fmt, ASSIGNMENT)
    return fmt


def _refuse_mixed(of: SlipKind, number: str, points: str | None, unit: str | None) -> None:
    """Refuse a number of the other sort, and options that the kind does not know."""
    meeting = _MEETING.fullmatch(number.strip()) is not None
    if of.of_meeting and not meeting:
        way = f"例如: sixping slip m3 {of.name}; 会议编号见 sixping meeting list。"
        raise UsageFault(f"{of.name}是会议的单据, 须写会议编号。", way)
    if meeting and not of.of_meeting:
        names = "、".join(kind.name for kind in KINDS.values() if kind.of_meeting)
        raise UsageFault(f"{of.name}是事项的单据, 不是会议的。", f"会议的单据: {names}。")
    if unit is not None and of.name != NOTICE:
        raise UsageFault(f"--unit 只用于{NOTICE}。", "请去掉 --unit。")
    if points is not None and (of.of_meeting or of.name in _WORDLESS):
        way = "请去掉 --points。"
        if of.name == ANSWER:
            way += f"答复的内容先记录: sixping feedback {number} 内容"
        raise UsageFault(f"--points 不用于{of.name}。", way)


def _why(of: SlipKind, reason: str | None, *, reveal: bool, preview: bool) -> str | None:
    """Return why contact data are to be shown; None: none are."""
    if reveal and of.name != ANSWER:
        raise UsageFault(f"--reveal 只用于{ANSWER}。", f"联系方式另出{CONTACT}。")
    if reveal and preview:
        raise UsageFault("--preview 不显示个人信息。", "请去掉 --reveal 或 --preview。")
    if reveal and reason is None:
        raise UsageFault("查看个人信息须写明 --reason。", "例如: --reveal --reason 邮寄答复")
    if reason is None:
        return None
    if not (reveal or of.name == CONTACT):
        raise UsageFault(f"--reason 只用于{CONTACT}, 或与 --reveal 同用。", "请去掉 --reason。")
    return require_text(reason, "理由 (--reason)")


def _of_case(context: Context, number: str, asked: Asked) -> Printed:
    """Look at a slip about a case, or number and record it."""
    from sixping.services.papers import slips
    from sixping.services.papers.ground import Ground
    from sixping.store.sqlite import reading

    path, full = context.existing_ledger(), full_number(number, context.now.year)
    if asked.preview:
        with reading(path) as con:
            return slips.preview(Ground.read(con, full, context.now), asked)
    if asked.kind.name == ASSIGNMENT and asked.points is None and context.interactive:
        with reading(path) as con:
            ground = Ground.read(con, full, context.now)
            ground.refuse_unassigned(ASSIGNMENT)
            known = slips.has_words(ground)
        asked = asked if known else asked._replace(points=_asked_points(context))
    printed, hints = slips.print_slip(path, stamp_of(context), number, asked, context.say)
    context.say(*hints)
    return printed


def _points(given: str | None) -> str | None:
    if given is None:
        return None
    if given == "-":
        from sixping.console.incoming import read_text

        given = read_text()
    return require_text(given, "要点 (--points)")


def _asked_points(context: Context) -> str:
    """Ask for the points of a 交办单."""
    from sixping.console.prompts import ask_block

    words = ask_block(context, "办理要点 (用指挥室自己的话; 可写多行, 空行结束):")
    return require_text(words, "要点 (--points)")


def _of_meeting(
    context: Context, name: str, of: SlipKind, unit: str | None, *, preview: bool
) -> tuple[list[Printed], str]:
    """Look at the slips about a meeting, or number and record them; return the meeting's id too."""
    from sixping.services.papers import meetingslips
    from sixping.store.sqlite import reading

    if preview:
        with reading(context.existing_ledger()) as con:
            looked = meetingslips.preview(con, name, of, unit, context.now)
        return looked, name.strip().lower()
    with recording(context) as tx:
        meeting, printed = meetingslips.print_slips(tx, name, of, unit)
    return printed, meeting.id


def _answer(context: Context, wish: Wish, printed: Sequence[Printed], about: str) -> None:
    """Say what was numbered and write it; where writing fails, say how it is printed again."""
    from sixping.render.paper.slips import paper

    for each in printed:
        if each.seq is not None:
            to = f", 致{each.to}" if each.to else ""
            mark = "重印" if each.again else "已编号"
            context.say(f"{mark}: {each.kind.name} {each.slip.head.number}{to} (第 {each.seq} 号)")
        else:
            context.say(f"样子, 没有编号, 没有记录: {each.kind.name}")
    try:
        if wish.fmt == "json":
            document = _document(context, printed, about)
            answers.publish(context, wish, [], (), document)
        else:
            made = paper([each.slip for each in printed])
            answers.publish_paper(context, wish, made, name=printed[0].kind.name)
    except SixpingError as fault:
        if printed[0].seq is None:
            raise
        raise _recorded(fault, printed, about) from fault


def _recorded(fault: SixpingError, printed: Sequence[Printed], about: str) -> SixpingError:
    """Return a failure to write, with the numbers that stand and how they are printed again."""
    numbers = "、".join(each.slip.head.number for each in printed)
    again = f"sixping slip {about} {printed[0].kind.name}"
    return type(fault)(
        f"{fault.what} 但 {numbers} 已编号并记入台账。",
        f"{fault.hint} 然后照原样再出一次 ({again}, 选项同前), 仍用这个号, 注明重印。",
    )


def _document(context: Context, printed: Sequence[Printed], about: str) -> dict[str, Any]:
    """Return what was printed, for programs; of several slips the first one stands above all."""
    lines = [_line(context, each) for each in printed]
    if not printed[0].kind.of_meeting:
        return {"case": about, **lines[0]}
    return {"meeting": about, **lines[0], "slips": lines}


def _line(context: Context, each: Printed) -> dict[str, Any]:
    return {
        "kind": each.kind.name,
        "number": None if each.seq is None else each.slip.head.number,
        "to": each.to,
        "printed_at": None if each.seq is None else to_text(context.now),
        "reprint": each.again,
        "seq": each.seq,
    }
