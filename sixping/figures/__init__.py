"""Reports as data: pure functions from rows to dataclasses, no terminal, no ledger."""
