"""Folders of a run: the one for its own files, and the one in which workers meet."""
