"""Tests of ``sixping/services``."""
