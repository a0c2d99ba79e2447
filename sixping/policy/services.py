"""The public services of a street as data (四.1, 附2.4): limit, window, materials, questions.

Pure; ``services.toml`` of the street. The notice names none, so none comes with the program: an
empty catalogue refuses every name. A number the catalogue does not give is None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import UsageFault
from sixping.policy.vocabulary import OwnLimit
from sixping.util import toml
from sixping.util.names import meant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sixping.util.toml import Table


class Question(NamedTuple):
    """What an application is asked; answers of ``choices`` are facts, others are personal."""

    key: str
    text: str
    required: bool
    choices: tuple[str, ...]


class ServiceItem(NamedTuple):
    """One item of the catalogue; ``workdays`` None: the notice's own limit (五.1c).

    ``ceiling`` None: the notice's ceiling counts.
    """

    name: str
    aliases: tuple[str, ...]
    clause: str
    category: str | None
    unit: str | None
    window: str | None
    online: bool
    link: str | None
    workdays: int | None
    ceiling: int | None
    materials: tuple[str, ...]
    questions: tuple[Question, ...]

    def own(self, edition: str | None) -> OwnLimit | None:
        """Return its own limit, which stands in place of the notice's; None: it has none."""
        if self.workdays is None and self.ceiling is None:
            return None
        of = f"{self.clause} {self.name}" + (f", {edition}" if edition else "")
        return OwnLimit(self.workdays, self.ceiling, of)

    def answered(self, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return the answers that are facts, and those that are personal, in order.

        Raises ``UsageFault`` naming every question that is missing, unknown or not so answered.
        """
        asked = {question.key: question for question in self.questions}
        known = "、".join(asked) or "没有"
        faults = [f"没有“{key}”这一问 (这个事项问的: {known})" for key in given if key not in asked]
        said = {key: words for key in asked if (words := given.get(key, "").strip())}
        missing = [q for q in self.questions if q.required and q.key not in said]
        if missing:
            faults.append("还须答: " + "; ".join(asked_words(question) for question in missing))
        facts: dict[str, str] = {}
        for key, words in said.items():
            if choices := asked[key].choices:
                if words not in choices:
                    faults.append(f"“{key}”应为 {'、'.join(choices)} 之一")
                facts[key] = words
        if faults:
            example = (missing or [*self.questions, Question("键", "", False, ())])[0]
            value = example.choices[0] if example.choices else "值"
            raise UsageFault(
                f"服务事项“{self.name}”: {'; '.join(faults)}。",
                f"例如: --answer {example.key}={value}",
            )
        return facts, {key: words for key, words in said.items() if key not in facts}


def asked_words(question: Question) -> str:
    """Return a question in words: its key, its text, its choices."""
    choices = f" [{'/'.join(question.choices)}]" if question.choices else ""
    return f"{question.key} ({question.text}){choices}"


class Services(NamedTuple):
    """The catalogue; ``edition`` is what its street calls it, None: it does not say."""

    items: tuple[ServiceItem, ...] = ()
    edition: str | None = None

    def find(self, name: str) -> ServiceItem:
        """Return the item that is meant. Raises ``UnknownName`` naming those that come near."""
        if not self.items:
            raise UsageFault(
                f"没有服务事项: {name}。服务事项目录还是空的。",
                "请在街道的规则文件夹里写 services.toml (样式见 docs/policy.md), "
                "再 sixping policy adopt 文件夹。",
            )
        own = {item.name: item for item in self.items}
        words = {word: item.name for item in self.items for word in (item.name, *item.aliases)}
        return own[meant(name, words, "服务事项", "全部见 sixping service list。")]

    def get(self, name: str) -> ServiceItem | None:
        """Return the item of exactly this name."""
        return next((item for item in self.items if item.name == name), None)


def read_services(top: Table) -> Services:
    """Validate the file. Raises ``BadData`` naming source, key, fault."""
    items = top.each("item", _item, optional=True)
    top.refuse_twice("item", [word for item in items for word in (item.name, *item.aliases)])
    edition = _optional(top, "edition")
    top.finish()
    return Services(tuple(items), edition)


SERVICES = toml.RuleFile("services", read_services)


def _item(entry: Table) -> ServiceItem:
    questions = entry.each("question", _question, optional=True)
    entry.refuse_twice("question", [question.key for question in questions])
    found = ServiceItem(
        entry.text("name"),
        entry.texts("aliases", ()),
        entry.text("clause"),
        _optional(entry, "category"),
        _optional(entry, "unit"),
        _optional(entry, "window"),
        entry.flag("online", default=False),
        _optional(entry, "link"),
        _workdays(entry, "workdays"),
        _workdays(entry, "ceiling"),
        entry.texts("materials", ()),
        tuple(questions),
    )
    if found.unit is None and found.window is None:
        entry.refuse("unit", "须写明由谁办: unit (单位) 或 window (窗口)", "missing")
    if found.link is not None and not found.link.startswith(("https://", "http://")):
        entry.refuse("link", f"应为网址 (https://…), 现为 {found.link}")
    if found.ceiling is not None and found.ceiling < (found.workdays or 0):
        entry.refuse("ceiling", f"不应短于 workdays 的 {found.workdays} 个工作日")
    entry.finish()
    return found


def _question(entry: Table) -> Question:
    found = Question(
        entry.text("key"),
        entry.text("text"),
        entry.flag("required", default=False),
        entry.texts("choices", ()),
    )
    if "=" in found.key:
        entry.refuse("key", f"不能含有 =, 现为 {found.key}")
    entry.finish()
    return found


def _optional(table: Table, key: str) -> str | None:
    return table.text(key) if table.has(key) else None


def _workdays(table: Table, key: str) -> int | None:
    return table.whole(key, least=1, most=1000) if table.has(key) else None
