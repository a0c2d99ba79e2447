"""Tests of ``sixping/triage``."""
