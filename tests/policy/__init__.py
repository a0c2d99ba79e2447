"""Tests of ``sixping/policy``."""
