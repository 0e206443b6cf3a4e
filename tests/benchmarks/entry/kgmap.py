"""The executor of the challenge's framework for `kg map`: a step of a case runs one mapping in a container.

It lies beside the framework's own executors (`bench_executor/kgmap.py`); a case's `metadata.json` names it by
`"resource": "KgMap"` and `"command": "execute_mapping"`. Metrics are collected by the framework, from outside.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from urllib.parse import quote

from bench_executor.container import Container
from bench_executor.logger import Logger

IMAGE = "kg-claims:0.1.0"
LIMIT = "6h"  # as long as the framework's other engines may take
SHARED = "/data/shared"
FORMATS = {"nquads": "nq", "ntriples": "nt", "turtle": "ttl", "trig": "trig"}
DATABASES = {"PostgreSQL": "postgresql", "MySQL": "mysql"}


class KgMap(Container):  # type: ignore[misc]
    """`kg map` in a container that sees the folder *data_path*`/shared` of a case."""

    def __init__(self, data_path: str, config_path: str, directory: str, verbose: bool) -> None:
        data = Path(data_path).resolve()
        os.umask(0)  # as the other executors do: the container writes as another user
        (data / "kgmap").mkdir(parents=True, exist_ok=True)
        self._logger = Logger(__name__, directory, verbose)
        super().__init__(IMAGE, "kg-map", self._logger, volumes=[f"{data}/shared:{SHARED}"])

    @property
    def root_mount_directory(self) -> str:
        """The folder of a case that is this engine's own."""
        return "kgmap"

    def execute(self, arguments: list[str]) -> bool:
        """Run `kg map` with these arguments; whether it left with 0, within the time."""
        return bool(self.run_and_wait_for_exit(shlex.join(["timeout", LIMIT, "kg", "map", *arguments])))

    def execute_mapping(
        self,
        mapping_file: str,
        output_file: str,
        serialization: str,
        rdb_username: str | None = None,
        rdb_password: str | None = None,
        rdb_host: str | None = None,
        rdb_port: int | None = None,
        rdb_name: str | None = None,
        rdb_type: str | None = None,
    ) -> bool:
        """Map *mapping_file* to *output_file*, both in the shared folder, in nquads, ntriples, turtle or trig.

        The database of a mapping is that of the `rdb_` arguments, where *rdb_type* is given: PostgreSQL or MySQL.

        Raises:
            ValueError: a serialization or a kind of database that is none of these.
        """
        if serialization not in FORMATS:
            raise ValueError(f"no serialization {serialization!r}: one of {', '.join(FORMATS)}")
        arguments = [f"{SHARED}/{mapping_file}", "--quiet", "--format", FORMATS[serialization]]
        arguments += ["-o", f"{SHARED}/{output_file}"]
        if rdb_type is not None:
            if rdb_type not in DATABASES:
                raise ValueError(f"no kind of database {rdb_type!r}: one of {', '.join(DATABASES)}")
            user, password = quote(rdb_username or "", safe=""), quote(rdb_password or "", safe="")
            port = "" if rdb_port is None else f":{rdb_port}"
            address = f"{DATABASES[rdb_type]}://{user}:{password}@{rdb_host}{port}/{quote(rdb_name or '', safe='')}"
            arguments += ["--db", address]
        return self.execute(arguments)
