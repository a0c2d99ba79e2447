"""What several tests share: small ledgers, invented people, random lives."""
