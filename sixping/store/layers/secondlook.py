"""The second look at what is stored, when a command failed over it: whose fault was it?

An error nobody foresaw is either a fault of the program or of a value that was changed in the
ledger. The layers of ``verify`` tell; a sound ledger leaves it with the program. And a finding is
one only where it is found again in a copy of the pages: one failing read looks like damage (E13).
"""

from __future__ import annotations

import os
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from sixping.errors import InputOutput, LedgerUnusable
from sixping.store import layers, sqlite
from sixping.store.layers.reading import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from sixping.errors import SixpingError

_LAYERS = {"integrity": "文件", "schema": "结构", "chain": "链", "projection": "汇总表"}
_NOWHERE: Finding = {"layer": "chain", "seq": None, "number": None}


def stored_wrongly(path: str | os.PathLike[str]) -> LedgerUnusable | None:
    """Return the sentence for values that the ledger should not hold; None: it has none.

    Never raises. Takes as long as ``verify`` does up to the first finding.
    """
    found = first_finding(path)
    if found is None:
        return None
    layer = _LAYERS.get(found["layer"], found["layer"])
    places = [f"第 {found['seq']} 号"] if found["seq"] is not None else []
    places += [str(found["number"])] if found["number"] is not None else []
    if places:
        what = f"台账里存的内容有问题: {' '.join(places)} ({layer}层核验不符)"
    elif found["layer"] == "integrity":  # a page says nothing to who did a step
        what = "台账文件内部已损坏"
    else:
        what = f"台账里存的内容有问题: {found['what']} ({layer}层)"
    return LedgerUnusable(f"{what}: {os.fspath(path)}", sqlite.DAMAGED)


def first_finding(path: str | os.PathLike[str]) -> Finding | None:
    """Return the first finding of ``verify``, rather one that names its place.

    None: there is none, or nobody can look. Never raises.
    """
    vague: Finding | None = None
    with suppress(Exception), closing(sqlite.open_reader(path, checked=False)) as con:
        try:
            sqlite.hold_still(con)
            for found in layers.findings(con, []):
                if not vague and misread(con, os.fspath(path), [found], layers.findings):
                    return None
                if found["seq"] is not None or found["number"] is not None:
                    return found
                vague = vague or found
                if found["layer"] == "integrity":
                    break
        except sqlite.Error as error:
            of_file = sqlite.translated(error, os.fspath(path))
            if isinstance(of_file, LedgerUnusable):
                vague = {**_NOWHERE, "layer": "integrity", "what": of_file.what}
            elif of_file is None:  # text that is no UTF-8
                vague = vague or {**_NOWHERE, "what": "有的内容读不下去"}
    return vague


def misread(
    con: sqlite.Connection,
    path: str,
    found: Collection[Finding],
    check: Callable[[sqlite.Connection], Iterable[Finding]],
) -> SixpingError | None:
    """Return what is to be said where findings came of failing reads; None where they stand.

    They stand when ``check`` finds one of them again in a copy of all pages that ``con`` reads,
    or when the pages themselves cannot be those of a database. ``con`` may be in a transaction.
    """
    with sqlite.scratch() as copy:
        try:
            fit = sqlite.copied_anew(con, copy, path)
        except InputOutput as fault:
            return fault
        stands = not fit or any(one in found for one in check(copy))
        return None if stands else sqlite.transient(path)
