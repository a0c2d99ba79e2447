"""The rules of the office as data, checked key by key."""
