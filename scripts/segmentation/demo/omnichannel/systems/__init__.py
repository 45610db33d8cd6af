"""The nine systems: what each records of the persons, in its own shape."""
