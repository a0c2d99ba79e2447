"""Tests of ``sixping/queries``."""
