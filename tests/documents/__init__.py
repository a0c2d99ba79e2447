"""Tests of ``sixping/documents``."""
