"""The markup of the page (`kg.text.markup`)."""

from kg.text.markup import Child, Html, Value, join, tag

__all__ = ["Child", "Html", "Value", "join", "tag"]
