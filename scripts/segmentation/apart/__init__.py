"""Builds a part of the project beside the tables of a build, and drops it again."""
