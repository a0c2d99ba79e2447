"""A second opinion on what a ledger says, written from the texts and not from the code."""
