"""The office beside its cases: people, duty, meetings, patrols, operations."""
