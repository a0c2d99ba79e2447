"""What must not happen, made to happen: kills, power cuts, failing disks, missing guards.

``python -m tests.anomaly --full`` does all of it and writes ``docs/reliability.md``; the quick
part of each stands in the ordinary run. Every run says its seed; the same seed asks the same.
"""
