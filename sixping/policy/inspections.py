"""What is counted of inspections each month (附2.2): kinds, their measures, what must agree.

Pure but for ``load_inspections``; ``data/inspections.toml`` with the clause of each kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import UsageFault
from sixping.policy.vocabulary import Platform
from sixping.util import datafiles, toml
from sixping.util.names import meant, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sixping.util.toml import Table


class Check(NamedTuple):
    """The sum of ``parts`` is not more than the ``whole``."""

    parts: tuple[str, ...]
    whole: str


class InspectionKind(NamedTuple):
    """A kind of inspection: its measures in order, which of them counts failures (empty: none)."""

    name: str
    aliases: tuple[str, ...]
    clause: str
    platforms: tuple[Platform, ...]
    measures: tuple[str, ...]
    failed: str
    checks: tuple[Check, ...]
    category: str | None = None  # of what is registered of it; None: as its words suggest

    def measure(self, name: str) -> str:
        """Return the measure that is meant. Raises ``UnknownName`` with all of them."""
        named = self.titles().get(name.strip())
        return named or one_of(self.measures, name, f"{self.name}的指标")

    def titles(self) -> dict[str, str]:
        """Return how its measures may be called, alone or after the kind (抽检批次) → which."""
        kinds = ("", self.name, *self.aliases)
        return {f"{kind}{measure}": measure for measure in self.measures for kind in kinds}

    def platform(self, given: Platform | None) -> Platform:
        """Return who counts it. Raises ``UsageFault`` where that is none of its platforms."""
        if given is None and len(self.platforms) == 1:
            return self.platforms[0]
        if given not in self.platforms:
            said = f"{given}不记{self.name}" if given else f"没有写明{self.name}是哪个平台的"
            named = "、".join(self.platforms)
            raise UsageFault(f"{said} ({self.clause})。", f"请写 --platform, 可用: {named}。")
        return given

    def disagreeing(self, values: Mapping[str, int]) -> Iterator[str]:
        """Yield in words what does not agree; what nobody said is not judged."""
        for parts, whole in self.checks:
            said = [name for name in parts if name in values]
            total = sum(values[name] for name in said)
            if said and whole in values and total > values[whole]:
                sum_of = " + ".join(f"{name} {values[name]}" for name in said)
                yield f"{sum_of} 超过{whole} {values[whole]}"


class InspectionRules(NamedTuple):
    """All kinds, in order; ``channel``: by which what failed is registered as a case."""

    kinds: tuple[InspectionKind, ...]
    channel: str

    def find(self, name: str) -> InspectionKind:
        """Return the kind that is meant. Raises ``UnknownName`` naming those that come near."""
        own = {kind.name: kind for kind in self.kinds}
        words = {word: kind.name for kind in self.kinds for word in (kind.name, *kind.aliases)}
        return own[meant(name, words, "检查种类", f"可用: {'、'.join(own)}。")]


def load_inspections() -> InspectionRules:
    """Load the kinds that come with the program: what a ledger uses that adopted none."""
    text, path = datafiles.read("inspections.toml", datafiles.shipped())
    return read_inspections(toml.parse(text, str(path)))


def read_inspections(top: Table) -> InspectionRules:
    """Validate the file. Raises ``BadData`` naming source, key, fault."""
    kinds = top.each("kind", _kind)
    top.refuse_twice("kind", [word for kind in kinds for word in (kind.name, *kind.aliases)])
    channel = top.text("channel")
    top.finish()
    return InspectionRules(tuple(kinds), channel)


INSPECTIONS = toml.RuleFile("inspections", read_inspections)


def _kind(entry: Table) -> InspectionKind:
    measures = entry.texts("measures")
    if not measures:
        entry.refuse("measures", "至少要有一项")

    def check(table: Table) -> Check:
        found = Check(table.texts("parts"), table.text("whole"))
        for name in (*found.parts, found.whole):
            if name not in measures:
                table.refuse("parts", f"不是 measures 里的指标: {name}")
        table.finish()
        return found

    platforms = entry.texts("platforms")
    for name in platforms:
        if name not in tuple(Platform):
            entry.refuse("platforms", f"没有这个平台: {name} (可用: {'、'.join(Platform)})")
    failed = entry.text("failed", "")
    if failed and failed not in measures:
        entry.refuse("failed", f"不是 measures 里的指标: {failed}")
    found = InspectionKind(
        entry.text("name"),
        entry.texts("aliases", ()),
        entry.text("clause"),
        tuple(platform for platform in Platform if platform in platforms),
        measures,
        failed,
        tuple(entry.each("check", check, optional=True)),
        entry.text("category") if entry.has("category") else None,
    )
    entry.finish()
    return found


def whole_number(raw: str, name: str) -> int:
    """Return a count below a million as it is written. Raises ``UsageFault``."""
    text = raw.strip().replace(",", "").removesuffix(".0")
    if not (text.isascii() and text.isdigit() and int(text) <= _MOST):
        raise UsageFault(f"{name}应为 0 至 100 万的整数, 现为 {raw.strip()[:20]}", "请改正。")
    return int(text)


_MOST = 999_999
