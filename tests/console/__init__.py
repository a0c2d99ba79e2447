"""Tests of ``sixping/console``."""
