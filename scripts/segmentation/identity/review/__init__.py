"""Pairs for a person to decide, and the answers."""
