"""The few questions of a service item, asked before anything is recorded (四.1, 附2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.errors import Interrupted
from sixping.policy.services import SERVICES, Services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sixping.console.context import Context
    from sixping.policy.services import Question


def answered(context: Context, service: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the answers to the questions of an item, those that are missing asked on a terminal.

    Raises ``UnknownName`` for an item nobody knows, ``UsageFault`` naming all that is missing or
    wrong, ``NotAllowed`` while the register sleeps.
    """
    from sixping.office import registers
    from sixping.store.documents import rule_on
    from sixping.store.sqlite import reading

    with reading(context.existing_ledger()) as con:
        registers.require(con, "services")
        item = rule_on(con, SERVICES, Services).find(service)
    answers = dict(given)
    if context.interactive:
        try:
            for question in item.questions:
                if question.key not in answers and (words := _ask(context, question)):
                    answers[question.key] = words
        except (KeyboardInterrupt, EOFError):
            raise Interrupted("已取消, 没有登记。") from None
    item.answered(answers)
    return answers


def _ask(context: Context, question: Question) -> str:
    from sixping.console.prompts import ask, choose

    skip = "" if question.required else "不答"
    if question.choices:
        return choose(context, question.text, question.choices, enter=skip)
    while True:
        words = ask(context, f"{question.text}{' [回车 = 不答]' if skip else ''}: ")
        if words or skip:
            return words
