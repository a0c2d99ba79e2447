"""The commands that keep the ledger itself."""
