"""The recorded tables as files: exported whole, imported without losing a row."""
