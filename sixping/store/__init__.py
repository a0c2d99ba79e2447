"""Everything that touches SQLite: the chain, the tables, whole files."""
