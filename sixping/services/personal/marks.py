"""By what a person can be told in words: names and numbers, found however they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.util.masking import hide_names, mask_phone, names_person, own_names
from sixping.util.samenumber import digits_in, hide_number, numbers_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Marks(NamedTuple):
    """Names, telephones (their digits) and numbers at the source of a person's reports.

    ``places``: a name that begins one of them there is none.
    """

    names: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()

    @classmethod
    def of(cls, words: Mapping[str, Iterable[str]]) -> Marks:
        """Return the marks of what was said of a case, by field."""
        said = (*words.get("reporter", ()), *words.get("about", ()))
        names = (name for field in said for name in own_names(field))
        phones = (number for phone in words.get("phone", ()) for number in numbers_in(phone))
        return cls(
            frozenset(name.strip() for name in names if len(name.strip()) > 1),
            frozenset(phones),
            frozenset(number for number in words.get("source_no", ()) if len(number) > _SHORT),
            frozenset(words.get("place", ())),
        )

    def hide(self, text: str) -> str:
        """Return a text with names and telephones hidden as everywhere, and nothing else."""
        names, phones = self._possible(text)
        text = hide_names(text, names, self.places)
        for number in phones:
            text = hide_number(text, number, mask_phone(number))
        return text

    def hide_in(self, value: Any) -> Any:  # noqa: ANN401 - whatever is private of an event
        """Return what is private of an event with the same hidden in every word."""
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, dict):
            return {name: self.hide_in(each) for name, each in value.items()}
        return [self.hide_in(each) for each in value] if isinstance(value, list) else value

    def stand_in(self, text: str) -> bool:
        """Return whether a text tells this person."""
        return any(number in text for number in self.numbers) or self.hide(text) != text

    def _possible(self, text: str) -> tuple[list[str], list[str]]:
        """Return the names and telephones whose signs a text has at all, the longest first."""
        signs, digits = set(text.casefold()), digits_in(text)
        names = [
            name for name in self.names
            if signs.issuperset("".join(name.split()).casefold()) and names_person(name)
        ]  # fmt: skip
        phones = [number for number in self.phones if number in digits]
        return sorted(names, key=_longest), sorted(phones, key=_longest)


#: a number at the source that is shorter means other things too
_SHORT = 6


def _longest(value: str) -> tuple[int, str]:
    return -len(value), value
