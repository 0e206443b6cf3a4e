"""`kg map` and `kg yarrrml`: mappings of tables, standing alone."""

from kg.tables.command import map_command
from kg.tables.yarrrml_command import yarrrml_command

__all__ = ["map_command", "yarrrml_command"]
