"""Erases people from everything the project writes, with a receipt."""
