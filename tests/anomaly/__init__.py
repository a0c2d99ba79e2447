"""What goes wrong with machines and files, and what must not come of it."""
