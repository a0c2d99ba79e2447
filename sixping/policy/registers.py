"""The registers a street may keep beside its cases: what each is for, and its clause.

A register sleeps until the street switches it on (``office.registers``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.util.names import meant

if TYPE_CHECKING:
    from collections.abc import Mapping


class Register(NamedTuple):
    """One register: what people call it, what is kept in it, and by which clause."""

    title: str
    what: str
    clause: str


REGISTERS: Mapping[str, Register] = {
    "persons": Register("经办人", "每件由谁经办、换人, 考核时列在单位下面", "附2.1, 五.2"),
    "procedure": Register("考核程序", "考核的草稿、核对、异议和审定", "五.2, 附3.5"),
    "accountability": Register("问责", "提醒、约谈、通报等, 和责任查究的建议", "五.3, 附1"),
    "opinions": Register("征求意见和任免同意", "来函、答复和任免前的同意", "附3.5"),
    "sources": Register("来源反馈", "办理结果是否已回复来源平台", "三.1, 附3"),
    "demands": Register("协办要求", "向单位提出、等它答复的要求", "附3.3"),
    "instructions": Register("领导批示", "批示内容、期限和落实情况", "三.2"),
    "transfers": Register("行刑衔接", "移送公安、检察机关和回执、结果", "附2.3"),
    "enclosures": Register("附件", "处置前后照片等文件的名称、校验码和存放处", "三.1"),
    "inspections": Register("检查抽检", "每月的抽检、巡查、培训数", "附2.2"),
    "services": Register("服务事项", "公开的服务事项、各自的期限和材料", "四.1, 附2.4"),
    "rectification": Register("专项整治", "跨日的整治: 阶段、检查数、每日结果", "四.3"),
    "meetings": Register("会议到会和例会", "应到、请假、缺席和没有开的例会", "附1.2, 附3.1"),
    "disputes": Register("矛盾纠纷", "纠纷的种类和是否调处", "附1"),
    "groups": Register("帮教禁毒数字", "安置帮教、禁毒等的月数, 只有数", "附1"),
    "shifts": Register("值班日志和交接班", "指挥室每日的记事、承诺和交接", "附3.5"),
}


def register_named(name: str) -> str:
    """Return the key of the register people call so. Raises ``UnknownName`` naming all."""
    keys = {register.title: key for key, register in REGISTERS.items()}
    words = {title: title for title in keys} | {key: title for title, key in keys.items()}
    return keys[meant(name, words, "登记簿", f"可用: {'、'.join(keys)}。")]
