"""Tests of ``sixping/reports``."""
