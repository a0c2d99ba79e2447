"""Tests of ``sixping/commands``."""
