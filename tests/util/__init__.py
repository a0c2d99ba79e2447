"""Tests of ``sixping/util``."""
