"""Papers: what is put on the table, as blocks, and what writes them."""
