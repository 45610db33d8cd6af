"""Answers questions about who is who, from the tables of the last build."""
