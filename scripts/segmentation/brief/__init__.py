"""Writes one page per primary segment, for whoever makes messages and offers."""
