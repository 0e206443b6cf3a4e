"""Proposals by machines and people: prompted, judged, reviewed."""
