"""Care of the ledger's files."""
