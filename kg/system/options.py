"""What options of the command line are read as."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click


class GivenPath(click.Path):
    """The type of a file or folder that is given; an empty one, as of `--texts "$UNSET"`, is wrong use and not `.`."""

    def __init__(self, *, file_okay: bool = True, allow_dash: bool = False) -> None:
        super().__init__(path_type=Path, file_okay=file_okay, allow_dash=allow_dash)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not os.fspath(value):
            self.fail("it is empty", param, ctx)
        return super().convert(value, param, ctx)
