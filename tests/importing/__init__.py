"""Tests of ``sixping/importing``."""
