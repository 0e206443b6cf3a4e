"""What mappings ask beyond this machine's files: SPARQL endpoints and database servers, and which of them they may.

Who runs `kg map` names the mapping, and with it what the mapping asks. A project comes from somebody, and is shown,
asked and tested by people who have not read its mappings: only what its `network` names is asked, and only by a build.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.rdf.iri import split_address
from kg.tables.references import list_sources
from kg.tables.rml import DatabaseSource, MappingDocument, SparqlSource
from kg.tables.sources.dsn import KINDS, AddressError, complete_address, read_address
from kg.text.diagnostic import Mark

_PORTS = {"http": 80, "https": 443, "postgresql": 5432, "mysql": 3306}


@dataclass(frozen=True, kw_only=True)
class Network:
    """The addresses that may be asked, as somebody wrote them; *names* None: all that a mapping names.

    *advice* says how to allow more.

    >>> network = Network(names=("https://query.example.org", "postgresql://db.example.org/sales"))
    >>> [network.admits(a) for a in ("https://query.example.org:443/sparql", "http://query.example.org/sparql")]
    [True, False]
    >>> network.admits("postgresql://db.example.org:5432/sales")
    True
    """

    names: tuple[str, ...] | None = ()
    advice: str = "name it under `network` in seeds/dataset.yaml, or allow it with `--allow-network`"

    def admits(self, address: str) -> bool:
        """Whether *address* is one of those named; a name without a path stands for all of its host and port."""
        if self.names is None:
            return True
        asked = normalise_address(address)
        named = (normalise_address(name) for name in self.names)
        return any(asked == name or (name.count("/") == 2 and asked.startswith(name + "/")) for name in named)


ANYTHING = Network(names=None)
NOTHING = Network()
OFFLINE = Network(advice="leave `--no-network` out")


def normalise_address(text: str) -> str:
    """An address in one spelling: no login, the port always, a database's kind by one name.

    >>> normalise_address("HTTP://Example.org/sparql")
    'http://example.org:80/sparql'
    >>> normalise_address("jdbc:mariadb://me:secret@[::1]/shop")
    'mysql://[::1]:3306/shop'
    >>> normalise_address("https://example.org/")
    'https://example.org:443'
    """
    parts = split_address(text.strip().removeprefix("jdbc:"))
    if not parts.scheme:  # no address: nothing is there, and nothing else is meant
        return text
    scheme = KINDS.get(parts.scheme.partition("+")[0], parts.scheme)
    host = parts.hostname or "localhost"
    try:
        port = parts.port or _PORTS.get(scheme)
    except ValueError:  # no number: nothing is there, and nothing else is meant
        return text
    place = f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
    query = f"?{parts.query}" if parts.query and scheme in {"http", "https"} else ""
    return place + parts.path.rstrip("/") + query


@dataclass(frozen=True, kw_only=True)
class AskedAddress:
    """An *address* that a mapping asks, and the *mark* of the source that names it."""

    address: str
    mark: Mark


def find_asked(document: MappingDocument) -> Iterator[AskedAddress]:
    """The endpoints and servers of databases that a mapping asks; files of databases are none."""
    for source in list_sources(document):
        origin = source.source
        if isinstance(origin, SparqlSource):
            yield AskedAddress(address=origin.endpoint, mark=origin.mark)
        elif isinstance(origin, DatabaseSource):
            address = name_server(origin)
            if address is not None:
                yield AskedAddress(address=address, mark=origin.mark)


def name_server(origin: DatabaseSource) -> str | None:
    """The address of a database's server, without its login; None for a file, and for what is no address."""
    try:
        address = read_address(complete_address(origin.dsn or "", origin.driver))
    except AddressError:
        return None
    return None if address.path is not None else normalise_address(
        f"{address.kind}://{address.host}:{address.port or _PORTS[address.kind]}/{address.name}"
    )  # fmt: skip


def asks_network(document: MappingDocument) -> bool:
    """Whether a mapping asks anything beyond files."""
    return next(find_asked(document), None) is not None
