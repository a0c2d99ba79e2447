"""Tests of ``sixping/office``."""
