"""Whole lives of cases and months of the office, through the program."""
