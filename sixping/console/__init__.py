"""How every command meets its user: options, answers, help, faults."""
