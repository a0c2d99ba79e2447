"""Files of other systems: profiles, guarded readers, rows into the ledger."""
