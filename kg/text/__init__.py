"""Texts with their marks: what is written where, what is wrong with it, and how that is told."""
