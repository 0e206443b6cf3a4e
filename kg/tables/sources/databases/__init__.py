"""Databases as sources, one file for each kind that is spoken to in a way of its own."""
