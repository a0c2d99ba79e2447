"""The ledger's tables as SQLModel classes: they declare what ``ddl`` holds as frozen text.

``statements`` compiles them; ``init`` runs the frozen text, and a test holds both together. The
commands import neither (SQLModel costs more than a command). Types have a variant for PostgreSQL:
text in the order of its bytes, whole numbers of 64 bits. Views are written out in ``ddl``;
``Case``, ``Clock`` and ``Entry`` read them, for programs (``opened``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BIGINT, INTEGER, JSON, TEXT, Boolean, Index, LargeBinary, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import registry
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import Field, SQLModel

from sixping.store.rows import STATED_AFTER, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Dialect

_TEXT = TEXT().with_variant(TEXT(collation="C"), "postgresql")
_INTEGER = INTEGER().with_variant(BIGINT(), "postgresql")
_BLOB = LargeBinary()
_STRICT: dict[str, Any] = {"sqlite_strict": True}
_KEYED = _STRICT | {"sqlite_with_rowid": False}
"""Rows lie in the order of their key."""


def _words(**more: Any) -> Any:  # noqa: ANN401 - what Field returns
    return Field(sa_type=_TEXT, **more)


def _number(**more: Any) -> Any:  # noqa: ANN401
    return Field(sa_type=_INTEGER, **more)


def _flag() -> Any:  # noqa: ANN401
    return Field(sa_type=Boolean)


def _list() -> Any:  # noqa: ANN401
    return Field(sa_type=JSON)


def _bytes(**more: Any) -> Any:  # noqa: ANN401
    return Field(sa_type=_BLOB, **more)


def _seq(of: str | None = "events.seq") -> Any:  # noqa: ANN401
    """Declare the seq of an event as the key; given by us, never by the database."""
    return _number(primary_key=True, foreign_key=of, sa_column_kwargs={"autoincrement": False})


def _index(name: str, *columns: str, where: str | None = None, unique: bool = False) -> Index:
    rows = None if where is None else text(where)
    return Index(name, *columns, unique=unique, sqlite_where=rows, postgresql_where=rows)


class Source(SQLModel, table=True):
    """Who recorded events: on whose behalf, by which account, where, by which program."""

    __tablename__ = "sources"
    __table_args__ = (_STRICT,)

    id: int = _seq(None)
    by_name: str | None = _words()
    os_user: str = _words()
    host: str = _words()
    program: str = _words()


class Event(SQLModel, table=True):
    """One link of the chain (decision 1)."""

    __tablename__ = "events"
    __table_args__ = (
        _index("events_subject", "subject", "stream", "version", unique=True),
        _index("events_kind", "kind", "at", where=listed("events").replace("events.", "")),
        _index("events_stated", "at", where=STATED_AFTER.replace("e.", "")),
        _STRICT,
    )

    seq: int = _seq(None)
    stream: str = _words()
    subject: str = _words()
    version: int = _number()
    kind: str = _words()
    at: str = _words()
    recorded_at: str | None = _words()
    source: int = _number(foreign_key="sources.id")
    facts: str = _words()
    sealed: bytes | None = _bytes()
    remarks: str | None = _words()
    hash: bytes = _bytes()


class PrivateText(SQLModel, table=True):
    """What lies beside an event: free text and personal data (decision 6)."""

    __tablename__ = "told"
    __table_args__ = (_STRICT,)

    seq: int = _seq()
    salt: bytes = _bytes()
    fields_: str = _words(sa_column_kwargs={"name": "fields"})


class ContactKey(SQLModel, table=True):
    """A comparable form of a report's phone or place, erased with the private text."""

    __tablename__ = "traces"
    __table_args__ = (_KEYED,)

    form: str = _words(primary_key=True)
    received_at: str = _words(primary_key=True)
    seq: int = _seq()


class Request(SQLModel, table=True):
    """The keyed handle of what identifies a request, with the event it led to."""

    __tablename__ = "requests"
    __table_args__ = (_KEYED,)

    handle: bytes = _bytes(primary_key=True)
    seq: int = _number(foreign_key="events.seq")


class Void(SQLModel, table=True):
    """An event that was voided, and by which."""

    __tablename__ = "voids"
    __table_args__ = (_STRICT,)

    seq: int = _seq()
    by_seq: int = _number(foreign_key="events.seq")


class Erasure(SQLModel, table=True):
    """An event whose private text was lawfully erased, and by which."""

    __tablename__ = "erasures"
    __table_args__ = (_STRICT,)

    seq: int = _seq()
    by_seq: int = _number(foreign_key="events.seq")


class CaseFacts(SQLModel, table=True):
    """What was said of a case at receipt or grading, by the event that said it."""

    __tablename__ = "case_facts"
    __table_args__ = (
        _index("case_received", "received_at"),
        _index("case_near", "community", "received_at"),
        _STRICT,
    )

    seq: int = _seq(None)
    number: str = _words()
    channel: str = _words()
    received_at: str = _words()
    recorded_at: str | None = _words()
    severity: str = _words()
    platform: str | None = _words()
    category: str | None = _words()
    unsure: int = _number()
    community: str | None = _words()
    grid: str | None = _words()
    anonymous: int = _number()
    confirmed: int = _number()
    words_seq: int | None = _number()
    about_unit: str | None = _words()
    about_person: str | None = _words()
    source_due: str | None = _words()
    nature: str | None = _words()
    service: str | None = _words()


class CaseWords(SQLModel, table=True):
    """What a report says as an amendment left it; none for a case as it came in."""

    __tablename__ = "case_words"
    __table_args__ = (_STRICT,)

    seq: int = _seq()
    fields: str = _words()


class CaseMove(SQLModel, table=True):
    """Where the steps moved a case: as it stood from one seq to the next (decision 11)."""

    __tablename__ = "case_moves"
    __table_args__ = (
        _index("case_open", "number", where="to_seq IS NULL AND open = 1"),
        _index("case_emergency", "number", where="to_seq IS NULL AND emergency = 1"),
        _index("case_owing", "number", where="to_seq IS NULL AND owes_feedback = 1"),
        _index("case_urged", "number", where="to_seq IS NULL AND urge_level IS NOT NULL"),
        # When a file says a case was resolved, no event of its own does: its first row does.
        # Its terms stand among the columns too: SQLite would read a row for each of them.
        _index(
            "case_imported",
            "resolved_at",
            "open",
            "imported",
            "intake_seq",
            where="imported = 1 AND from_seq = intake_seq",
        ),
        _index("case_due_besides", "number", where="to_seq IS NULL AND owed IS NOT NULL"),
        _index("case_in_hand", "person", where="to_seq IS NULL AND person IS NOT NULL"),
        _index("case_stood", "to_seq", "open", where="open = 1 AND to_seq IS NOT NULL"),
        _KEYED,
    )

    number: str = _words(primary_key=True)
    from_seq: int = _number(primary_key=True, sa_column_kwargs={"autoincrement": False})
    to_seq: int | None = _number()
    version: int = _number()
    last_seq: int | None = _number()
    intake_seq: int = _number()
    facts_seq: int | None = _number()
    status: str = _words()
    imported: int = _number()
    lead: str | None = _words()
    assist: str | None = _words()
    coordinator: str | None = _words()
    round: int = _number()
    round_at: str | None = _words()
    accepted_at: str | None = _words()
    assigned_at: str | None = _words()
    signed_at: str | None = _words()
    returned_at: str | None = _words()
    returns: int = _number()
    resolved_at: str | None = _words()
    ended_at: str | None = _words()
    fed_back: int | None = _number()
    satisfaction: int | None = _number()
    verified: int | None = _number()
    consulted_at: str | None = _words()
    decided_at: str | None = _words()
    referred_at: str | None = _words()
    outcome_kind: str | None = _words()
    to_platform: int = _number()
    received: int = _number()
    merged_into: str | None = _words()
    merged_from: str | None = _words()
    others: str | None = _words()
    urges: str | None = _words()
    parts: str | None = _words()
    urge_level: str | None = _words()
    urge_since: str | None = _words()
    urge_answer_by: str | None = _words()
    open: int = _number()
    owes_feedback: int = _number()
    emergency: int = _number()
    person: str | None = _words()
    owed: str | None = _words()


class ClockTerms(SQLModel, table=True):
    """What many clocks have in common: by which rules their dates were computed."""

    __tablename__ = "clock_terms"
    __table_args__ = (_STRICT,)

    id: int = _seq(None)
    clause: str | None = _words()
    profile: str | None = _words()
    edition: str | None = _words()
    calendar: str | None = _words()


class ClockMove(SQLModel, table=True):
    """A clock as it stood from one seq to the next; until ``stop_seq`` it had not stopped."""

    __tablename__ = "clock_moves"
    __table_args__ = (
        _index(
            "clock_running", "due", "number", "kind", "round",
            where="to_seq IS NULL AND stopped IS NULL AND unknown = 0 AND due IS NOT NULL",
        ),
        _index("clock_due", "due", where="due IS NOT NULL AND unknown = 0"),
        _index("clock_unknown", "due", where="unknown = 1"),
        _KEYED,
    )  # fmt: skip

    number: str = _words(primary_key=True)
    round: int = _number(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str = _words(primary_key=True)
    from_seq: int = _number(primary_key=True, sa_column_kwargs={"autoincrement": False})
    to_seq: int | None = _number()
    stop_seq: int | None = _number()
    started: str | None = _words()
    due: str | None = _words()
    stopped: str | None = _words()
    held_at: str | None = _words()
    dropped: int = _number()
    unknown: int = _number()
    workdays: int | None = _number()
    provisional: int = _number()
    born_late: int = _number()
    terms: int | None = _number(foreign_key="clock_terms.id")


class Meta(SQLModel, table=True):
    """What the ledger says of itself."""

    __tablename__ = "meta"
    __table_args__ = (_KEYED,)

    key: str = _words(primary_key=True)
    value: str = _words()


class Counter(SQLModel, table=True):
    """The last seq and the last number of each year."""

    __tablename__ = "counters"
    __table_args__ = (_KEYED,)

    name: str = _words(primary_key=True)
    value: int = _number()


class RuleDocument(SQLModel, table=True):
    """A document of rules by the SHA-256 of its text (decision 8)."""

    __tablename__ = "documents"
    __table_args__ = (_KEYED,)

    digest: str = _words(primary_key=True)
    content: str = _words()


class ParsedDocument(SQLModel, table=True):
    """What was read out of a document, by the version of the parser that did it."""

    __tablename__ = "parsed"
    __table_args__ = (_KEYED,)

    digest: str = _words(primary_key=True)
    parser: str = _words()
    data: str = _words()


class _Views(SQLModel, registry=registry()):
    """What is read of the views that ``ddl`` writes out; nothing is made of it."""


class Case(_Views, table=True):
    """A case as it stood from one seq to the next, whole: what was said, what the steps moved."""

    __tablename__ = "case_states"

    number: str = _words(primary_key=True)
    from_seq: int = _number(primary_key=True)
    to_seq: int | None = _number()
    version: int = _number()
    last_seq: int = _number()
    intake_seq: int = _number()
    status: str = _words()
    channel: str = _words()
    received_at: str = _words()
    recorded_at: str = _words()
    severity: str = _words()
    platform: str | None = _words()
    category: str | None = _words()
    unsure: bool = _flag()
    community: str | None = _words()
    grid: str | None = _words()
    anonymous: bool = _flag()
    confirmed: bool = _flag()
    words_seq: int | None = _number()
    about_unit: str | None = _words()
    about_person: str | None = _words()
    source_due: str | None = _words()
    nature: str | None = _words()
    service: str | None = _words()
    imported: bool = _flag()
    lead: str | None = _words()
    assist: list[str] = _list()
    coordinator: str | None = _words()
    round: int = _number()
    round_at: str = _words()
    accepted_at: str | None = _words()
    assigned_at: str | None = _words()
    signed_at: str | None = _words()
    returned_at: str | None = _words()
    returns: int = _number()
    resolved_at: str | None = _words()
    ended_at: str | None = _words()
    fed_back: bool | None = _flag()
    satisfaction: int | None = _number()
    verified: bool | None = _flag()
    consulted_at: str | None = _words()
    decided_at: str | None = _words()
    referred_at: str | None = _words()
    outcome_kind: str | None = _words()
    to_platform: bool = _flag()
    received: bool = _flag()
    merged_into: str | None = _words()
    merged_from: str | None = _words()
    others: list[dict[str, Any]] = _list()
    urges: list[dict[str, Any]] = _list()
    parts: list[dict[str, Any]] = _list()
    urge_level: str | None = _words()
    urge_since: str | None = _words()
    urge_answer_by: str | None = _words()
    open: bool = _flag()
    owes_feedback: bool = _flag()
    emergency: bool = _flag()
    person: str | None = _words()
    owed: list[dict[str, Any]] = _list()


class Clock(_Views, table=True):
    """A limit of a case as it stood from one seq to the next."""

    __tablename__ = "clock_states"

    number: str = _words(primary_key=True)
    kind: str = _words(primary_key=True)
    round: int = _number(primary_key=True)
    from_seq: int = _number(primary_key=True)
    to_seq: int | None = _number()
    started: str | None = _words()
    due: str | None = _words()
    stopped: str | None = _words()
    held_at: str | None = _words()
    dropped: bool = _flag()
    unknown: bool = _flag()
    workdays: int | None = _number()
    provisional: bool = _flag()
    born_late: bool = _flag()
    clause: str | None = _words()
    profile: str | None = _words()
    edition: str | None = _words()
    calendar: str | None = _words()


class Entry(_Views, table=True):
    """One line of the log, of cases and of everything else; ``facts`` as they were recorded."""

    __tablename__ = "log"

    seq: int = _number(primary_key=True)
    stream: str = _words()
    subject: str = _words()
    version: int = _number()
    kind: str = _words()
    at: str = _words()
    recorded_at: str = _words()
    by_name: str | None = _words()
    os_user: str = _words()
    host: str = _words()
    program: str = _words()
    facts: dict[str, Any] = _list()
    remarks: list[str] | None = _list()
    hash: bytes = _bytes()
    voided_by: int | None = _number()


def statements(dialect: Dialect | None = None) -> Iterator[str]:
    """Yield the statements that make the declared tables and indexes; for SQLite, if not said."""
    chosen = dialect or sqlite.dialect()
    for table in SQLModel.metadata.sorted_tables:
        yield _laid_out(str(CreateTable(table).compile(dialect=chosen)))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        for index in indexes:
            yield _laid_out(str(CreateIndex(index).compile(dialect=chosen)))


def _laid_out(sql: str) -> str:
    """Return a statement as people read it: a column a line, the condition of an index apart."""
    body, _, options = sql.strip().partition("\n)")
    lines = [line.strip() for line in body.splitlines()]
    if len(lines) == 1:
        return lines[0].replace(" WHERE ", "\n  WHERE ")
    return "\n  ".join(lines) + "\n)" + " ".join(["", *options.split()])
