"""Tests of ``sixping/store``."""
