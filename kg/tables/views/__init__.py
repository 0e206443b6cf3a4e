"""Logical views (RML-LV) → tables."""
