"""Every command that writes is in the table that is killed, cut off and made to fail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from sixping.commands import TABLE, WRITING
from sixping.console.frame import CommandSpec, Group, Table
from tests.anomaly.writing import WRITES
from tests.anomaly.writing.jobs import Write

READING = {
    ("doctor",): "looks at machine and ledger and writes nothing",
    ("audit",): "reads who saw what",
    ("retention", "list"): "reads what is held",
}
"""Commands of the room of ledgers that write nothing, neither there nor outside the ledger."""


def _commands(
    table: Table = TABLE, before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], CommandSpec]]:
    for name, entry in table.items():
        if isinstance(entry, Group):
            yield from _commands(entry.entries, (*before, name))
        else:
            yield (*before, name), entry


def _is_writing(spec: CommandSpec) -> bool:
    """Return whether it records, or is of the room that keeps ledgers and what lies beside."""
    return _place(spec) in WRITING or spec.module in WRITING or spec.module.startswith("ledger.")


def _place(spec: CommandSpec) -> str:
    return f"{spec.module}.{spec.function}"


def _command(write: Write) -> tuple[str, ...]:
    """Return the name in full of the command that a line calls."""
    words = list(write.argv[2:] if write.argv[0] == "--ledger" else write.argv)
    found, entry = [words[0]], TABLE[words[0]]
    while isinstance(entry, Group):
        words.pop(0)
        name = words[0] if words and words[0] in entry.entries else entry.default
        found.append(name)
        entry = entry.entries[name]
    return tuple(found)


def _lines() -> Mapping[tuple[str, ...], set[str]]:
    """Return the commands that are called, each with every word given to it."""
    found: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for write in WRITES:
        found[_command(write)].update(write.argv)
    return found


def test_every_command_that_writes_is_in_the_table() -> None:
    wanted = {path for path, spec in _commands() if _is_writing(spec)} - READING.keys()
    assert wanted - _lines().keys() == set()


def test_what_is_left_out_is_no_command_that_records() -> None:
    commands = dict(_commands())
    assert all(_place(commands[path]) not in WRITING for path in READING)
    assert READING.keys() & _lines().keys() == set()


def test_what_writes_only_with_an_option_is_called_with_each_of_them() -> None:
    lines = _lines()
    missing = [
        (path, option)
        for path, spec in _commands()
        for option in WRITING.get(_place(spec), ())
        if f"--{option}" not in lines[path]
    ]
    assert missing == []


def test_the_lines_have_names_of_their_own() -> None:
    names = [write.name for write in WRITES]
    assert len(names) == len(set(names))
