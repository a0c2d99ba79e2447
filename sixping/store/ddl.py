"""The ledger's tables as frozen SQL text, one numbered step per schema version.

A step that was released never changes: SQLite keeps the text of each CREATE verbatim,
so the same text is the fingerprint a ledger is held against when it is opened.
All tables are STRICT; instants are fixed-width text (``clock.to_text``); truth values
are 0 and 1. Rows of ``case_states`` and ``clock_states`` hold for
``from_seq <= seq < to_seq`` (``to_seq`` NULL: until now).
"""

from __future__ import annotations

APPLICATION_ID = 0x73785031  # "sxP1"
PAGE_SIZE = 8192  # bytes: three reports with their replies fit a page, where 4096 hold one

_EVENTS = """CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,
  subject TEXT NOT NULL,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  by_name TEXT,
  os_user TEXT NOT NULL,
  host TEXT NOT NULL,
  program TEXT NOT NULL,
  facts TEXT NOT NULL,
  sealed BLOB,
  request_keys TEXT,
  remarks TEXT,
  hash BLOB NOT NULL
) STRICT"""

_CASE_STATES = """CREATE TABLE case_states (
  number TEXT NOT NULL,
  from_seq INTEGER NOT NULL,
  to_seq INTEGER,
  version INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  intake_seq INTEGER NOT NULL,
  status TEXT NOT NULL,
  channel TEXT NOT NULL,
  received_at TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  severity TEXT NOT NULL,
  platform TEXT,
  category TEXT,
  unsure INTEGER NOT NULL,
  source_no TEXT,
  community TEXT,
  grid TEXT,
  anonymous INTEGER NOT NULL,
  imported INTEGER NOT NULL,
  lead TEXT,
  assist TEXT NOT NULL,
  coordinator TEXT,
  round INTEGER NOT NULL,
  round_at TEXT NOT NULL,
  accepted_at TEXT,
  assigned_at TEXT,
  signed_at TEXT,
  returned_at TEXT,
  returns INTEGER NOT NULL,
  resolved_at TEXT,
  ended_at TEXT,
  fed_back INTEGER NOT NULL,
  satisfaction INTEGER,
  verified INTEGER,
  consulted_at TEXT,
  decided_at TEXT,
  referred_at TEXT,
  received INTEGER NOT NULL,
  merged_into TEXT,
  merged_from TEXT,
  others TEXT NOT NULL,
  urges TEXT NOT NULL,
  parts TEXT NOT NULL,
  urge_level TEXT,
  urge_since TEXT,
  urge_answer_by TEXT,
  open INTEGER NOT NULL,
  owes_feedback INTEGER NOT NULL,
  PRIMARY KEY (number, from_seq)
) STRICT, WITHOUT ROWID"""

_CLOCK_STATES = """CREATE TABLE clock_states (
  number TEXT NOT NULL,
  kind TEXT NOT NULL,
  round INTEGER NOT NULL,
  from_seq INTEGER NOT NULL,
  to_seq INTEGER,
  started TEXT,
  due TEXT,
  stopped TEXT,
  held_at TEXT,
  dropped INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  workdays INTEGER,
  clause TEXT,
  provisional INTEGER NOT NULL,
  profile TEXT,
  edition TEXT,
  calendar TEXT,
  PRIMARY KEY (number, round, kind, from_seq)
) STRICT, WITHOUT ROWID"""

_STEP_1: tuple[str, ...] = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    _EVENTS,
    "CREATE UNIQUE INDEX events_subject ON events (subject, stream, version)",
    "CREATE INDEX events_kind ON events (kind, at)",
    # A rail, not a control: whoever holds the file can drop a trigger; the chain tells.
    # INSERT OR REPLACE passes the second one unless recursive_triggers is on: it is.
    (
        "CREATE TRIGGER events_no_update BEFORE UPDATE ON events"
        " BEGIN SELECT RAISE(ABORT, 'events are never changed'); END"
    ),
    (
        "CREATE TRIGGER events_no_delete BEFORE DELETE ON events"
        " BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END"
    ),
    (
        "CREATE TABLE told (seq INTEGER PRIMARY KEY REFERENCES events (seq),"
        " salt BLOB NOT NULL, fields TEXT NOT NULL) STRICT"
    ),
    # Comparable forms of what reporters told (contactkeys): personal data, erased with told.
    (
        "CREATE TABLE traces (seq INTEGER PRIMARY KEY REFERENCES events (seq),"
        " number TEXT NOT NULL, received_at TEXT NOT NULL, phone TEXT, place TEXT) STRICT"
    ),
    ("CREATE INDEX trace_phone ON traces (phone, received_at, number) WHERE phone IS NOT NULL"),
    ("CREATE INDEX trace_place ON traces (place, received_at, number) WHERE place IS NOT NULL"),
    (
        "CREATE TABLE requests (key TEXT PRIMARY KEY,"
        " seq INTEGER NOT NULL REFERENCES events (seq), digest BLOB) STRICT, WITHOUT ROWID"
    ),
    (
        "CREATE TABLE voids (seq INTEGER PRIMARY KEY REFERENCES events (seq),"
        " by_seq INTEGER NOT NULL REFERENCES events (seq)) STRICT"
    ),
    (
        "CREATE TABLE erasures (seq INTEGER PRIMARY KEY REFERENCES events (seq),"
        " by_seq INTEGER NOT NULL REFERENCES events (seq)) STRICT"
    ),
    _CASE_STATES,
    (
        "CREATE INDEX case_open ON case_states (received_at, number)"
        " WHERE to_seq IS NULL AND open = 1"
    ),
    (
        "CREATE INDEX case_owing ON case_states (resolved_at, number)"
        " WHERE to_seq IS NULL AND owes_feedback = 1"
    ),
    (
        "CREATE INDEX case_urged ON case_states (urge_since, number)"
        " WHERE to_seq IS NULL AND urge_level IS NOT NULL"
    ),
    "CREATE INDEX case_received ON case_states (received_at)",
    "CREATE INDEX case_near ON case_states (community, received_at) WHERE to_seq IS NULL",
    # When a file says a case was resolved, no event of its own does: its first row does.
    (
        "CREATE INDEX case_imported ON case_states (resolved_at)"
        " WHERE imported = 1 AND from_seq = intake_seq"
    ),
    # How things stood at an earlier instant: what ended after it, what stopped too late.
    (
        "CREATE INDEX case_ended ON case_states (ended_at, received_at, round)"
        " WHERE to_seq IS NULL AND ended_at IS NOT NULL"
    ),
    "CREATE INDEX case_again ON case_states (number) WHERE to_seq IS NULL AND round > 1",
    _CLOCK_STATES,
    (
        "CREATE INDEX clock_running ON clock_states (due, number, kind, round)"
        " WHERE to_seq IS NULL AND stopped IS NULL AND unknown = 0 AND due IS NOT NULL"
    ),
    "CREATE INDEX clock_due ON clock_states (due) WHERE due IS NOT NULL AND unknown = 0",
    (
        "CREATE INDEX clock_late ON clock_states (stopped, due)"
        " WHERE to_seq IS NULL AND stopped > due"
    ),
    "CREATE VIEW cases AS SELECT * FROM case_states WHERE to_seq IS NULL",
    "CREATE VIEW clocks AS SELECT * FROM clock_states WHERE to_seq IS NULL",
    (
        "CREATE VIEW steps AS SELECT seq, subject AS number, version, kind, at, recorded_at,"
        " by_name, facts FROM events WHERE stream = 'case'"
        " AND NOT EXISTS (SELECT 1 FROM voids WHERE voids.seq = events.seq)"
    ),
)

_RULES: tuple[str, ...] = (
    "CREATE TABLE documents (digest TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT, WITHOUT ROWID",
    (
        "CREATE TABLE parsed (digest TEXT PRIMARY KEY, parser TEXT NOT NULL,"
        " data TEXT NOT NULL) STRICT, WITHOUT ROWID"
    ),
)
"""The rules a ledger carries, and what was read out of them (``store.documents``)."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (_STEP_1 + _RULES,)
"""Step n brings a ledger from schema version n to n + 1."""
