"""The commands of the rules: what a ledger works by, checked, compared, adopted."""
