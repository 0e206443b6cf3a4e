"""A SPARQL endpoint on loopback over stores in memory, for tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pyoxigraph as ox


@contextmanager
def serve_stores(stores: Mapping[str, ox.Store]) -> Iterator[int]:
    """A server whose path `/NAME/...` asks the store of that name; yields its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            try:
                found = stores[self.path.split("/")[1]].query(parse_qs(body)["query"][0])
                assert isinstance(found, ox.QuerySolutions)
                status, answer = 200, found.serialize(format=ox.QueryResultsFormat.JSON)
            except SyntaxError as error:
                status, answer = 400, str(error).encode()
            assert answer is not None
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with serve(Handler) as port:
        yield port


@contextmanager
def serve(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """A server on loopback whose requests the *handler* answers, each in a thread; yields its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
