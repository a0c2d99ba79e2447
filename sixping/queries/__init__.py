"""What is read from the ledger: the SQL of lists and reports."""
