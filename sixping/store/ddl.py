"""The ledger's tables as frozen SQL text, one format after another.

``FORMAT_1`` begins with what ``orm`` declared when it was the newest, then what SQLModel does not
know: triggers and views; a test holds what all steps make together with what ``orm`` declares now.
SQLite keeps the text of each CREATE verbatim, so the same text is the fingerprint a ledger is held
against when it is opened. A format that was frozen never changes: what comes is a step of
``MIGRATIONS``. Instants are fixed-width text
(``clock.to_text``); truth values are 0 and 1. A row of a state holds for ``from_seq <= seq <
to_seq`` (``to_seq`` NULL: until now); an empty list is NULL.
"""

from __future__ import annotations

APPLICATION_ID = 0x73785031  # "sxP1"
PAGE_SIZE = 8192  # bytes: three reports with their replies fit a page, where 4096 hold one

#: what ``orm.statements`` made of the declared tables when format 1 was frozen (decision 89)
TABLES_1 = """\
CREATE TABLE case_facts (
  seq INTEGER NOT NULL,
  number TEXT NOT NULL,
  channel TEXT NOT NULL,
  received_at TEXT NOT NULL,
  recorded_at TEXT,
  severity TEXT NOT NULL,
  platform TEXT,
  category TEXT,
  unsure INTEGER NOT NULL,
  community TEXT,
  grid TEXT,
  anonymous INTEGER NOT NULL,
  confirmed INTEGER NOT NULL,
  words_seq INTEGER,
  about_unit TEXT,
  about_person TEXT,
  source_due TEXT,
  PRIMARY KEY (seq)
) STRICT;
CREATE INDEX case_near ON case_facts (community, received_at);
CREATE INDEX case_received ON case_facts (received_at);
CREATE TABLE case_moves (
  number TEXT NOT NULL,
  from_seq INTEGER NOT NULL,
  to_seq INTEGER,
  version INTEGER NOT NULL,
  last_seq INTEGER,
  intake_seq INTEGER NOT NULL,
  facts_seq INTEGER,
  status TEXT NOT NULL,
  imported INTEGER NOT NULL,
  lead TEXT,
  assist TEXT,
  coordinator TEXT,
  round INTEGER NOT NULL,
  round_at TEXT,
  accepted_at TEXT,
  assigned_at TEXT,
  signed_at TEXT,
  returned_at TEXT,
  returns INTEGER NOT NULL,
  resolved_at TEXT,
  ended_at TEXT,
  fed_back INTEGER,
  satisfaction INTEGER,
  verified INTEGER,
  consulted_at TEXT,
  decided_at TEXT,
  referred_at TEXT,
  outcome_kind TEXT,
  to_platform INTEGER NOT NULL,
  received INTEGER NOT NULL,
  merged_into TEXT,
  merged_from TEXT,
  others TEXT,
  urges TEXT,
  parts TEXT,
  urge_level TEXT,
  urge_since TEXT,
  urge_answer_by TEXT,
  open INTEGER NOT NULL,
  owes_feedback INTEGER NOT NULL,
  emergency INTEGER NOT NULL,
  PRIMARY KEY (number, from_seq)
) WITHOUT ROWID, STRICT;
CREATE INDEX case_emergency ON case_moves (number)
  WHERE to_seq IS NULL AND emergency = 1;
CREATE INDEX case_imported ON case_moves (resolved_at, open, imported, intake_seq)
  WHERE imported = 1 AND from_seq = intake_seq;
CREATE INDEX case_open ON case_moves (number)
  WHERE to_seq IS NULL AND open = 1;
CREATE INDEX case_owing ON case_moves (number)
  WHERE to_seq IS NULL AND owes_feedback = 1;
CREATE INDEX case_stood ON case_moves (to_seq, open)
  WHERE open = 1 AND to_seq IS NOT NULL;
CREATE INDEX case_urged ON case_moves (number)
  WHERE to_seq IS NULL AND urge_level IS NOT NULL;
CREATE TABLE clock_terms (
  id INTEGER NOT NULL,
  clause TEXT,
  profile TEXT,
  edition TEXT,
  calendar TEXT,
  PRIMARY KEY (id)
) STRICT;
CREATE TABLE counters (
  name TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (name)
) WITHOUT ROWID, STRICT;
CREATE TABLE documents (
  digest TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (digest)
) WITHOUT ROWID, STRICT;
CREATE TABLE meta (
  "key" TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY ("key")
) WITHOUT ROWID, STRICT;
CREATE TABLE parsed (
  digest TEXT NOT NULL,
  parser TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (digest)
) WITHOUT ROWID, STRICT;
CREATE TABLE sources (
  id INTEGER NOT NULL,
  by_name TEXT,
  os_user TEXT NOT NULL,
  host TEXT NOT NULL,
  program TEXT NOT NULL,
  PRIMARY KEY (id)
) STRICT;
CREATE TABLE clock_moves (
  number TEXT NOT NULL,
  round INTEGER NOT NULL,
  kind TEXT NOT NULL,
  from_seq INTEGER NOT NULL,
  to_seq INTEGER,
  stop_seq INTEGER,
  started TEXT,
  due TEXT,
  stopped TEXT,
  held_at TEXT,
  dropped INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  workdays INTEGER,
  provisional INTEGER NOT NULL,
  born_late INTEGER NOT NULL,
  terms INTEGER,
  PRIMARY KEY (number, round, kind, from_seq),
  FOREIGN KEY(terms) REFERENCES clock_terms (id)
) WITHOUT ROWID, STRICT;
CREATE INDEX clock_due ON clock_moves (due)
  WHERE due IS NOT NULL AND unknown = 0;
CREATE INDEX clock_running ON clock_moves (due, number, kind, round)
  WHERE to_seq IS NULL AND stopped IS NULL AND unknown = 0 AND due IS NOT NULL;
CREATE INDEX clock_unknown ON clock_moves (due)
  WHERE unknown = 1;
CREATE TABLE events (
  seq INTEGER NOT NULL,
  stream TEXT NOT NULL,
  subject TEXT NOT NULL,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  recorded_at TEXT,
  source INTEGER NOT NULL,
  facts TEXT NOT NULL,
  sealed BLOB,
  remarks TEXT,
  hash BLOB NOT NULL,
  PRIMARY KEY (seq),
  FOREIGN KEY(source) REFERENCES sources (id)
) STRICT;
CREATE INDEX events_kind ON events (kind, at)
  WHERE kind <> 'fed_back' AND kind <> 'imported' AND kind <> 'reported';
CREATE INDEX events_stated ON events (at)
  WHERE recorded_at IS NOT NULL AND stream = 'case' AND kind <> 'imported' AND kind <> 'reported';
CREATE UNIQUE INDEX events_subject ON events (subject, stream, version);
CREATE TABLE case_words (
  seq INTEGER NOT NULL,
  fields TEXT NOT NULL,
  PRIMARY KEY (seq),
  FOREIGN KEY(seq) REFERENCES events (seq)
) STRICT;
CREATE TABLE erasures (
  seq INTEGER NOT NULL,
  by_seq INTEGER NOT NULL,
  PRIMARY KEY (seq),
  FOREIGN KEY(seq) REFERENCES events (seq),
  FOREIGN KEY(by_seq) REFERENCES events (seq)
) STRICT;
CREATE TABLE requests (
  handle BLOB NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (handle),
  FOREIGN KEY(seq) REFERENCES events (seq)
) WITHOUT ROWID, STRICT;
CREATE TABLE told (
  seq INTEGER NOT NULL,
  salt BLOB NOT NULL,
  fields TEXT NOT NULL,
  PRIMARY KEY (seq),
  FOREIGN KEY(seq) REFERENCES events (seq)
) STRICT;
CREATE TABLE traces (
  form TEXT NOT NULL,
  received_at TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (form, received_at, seq),
  FOREIGN KEY(seq) REFERENCES events (seq)
) WITHOUT ROWID, STRICT;
CREATE TABLE voids (
  seq INTEGER NOT NULL,
  by_seq INTEGER NOT NULL,
  PRIMARY KEY (seq),
  FOREIGN KEY(seq) REFERENCES events (seq),
  FOREIGN KEY(by_seq) REFERENCES events (seq)
) STRICT;
"""

# A trigger is a rail, not a control: whoever holds the file can drop it; the chain tells. INSERT OR
# REPLACE passes the second one unless recursive_triggers is on: it is.
_RAILS_1 = """\
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
  BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
  BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
"""

# What stands once is put back beside what moves: people and queries read a case, a clock, whole; a
# clock that stopped is two rows, as it ran and as it had stopped.
_VIEWS_1 = """\
CREATE VIEW case_states AS SELECT
  m.number, m.from_seq, m.to_seq, m.version, coalesce(m.last_seq, m.from_seq) AS last_seq,
  m.intake_seq, m.status, f.channel, f.received_at,
  coalesce(f.recorded_at, f.received_at) AS recorded_at, f.severity, f.platform, f.category,
  f.unsure, f.community, f.grid, f.anonymous, f.confirmed, f.words_seq, f.about_unit,
  f.about_person, f.source_due, m.imported, m.lead,
  coalesce(m.assist, '[]') AS assist, m.coordinator, m.round,
  coalesce(m.round_at, f.received_at) AS round_at, m.accepted_at, m.assigned_at, m.signed_at,
  m.returned_at, m.returns, m.resolved_at, coalesce(m.ended_at, m.resolved_at) AS ended_at,
  m.fed_back, m.satisfaction, m.verified, m.consulted_at, m.decided_at, m.referred_at,
  m.outcome_kind, m.to_platform, m.received, m.merged_into, m.merged_from,
  coalesce(m.others, '[]') AS others, coalesce(m.urges, '[]') AS urges,
  coalesce(m.parts, '[]') AS parts, m.urge_level, m.urge_since, m.urge_answer_by, m.open,
  m.owes_feedback, m.emergency
  FROM case_moves m
  JOIN case_facts f ON f.seq = coalesce(m.facts_seq, m.intake_seq) AND f.number = m.number;
CREATE VIEW cases AS SELECT * FROM case_states WHERE to_seq IS NULL;
CREATE VIEW clock_states AS SELECT
  m.number, m.kind, m.round, coalesce(m.stop_seq, m.from_seq) AS from_seq, m.to_seq, m.started,
  m.due, m.stopped, m.held_at, m.dropped, m.unknown, m.workdays, m.provisional,
  m.born_late, t.clause, t.profile, t.edition, t.calendar
  FROM clock_moves m LEFT JOIN clock_terms t ON t.id = m.terms
  UNION ALL SELECT
  m.number, m.kind, m.round, m.from_seq, m.stop_seq AS to_seq, m.started,
  m.due, NULL AS stopped, m.held_at, m.dropped, m.unknown, m.workdays, m.provisional,
  m.born_late, t.clause, t.profile, t.edition, t.calendar
  FROM clock_moves m LEFT JOIN clock_terms t ON t.id = m.terms WHERE m.stop_seq IS NOT NULL;
CREATE VIEW clocks AS SELECT * FROM clock_states WHERE to_seq IS NULL;
CREATE VIEW log AS SELECT
  e.seq, e.stream, e.subject, e.version, e.kind, e.at,
  coalesce(e.recorded_at, e.at) AS recorded_at, o.by_name, o.os_user, o.host, o.program, e.facts,
  e.remarks, e.hash, v.by_seq AS voided_by
  FROM events e JOIN sources o ON o.id = e.source LEFT JOIN voids v ON v.seq = e.seq;
CREATE VIEW steps AS SELECT
  seq, subject AS number, version, kind, at, recorded_at, by_name, facts
  FROM log WHERE stream = 'case' AND voided_by IS NULL;
"""

FORMAT_1 = TABLES_1 + _RAILS_1 + _VIEWS_1

_CASES_1, *_ = _VIEWS_1.split(";\n")

#: what a report wants of the office (性质), where somebody stated it
STEP_2 = (
    "ALTER TABLE case_facts ADD COLUMN nature TEXT",
    "DROP VIEW case_states",
    _CASES_1.replace("f.source_due,", "f.source_due, f.nature,"),
)

#: what a report wants of a service window, who answers for the case, what else is owed on it
STEP_3 = (
    "ALTER TABLE case_facts ADD COLUMN service TEXT",
    "ALTER TABLE case_moves ADD COLUMN person TEXT",
    "ALTER TABLE case_moves ADD COLUMN owed TEXT",
    "CREATE INDEX case_due_besides ON case_moves (number)\n  WHERE to_seq IS NULL AND owed IS NOT NULL",  # noqa: E501
    "CREATE INDEX case_in_hand ON case_moves (person)\n  WHERE to_seq IS NULL AND person IS NOT NULL",  # noqa: E501
    "DROP VIEW case_states",
    STEP_2[2]
    .replace("f.nature,", "f.nature, f.service,")
    .replace("m.emergency", "m.emergency, m.person,\n  coalesce(m.owed, '[]') AS owed"),
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    tuple(FORMAT_1.split(";\n")[:-1]),
    STEP_2,
    STEP_3,
)
"""Step n brings a ledger from schema version n to n + 1."""
