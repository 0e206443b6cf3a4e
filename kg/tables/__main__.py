"""`python -m kg.tables`: the command `kg map` by itself."""

from kg.tables.command import map_command

map_command(prog_name="kg map")
