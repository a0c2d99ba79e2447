"""The only output: how results look on a terminal, in a pipe and in a file."""
