"""The registers of the office, as they are recorded and read from one state of the ledger."""
