"""Use cases of the registers a street keeps beside its cases (``policy.registers``)."""
