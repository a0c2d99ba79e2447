"""The words of a file that nobody knows, gathered: a file repeats them over thousands of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.importing.convert import RowError

MOST = 200
"""Words of a column that are told apart; the rows of further ones are counted together."""


class Word(NamedTuple):
    """One word: in how many rows it stands, and what is wrong with the first of them."""

    rows: int
    first: RowError


class Group(NamedTuple):
    """The unknown words of a column, most frequent first; ``further``: rows of words beyond."""

    field: str
    column: str
    words: tuple[Word, ...]
    further: int


class UnknownWords:
    """What rows say that neither the profile nor the data of the office explain."""

    def __init__(self) -> None:
        """Begin with none."""
        self.rows = 0
        self._columns: dict[tuple[str, str], dict[str, tuple[int, RowError]]] = {}
        self._further: dict[tuple[str, str], int] = {}

    def add(self, error: RowError) -> None:
        """Count an error that is about a word."""
        column = (error.field, error.column)
        words = self._columns.setdefault(column, {})
        count, first = words.get(error.word, (0, error))
        if count or len(words) < MOST:
            words[error.word] = (count + 1, first)
        else:
            self._further[column] = self._further.get(column, 0) + 1
        self.rows += 1

    def alone(self) -> list[RowError]:
        """Return the errors of columns in which one row has a wrong word: nothing to group."""
        rows = (list(words.values()) for words in self._columns.values())
        return [errors[0][1] for errors in rows if self._is_alone(errors)]

    def groups(self) -> Iterator[Group]:
        """Yield the columns whose words are told together."""
        for column, words in self._columns.items():
            counted = sorted(words.values(), key=lambda entry: -entry[0])
            if not self._is_alone(counted):
                told = tuple(Word(count, first) for count, first in counted)
                yield Group(*column, told, self._further.get(column, 0))

    @staticmethod
    def _is_alone(errors: list[tuple[int, RowError]]) -> bool:
        return len(errors) == 1 and errors[0][0] == 1
