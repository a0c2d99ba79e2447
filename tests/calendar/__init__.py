"""Tests of ``sixping/calendar``."""
