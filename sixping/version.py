"""The version of the program, as every event records it."""

__version__ = "0.1.0"
