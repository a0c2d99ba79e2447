"""What a case is: its steps, what they change, the limits that run. Pure."""
