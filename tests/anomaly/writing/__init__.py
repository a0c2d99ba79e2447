"""The table of writing commands: a line each, what it acknowledges, and how one sees it.

To add a command, add a line to ``cases``, ``office`` or ``books``; what must be there before it can
be done is a state (``states``), made anew for each job. In the words of a line stand ``{token}``
(a word that is nowhere else), ``{number}`` and ``{other}`` (what was made for the job: a case, a
meeting, a person), ``{made}`` (the word under which it was made), ``{seq}`` (the last event of
that), ``{files}`` (a folder in which ``brings`` may lay files of this job), ``{desk}`` (the folder
of the ledger) and ``{old}`` (what was prepared: backups, a damaged ledger). Commands that keep
files have checks of their own (``keeping``).
"""

from __future__ import annotations

from tests.anomaly.writing.books import BOOKS
from tests.anomaly.writing.cases import CASES
from tests.anomaly.writing.jobs import Write
from tests.anomaly.writing.office import OFFICE

WRITES: tuple[Write, ...] = (*CASES, *OFFICE, *BOOKS)
