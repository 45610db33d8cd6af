"""Says what a change of segment rules does, before it is built."""
