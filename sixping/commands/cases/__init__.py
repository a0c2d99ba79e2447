"""The commands that register, carry on and read a case."""
