"""The commands of the office: units, people, duty, meetings, patrols."""
