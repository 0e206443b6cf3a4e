"""Texts and their outlines: documents read, sentences addressed, addresses verified."""
