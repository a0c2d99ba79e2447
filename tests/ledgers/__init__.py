"""Ledgers kept for every later build to read, and what makes them and the text of the format."""
