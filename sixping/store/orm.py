"""The ledger's tables as SQLModel classes: for programs that read a ledger with a Session.

The commands do not use them (importing SQLModel costs more than a command); the frozen
SQL of ``ddl`` makes the tables, and a test holds these declarations against it.
``engine`` opens what ``queries.cases`` opens: read-only, with the same profile and checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BLOB, INTEGER, TEXT, create_engine
from sqlalchemy.pool import NullPool
from sqlmodel import Field, SQLModel

from sixping.store import sqlite

if TYPE_CHECKING:
    import os

    from sqlalchemy import Engine


class Event(SQLModel, table=True):
    """One link of the chain (decision 1)."""

    __tablename__ = "events"

    seq: int = Field(primary_key=True, sa_type=INTEGER)
    stream: str = Field(sa_type=TEXT)
    subject: str = Field(sa_type=TEXT)
    version: int = Field(sa_type=INTEGER)
    kind: str = Field(sa_type=TEXT)
    at: str = Field(sa_type=TEXT)
    recorded_at: str = Field(sa_type=TEXT)
    by_name: str | None = Field(sa_type=TEXT)
    os_user: str = Field(sa_type=TEXT)
    host: str = Field(sa_type=TEXT)
    program: str = Field(sa_type=TEXT)
    facts: str = Field(sa_type=TEXT)
    sealed: bytes | None = Field(sa_type=BLOB)
    request_keys: str | None = Field(sa_type=TEXT)
    remarks: str | None = Field(sa_type=TEXT)
    hash: bytes = Field(sa_type=BLOB)


class PrivateText(SQLModel, table=True):
    """What lies beside an event: free text and personal data (decision 6)."""

    __tablename__ = "told"

    seq: int = Field(primary_key=True, sa_type=INTEGER, foreign_key="events.seq")
    salt: bytes = Field(sa_type=BLOB)
    fields_: str = Field(sa_type=TEXT, sa_column_kwargs={"name": "fields"})


class ContactKeys(SQLModel, table=True):
    """The comparable forms of a report's phone and place, erased with the private text."""

    __tablename__ = "traces"

    seq: int = Field(primary_key=True, sa_type=INTEGER, foreign_key="events.seq")
    number: str = Field(sa_type=TEXT)
    received_at: str = Field(sa_type=TEXT)
    phone: str | None = Field(sa_type=TEXT)
    place: str | None = Field(sa_type=TEXT)


class CaseState(SQLModel, table=True):
    """A case as it stood from one seq to the next (decision 11)."""

    __tablename__ = "case_states"

    number: str = Field(primary_key=True, sa_type=TEXT)
    from_seq: int = Field(primary_key=True, sa_type=INTEGER)
    to_seq: int | None = Field(sa_type=INTEGER)
    version: int = Field(sa_type=INTEGER)
    last_seq: int = Field(sa_type=INTEGER)
    intake_seq: int = Field(sa_type=INTEGER)
    status: str = Field(sa_type=TEXT)
    channel: str = Field(sa_type=TEXT)
    received_at: str = Field(sa_type=TEXT)
    recorded_at: str = Field(sa_type=TEXT)
    severity: str = Field(sa_type=TEXT)
    platform: str | None = Field(sa_type=TEXT)
    category: str | None = Field(sa_type=TEXT)
    unsure: int = Field(sa_type=INTEGER)
    source_no: str | None = Field(sa_type=TEXT)
    community: str | None = Field(sa_type=TEXT)
    grid: str | None = Field(sa_type=TEXT)
    anonymous: int = Field(sa_type=INTEGER)
    imported: int = Field(sa_type=INTEGER)
    lead: str | None = Field(sa_type=TEXT)
    assist: str = Field(sa_type=TEXT)
    coordinator: str | None = Field(sa_type=TEXT)
    round: int = Field(sa_type=INTEGER)
    round_at: str = Field(sa_type=TEXT)
    accepted_at: str | None = Field(sa_type=TEXT)
    assigned_at: str | None = Field(sa_type=TEXT)
    signed_at: str | None = Field(sa_type=TEXT)
    returned_at: str | None = Field(sa_type=TEXT)
    returns: int = Field(sa_type=INTEGER)
    resolved_at: str | None = Field(sa_type=TEXT)
    ended_at: str | None = Field(sa_type=TEXT)
    fed_back: int = Field(sa_type=INTEGER)
    satisfaction: int | None = Field(sa_type=INTEGER)
    verified: int | None = Field(sa_type=INTEGER)
    consulted_at: str | None = Field(sa_type=TEXT)
    decided_at: str | None = Field(sa_type=TEXT)
    referred_at: str | None = Field(sa_type=TEXT)
    received: int = Field(sa_type=INTEGER)
    merged_into: str | None = Field(sa_type=TEXT)
    merged_from: str | None = Field(sa_type=TEXT)
    others: str = Field(sa_type=TEXT)
    urges: str = Field(sa_type=TEXT)
    parts: str = Field(sa_type=TEXT)
    urge_level: str | None = Field(sa_type=TEXT)
    urge_since: str | None = Field(sa_type=TEXT)
    urge_answer_by: str | None = Field(sa_type=TEXT)
    open: int = Field(sa_type=INTEGER)
    owes_feedback: int = Field(sa_type=INTEGER)


class ClockState(SQLModel, table=True):
    """A clock as it stood from one seq to the next."""

    __tablename__ = "clock_states"

    number: str = Field(primary_key=True, sa_type=TEXT)
    kind: str = Field(primary_key=True, sa_type=TEXT)
    round: int = Field(primary_key=True, sa_type=INTEGER)
    from_seq: int = Field(primary_key=True, sa_type=INTEGER)
    to_seq: int | None = Field(sa_type=INTEGER)
    started: str | None = Field(sa_type=TEXT)
    due: str | None = Field(sa_type=TEXT)
    stopped: str | None = Field(sa_type=TEXT)
    held_at: str | None = Field(sa_type=TEXT)
    dropped: int = Field(sa_type=INTEGER)
    unknown: int = Field(sa_type=INTEGER)
    workdays: int | None = Field(sa_type=INTEGER)
    clause: str | None = Field(sa_type=TEXT)
    provisional: int = Field(sa_type=INTEGER)
    profile: str | None = Field(sa_type=TEXT)
    edition: str | None = Field(sa_type=TEXT)
    calendar: str | None = Field(sa_type=TEXT)


class Request(SQLModel, table=True):
    """A request id or source number that was used, with the event it led to."""

    __tablename__ = "requests"

    key: str = Field(primary_key=True, sa_type=TEXT)
    seq: int = Field(sa_type=INTEGER, foreign_key="events.seq")
    digest: bytes | None = Field(sa_type=BLOB)


class Void(SQLModel, table=True):
    """An event that was voided, and by which."""

    __tablename__ = "voids"

    seq: int = Field(primary_key=True, sa_type=INTEGER, foreign_key="events.seq")
    by_seq: int = Field(sa_type=INTEGER, foreign_key="events.seq")


class Erasure(SQLModel, table=True):
    """An event whose private text was lawfully erased, and by which."""

    __tablename__ = "erasures"

    seq: int = Field(primary_key=True, sa_type=INTEGER, foreign_key="events.seq")
    by_seq: int = Field(sa_type=INTEGER, foreign_key="events.seq")


class Meta(SQLModel, table=True):
    """What the ledger says of itself."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True, sa_type=TEXT)
    value: str = Field(sa_type=TEXT)


class Counter(SQLModel, table=True):
    """The last seq and the last number of each year."""

    __tablename__ = "counters"

    name: str = Field(primary_key=True, sa_type=TEXT)
    value: int = Field(sa_type=INTEGER)


class RuleDocument(SQLModel, table=True):
    """A document of rules by the SHA-256 of its text (decision 8)."""

    __tablename__ = "documents"

    digest: str = Field(primary_key=True, sa_type=TEXT)
    content: str = Field(sa_type=TEXT)


class ParsedDocument(SQLModel, table=True):
    """What was read out of a document, by the version of the parser that did it."""

    __tablename__ = "parsed"

    digest: str = Field(primary_key=True, sa_type=TEXT)
    parser: str = Field(sa_type=TEXT)
    data: str = Field(sa_type=TEXT)


def engine(path: str | os.PathLike[str]) -> Engine:
    """Return an engine that reads a ledger; raises what ``sqlite.open_reader`` raises."""
    return create_engine("sqlite://", creator=lambda: sqlite.open_reader(path), poolclass=NullPool)
