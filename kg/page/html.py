"""The markup of the page (`kg.markup`)."""

from kg.markup import Child, Html, Value, join, tag

__all__ = ["Child", "Html", "Value", "join", "tag"]
