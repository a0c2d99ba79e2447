"""Figures of the registers a street keeps beside its cases, as data, pure."""
