"""Papers gathered from the ledger: their figures with what each opens to, and the wall."""
