"""Tests of ``sixping/render``."""
