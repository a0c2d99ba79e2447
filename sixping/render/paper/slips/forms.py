"""The forms of the slips about a case: from facts to blocks. Pure.

What the facts do not say is an empty field to fill in, and never a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sixping.render.paper.blocks import Block, Fields, Sentence, Signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.render.paper.slips.facts import (
        Answer,
        Assignment,
        Contact,
        Demand,
        Extension,
        OfCase,
        Referral,
        Slip,
    )

    Pairs = list[tuple[str, str | None]]

CONFIDENTIAL: Final = "请注意保密：不得打听、查找、透露反映人。"
_TO_ANSWER: Final = "请在期限内办理，书面答复措施和结果；不能办结的写明原因。"
_NONE: Final = "无"
_TO_WRITE: Final = "＿" * 8
_ISSUED: Final = (("签发", None), ("经办", None))
_SIGNED: Final = (("签收人", None), ("签收时间", None))
_WIDE: Final = frozenset({
    "办理要点", "答复要求", "保密", "超期情况", "督办理由", "延期理由", "牵头单位意见",
    "指挥室意见", "批准", "上报内容", "附件清单", "回执", "联系原因", "使用要求", "答复内容",
    "办结期限",
})  # fmt: skip


def _form(*pairs: tuple[str, str | None]) -> Fields:
    """Return a form on which what needs the whole width has it."""
    return Fields(pairs, _WIDE & {label for label, _ in pairs})


def _of(case: OfCase) -> Pairs:
    """Return what identifies a case on a slip, and whose it is."""
    said: Pairs = [
        ("事项编号", case.number), ("收到日期", case.received),
        ("类别", case.category or "未定"), ("性质", case.nature or "未定（按举报）"),
        ("平台", case.platform or "未定"), ("等级", case.grade),
        ("社区", case.community or "未填"), ("网格", case.grid or "未填"),
        ("牵头单位", case.lead), ("协办单位", "、".join(case.assist) or _NONE),
    ]  # fmt: skip
    if case.coordinator:
        said.append(("协调单位", f"{case.coordinator}（四.2）"))
    if case.reports:
        said.append(("合并反映", f"{case.reports}件"))
    return said


def _limits(case: OfCase) -> Pairs:
    """Return the limits as one line."""
    if not case.limits:
        return []
    (name, first, clause), *rest = case.limits
    said = first
    for title, until, of in rest:
        said += f"；{title}{until}" if of == clause else f"（{clause}）；{title}{until}"
        clause = of
    return [(name, f"{said}（{clause}）" if clause else said)]


def _in_short(case: OfCase) -> Pairs:
    return [
        ("事项编号", case.number), ("收到日期", case.received),
        ("类别", case.category or "未定"), ("等级", case.grade),
        ("承办单位", case.lead or "未分派"), ("协办单位", "、".join(case.assist) or _NONE),
    ]  # fmt: skip


def _secret(case: OfCase) -> Pairs:
    return [("保密", CONFIDENTIAL)] if case.confidential else []


def assignment(slip: Slip[Assignment]) -> Iterator[Block]:
    """Return 交办单 (二.2): what, whose, until when, what to answer; lines to sign."""
    case = slip.facts.case
    yield _form(
        *_of(case), *_limits(case), ("办理要点", slip.facts.points), ("答复要求", _TO_ANSWER),
        *_secret(case), *_ISSUED, *_SIGNED,
    )  # fmt: skip


def demand(slip: Slip[Demand]) -> Iterator[Block]:
    """Return 催办单 or 督办单 (五.3): what is late, why it is demanded, by when to answer."""
    of = slip.facts
    late = "\n".join(f"{name}：{due}到期，超{days}个工作日" for name, due, days in of.late)
    by = f"请于{of.answer_by}前" if of.answer_by else "请"
    yield _form(
        *_in_short(of.case), ("督办等级", of.level), ("督办日期", of.made),
        ("超期情况", late or "督办时没有超期的时限"), ("督办理由", of.reason),
        ("答复要求", f"{by}书面答复：原因、措施、何时办结。"), *_secret(of.case), *_ISSUED,
        ("答复内容", None), ("答复单位", None), ("答复人", None), ("答复时间", None),
        ("联系电话", None),
    )  # fmt: skip


def extension(slip: Slip[Extension]) -> Iterator[Block]:
    """Return 延期审批表 (五.1c): filled in from what was approved, else to be filled in."""
    of = slip.facts
    pairs = _in_short(of.case)
    if of.approved is None:
        pairs += [*_limits(of.case), ("申请延长", None), ("申请延至", None)]
    else:
        pairs += [("原办结期限", of.was), ("延长", f"{of.workdays}个工作日")]
        pairs += [("延至", of.until), ("超最长时限", "是（特批）" if of.beyond else "否")]
    state = "未批准" if of.approved is None else "已批准"
    yield _form(
        *pairs, ("延期理由", of.reason), ("牵头单位意见", None), ("指挥室意见", None),
        ("批准", of.approved), ("审批状态", state), ("经办", None),
    )  # fmt: skip


def referral(slip: Slip[Referral]) -> Iterator[Block]:
    """Return 上报函 (三.3, 五.1b): the letter to the district, with its receipt."""
    of, case = slip.facts, slip.facts.case
    yield Sentence((f"{'、'.join(of.to) or _TO_WRITE}：",))
    yield Sentence(("下列事项本级无法处置，请予处理并答复（三.3）。",))
    receipt: Pairs = [("收件人", None), ("收件时间", None)]
    yield _form(
        ("事项编号", case.number), ("类别", case.category or "未定"),
        ("收到日期", case.received), ("上报日期", of.made),
        ("社区", case.community or "未填"), ("收文编号", None),
        ("上报内容", of.content), ("附件清单", None), *_secret(case),
        *([("回执", of.receipt)] if of.receipt else receipt),
    )  # fmt: skip
    yield Signature(slip.head.office, slip.head.day)


def answer(slip: Slip[Answer]) -> Iterator[Block]:
    """Return 答复单 (三.1): what the reporter was told, over the room's name."""
    of = slip.facts
    yield Sentence((f"{of.name or _TO_WRITE}：",))
    yield Sentence((f"您{of.received}反映的事项，现答复如下。",))
    for label, when, text in of.told:
        yield Sentence((f"{label}（{when}）：{text}",))
    yield Sentence((f"如有不明，请凭编号向我室询问。编号：{of.number}",))
    yield Signature(slip.head.office, slip.head.day)


def contact(slip: Slip[Contact]) -> Iterator[Block]:
    """Return 联系单: name and telephone, only for the unit that leads and has to call."""
    of = slip.facts
    yield _form(
        ("事项编号", of.case.number), ("承办单位", of.case.lead), ("反映人", of.name),
        ("电话", of.phone), ("联系原因", of.why),
        ("使用要求", "只限办理本件时联系，不得转告、复印，用后交回指挥室。"),
        *_ISSUED, *_SIGNED, ("联系时间", None), ("联系结果", None),
    )  # fmt: skip
