"""Dry run of a change of identity rules."""
