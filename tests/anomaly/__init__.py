"""What machines, accidents and people do to a ledger: seeded; all of it by SIXPING_ANOMALY=full."""
