"""Releases: what a build may publish, the served files, and their ledger."""
