"""The forms of the slips about a case: from facts to blocks. Pure.

What the facts do not say is an empty field to fill in, and never a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sixping.render.paper.blocks import Block, Fields, Heading, Sentence, Signature, SignOff, Slot

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

CONFIDENTIAL: Final = "请注意保密：不得打听、查找反映人，不得向被反映的单位和个人透露。"
_TO_ANSWER: Final = (
    "请在期限内办理，并书面答复：采取的措施、办理结果；不能办结的，写明原因和拟办期限。"
)
_NONE: Final = "无"


def _of(case: OfCase) -> Pairs:
    """Return what identifies a case on a slip."""
    said: Pairs = [("事项编号", case.number), ("收到日期", case.received)]
    said.append(("类别", case.category or "未定"))
    if case.nature:
        said.append(("性质", case.nature))
    said += [("平台", case.platform or "未定"), ("等级", case.grade)]
    said += [("社区", case.community or "未填"), ("网格", case.grid or "未填")]
    if case.reports:
        said.append(("合并反映", f"{case.reports}件"))
    return said


def _in_short(case: OfCase) -> Pairs:
    return [
        ("事项编号", case.number), ("收到日期", case.received),
        ("类别", case.category or "未定"), ("等级", case.grade),
        ("承办单位", case.lead or "未分派"), ("协办单位", "、".join(case.assist) or _NONE),
    ]  # fmt: skip


def _secret(case: OfCase) -> Pairs:
    return [("保密", CONFIDENTIAL)] if case.confidential else []


def _form(*pairs: tuple[str, str | None], wide: frozenset[str] = frozenset()) -> Fields:
    return Fields(pairs, wide & {label for label, _ in pairs})


_WIDE: Final = frozenset({
    "办理要点", "答复要求", "保密", "超期情况", "督办理由", "延期理由", "牵头单位意见",
    "指挥室意见", "批准", "上报内容", "回执", "联系原因", "使用要求", "答复内容", "办理结果",
    "协调单位",
})  # fmt: skip


def assignment(slip: Slip[Assignment]) -> Iterator[Block]:
    """Return 交办单 (二.2): what, whose, until when, what to answer; lines to sign."""
    case = slip.facts.case
    pairs = _of(case)
    pairs += [("牵头单位", case.lead), ("协办单位", "、".join(case.assist) or _NONE)]
    if case.coordinator:
        pairs.append(("协调单位", f"{case.coordinator}（四.2）"))
    pairs += case.limits
    pairs += [("办理要点", slip.facts.points), ("答复要求", _TO_ANSWER), *_secret(case)]
    yield _form(*pairs, wide=_WIDE)
    yield SignOff(("签发", "经办"))
    yield Heading("签收", 2)
    yield _form(("签收单位", None), ("签收人", None), ("签收时间", None), ("联系电话", None))


def demand(slip: Slip[Demand]) -> Iterator[Block]:
    """Return 催办单 or 督办单 (五.3): what is late, why it is demanded, by when to answer."""
    late = "\n".join(f"{name}：{due}到期，超{days}个工作日" for name, due, days in slip.facts.late)
    pairs = _in_short(slip.facts.case)
    pairs += [("督办等级", slip.facts.level), ("督办日期", slip.facts.made)]
    pairs += [("超期情况", late or "督办时没有超期的时限"), ("督办理由", slip.facts.reason)]
    by = f"请于{slip.facts.answer_by}前" if slip.facts.answer_by else "请"
    pairs += [("答复要求", f"{by}书面答复：未办结的原因、已采取的措施、办结的日期。")]
    yield _form(*pairs, *_secret(slip.facts.case), wide=_WIDE)
    yield SignOff(("签发", "经办"))
    yield Heading("答复", 2)
    yield _form(
        ("答复内容", None), ("答复单位", None), ("答复人", None), ("答复时间", None),
        ("联系电话", None), wide=_WIDE,
    )  # fmt: skip


def extension(slip: Slip[Extension]) -> Iterator[Block]:
    """Return 延期审批表 (五.1c): filled in from what was approved, else to be filled in."""
    pairs = _in_short(slip.facts.case)
    if slip.facts.approved is None:
        pairs += slip.facts.case.limits
        pairs += [("申请延长", None), ("申请延至", None)]
    else:
        pairs += [("原办结期限", slip.facts.was), ("延长", f"{slip.facts.workdays}个工作日")]
        pairs += [
            ("延至", slip.facts.until),
            ("超过最长时限", "是（特批）" if slip.facts.beyond else "否"),
        ]
    pairs += [("延期理由", slip.facts.reason), ("牵头单位意见", None), ("指挥室意见", None)]
    pairs += [
        ("批准", slip.facts.approved),
        ("审批状态", "未批准" if slip.facts.approved is None else "已批准"),
    ]
    yield _form(*pairs, wide=_WIDE)
    yield SignOff(("申请人", "经办", "批准人"))


def referral(slip: Slip[Referral]) -> Iterator[Block]:
    """Return 上报函 (三.3, 五.1b): the letter to the district, its receipt to be torn off."""
    yield Sentence((f"{'、'.join(slip.facts.to) or '＿＿＿＿＿＿＿＿'}：",))
    yield Sentence(
        (f"我街道{slip.facts.made}上报的下列事项，本级无法处置，请予处理并答复（三.3，五.1b）。",)
    )
    case = slip.facts.case
    pairs: Pairs = [
        ("事项编号", case.number), ("收到日期", case.received),
        ("类别", case.category or "未定"), ("社区", case.community or "未填"),
        ("上报内容", slip.facts.content), ("回执", slip.facts.receipt),
    ]  # fmt: skip
    yield _form(*pairs, *_secret(case), wide=_WIDE)
    yield Slot("附件清单", lines=2)
    yield Signature(slip.head.office, slip.head.day)
    yield Heading("收件回执", 2)
    yield _form(("收件单位", None), ("收件人", None), ("收件时间", None), ("收文编号", None))


def answer(slip: Slip[Answer]) -> Iterator[Block]:
    """Return 答复单 (三.1): what the reporter was told, over the room's name."""
    yield Sentence((f"{slip.facts.name or '＿＿＿＿＿＿＿＿'}：",))
    yield Sentence((f"您{slip.facts.received}反映的事项（编号{slip.facts.number}），现答复如下：",))
    for label, when, text in slip.facts.told:
        yield Sentence((f"{label}（{when}）：{text}",))
    yield Sentence(("如有不明，请凭编号向我室询问。",))
    yield Signature(slip.head.office, slip.head.day)


def contact(slip: Slip[Contact]) -> Iterator[Block]:
    """Return 联系单: name and telephone, only for the unit that leads and has to call."""
    case = slip.facts.case
    yield _form(
        ("事项编号", case.number), ("承办单位", case.lead), ("反映人", slip.facts.name),
        ("电话", slip.facts.phone), ("联系原因", slip.facts.why),
        ("使用要求", "只限承办单位办理本件时联系，不得转告、复印，用后交回指挥室。"),
        wide=_WIDE,
    )  # fmt: skip
    yield SignOff(("签发", "经办"))
    yield Heading("签收", 2)
    yield _form(("签收人", None), ("签收时间", None), ("联系时间", None), ("联系结果", None))
