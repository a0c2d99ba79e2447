"""Tests of ``sixping/cases``."""
