"""What is asked of a server that is not trusted: bounds, repetition, whole answers, credentials that stay."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from faulty import Faulty, Seen, answer, serve_faults
from terminal import run_kg

from kg.ask.store import Table, Triples, Truth
from kg.remote.endpoint import Credentials, Endpoint, check_url, read_credentials
from kg.remote.http import Bounds, Client, LimitError, RemoteError
from kg.remote.protocol import Server
from kg.text.diagnostic import KgError, UsageError

ROW = '{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"one"}}]}}'
SELECT = "SELECT ?n { ?s ?p ?n }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
NT = "<a:a> <a:b> <a:c> .\n"


@pytest.fixture(scope="module")
def playing() -> Iterator[Faulty]:
    with serve_faults() as faulty:
        yield faulty


@pytest.fixture
def faulty(playing: Faulty) -> Faulty:
    playing.play(answer(ROW))
    return playing


def ask(faulty: Faulty, query: str = SELECT, *, credentials: Credentials | None = None, **bounds: float) -> object:
    """The answer, with short bounds and no pauses."""
    kept = Bounds(**{"seconds": 60.0, **bounds})  # type: ignore[arg-type]
    client = Client(bounds=kept, credentials=credentials, sleep=lambda seconds: PAUSES.append(seconds))
    PAUSES.clear()
    return Server(endpoint=Endpoint(query=faulty.url), client=client).ask(query)


PAUSES: list[float] = []


def refusal(faulty: Faulty, query: str = SELECT, **bounds: float) -> str:
    with pytest.raises(KgError) as caught:
        ask(faulty, query, **bounds)
    return str(caught.value).replace(f":{faulty.port}", "")


def test_an_answer_is_read(faulty: Faulty) -> None:
    assert ask(faulty) == Table(variables=("n",), rows=((ox.Literal("one"),),))
    (seen,) = faulty.seen
    assert seen.head.startswith("POST /sparql HTTP/1.1")
    assert seen.header("Accept-Encoding") == "identity"
    assert seen.body == b"query=SELECT+%3Fn+%7B+%3Fs+%3Fp+%3Fn+%7D"


@pytest.mark.parametrize(
    ("body", "media", "truth"),
    [
        ('{"head":{},"boolean":true}', "application/sparql-results+json", True),
        ('{"head":{"vars":["__ASK_RETVAL"]},"results":{"bindings":[]}}', "application/sparql-results+json", False),
        ('<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>true</boolean></sparql>',
         "application/sparql-results+xml; charset=utf-8", True),
    ],
)  # fmt: skip
def test_a_truth_is_read_as_servers_write_it(faulty: Faulty, body: str, media: str, truth: bool) -> None:
    faulty.play(answer(body, media))
    assert ask(faulty, "ASK { ?s ?p ?o }") == Truth(value=truth)


SPARQL_XML = '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/>'
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/n-triples\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("act", "query", "words"),
    [
        (answer(ROW[:40], length=len(ROW)), SELECT, "the answer of http://127.0.0.1/sparql is cut off: 40 of 87 bytes"),
        (answer(ROW[:60], length=None), SELECT,
         'is cut off (it ends with “{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"”)'),
        (answer(ROW[:-1]), SELECT, "is cut off (it ends with"),
        (answer(ROW + "The query has been cancelled"), SELECT, "is no JSON: Extra data"),
        (answer('{"head":{},"boolean":true', length=None), "ASK {}", "is cut off (it ends with"),
        (answer(f"{SPARQL_XML}<results></results>", "application/xml"), SELECT, "is cut off (it ends with"),
        (answer(NT[:12], "application/n-triples", length=len(NT)), CONSTRUCT, "cut off: 12 of 20 bytes"),
        (answer(NT, "application/n-triples", length=None), CONSTRUCT,
         "does not say how long its answer is: whether it is all there cannot be known"),
        (answer(NT + "<a:a> <a:", "application/n-triples"), CONSTRUCT, "is cut off (it ends with “<a:a> <a:”)"),
        (CHUNKED + b"14\r\n" + NT.encode() + b"\r\n", CONSTRUCT, "is cut off: its last part is missing"),
        (CHUNKED + b"14\r\n" + NT.encode() + b"\r\n14\r\n<a:a>", CONSTRUCT, "is cut off: its last part is missing"),
        (answer(ROW, X_SPARQL_MaxRows="10000"), SELECT,
         "gives no more than 10000 rows, and says so: ask for less (`LIMIT`, `OFFSET`)"),
        (answer(ROW, status="206 Partial Content"), SELECT, "ran out of time and gives a part of the answer"),
    ],
)  # fmt: skip
def test_a_part_is_never_taken_for_the_whole(faulty: Faulty, act: bytes, query: str, words: str) -> None:
    faulty.play(act)
    assert words in refusal(faulty, query, retries=0)


def test_a_whole_graph_in_pieces_is_read(faulty: Faulty) -> None:
    faulty.play(CHUNKED + b"14\r\n" + NT.encode() + b"\r\n0\r\n\r\n")
    found = ask(faulty, CONSTRUCT)
    assert isinstance(found, Triples)
    assert [str(t) for t in found.triples] == ["<a:a> <a:b> <a:c>"]


PAGE = "<!DOCTYPE html>\n<html><head><style>x</style><title>Sign&nbsp;in</title></head><body>please</body></html>"


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (answer(PAGE, "text/html"), "answers a page of HTML, “Sign in”: is it the address of SPARQL queries?"),
        (answer(PAGE), "is no JSON"),
        (answer("n,m\n1,2\n", "text/csv"), "answers with `text/csv`, not application/sparql-results+json: n,m"),
        (answer(ROW, ""), "answers with no media type, not application/sparql-results+json"),
        (answer("[]"), "cannot be read: SPARQL JSON results must be an object"),
        (answer("[" * 100_000), "is no JSON"),
        (answer(b"\xff\xfe\x00"), "is no JSON"),
        (answer(ROW, Content_Encoding="gzip"), "packs its answer (gzip), which it was not asked for"),
        (answer(PAGE, "text/html", "404 Not Found"), "there is nothing at http://127.0.0.1/sparql (404)"),
        (answer(PAGE, "text/html", "500 Internal Server Error"),
         "answers 500 Internal Server Error: a page of HTML, “Sign in”"),
        (answer("Parse error at line 1\nstack\nstack", "text/plain", "400 Bad Request"),
         "answers 400 Bad Request: Parse error at line 1"),
        (answer("", status="204 No Content", length=None), "gives no answer (204)"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP"),
        (b"", "closes the connection without an answer"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", "does not speak HTTP: got more than 100 headers"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_told_in_one_line(faulty: Faulty, act: bytes, words: str) -> None:
    faulty.play(act)
    said = refusal(faulty, retries=0)
    assert words in said
    assert "\n" not in said
    assert "\x1b" not in said


def test_xml_with_entities_is_not_read(faulty: Faulty) -> None:
    body = f'<!DOCTYPE a [<!ENTITY b "c">]>{SPARQL_XML}<boolean>true</boolean></sparql>'
    faulty.play(answer(body, "application/sparql-results+xml"))
    assert "declares entities: it is not read" in refusal(faulty)


# -- time and size ----------------------------------------------------------------------------------


def test_an_answer_has_a_size_that_it_does_not_exceed(faulty: Faulty) -> None:
    def flood(link: socket.socket, seen: Seen) -> None:
        link.sendall(answer(b"", length=None))
        for _ in range(1000):
            link.sendall(b"[" * 65536)

    faulty.play(flood)
    with pytest.raises(LimitError, match="answers more than 1,000,000 bytes"):
        ask(faulty, size=1_000_000)


def _drip(link: socket.socket, seen: Seen) -> None:
    """Give a byte of the body now and then: each comes in time, the whole does not."""
    link.sendall(answer("", length=len(ROW)))
    for byte in ROW.encode():
        link.sendall(bytes([byte]))
        if GOING.wait(LATE / 2):
            return


def _hang(link: socket.socket, seen: Seen) -> None:
    GOING.wait(60)


GOING = threading.Event()
"""The client has given up, and who serves it may go too."""
LATE = 0.4
"""Seconds in which a whole answer would have to come."""


def _drip_head(link: socket.socket, seen: Seen) -> None:
    for byte in answer(ROW):
        link.sendall(bytes([byte]))
        if GOING.wait(LATE / 2):
            return


@pytest.mark.parametrize("act", [_drip, _drip_head, _hang], ids=["drips", "drips headers", "hangs"])
def test_all_of_an_answer_keeps_the_time(faulty: Faulty, act: Callable[[socket.socket, Seen], None]) -> None:
    """A whole one would take a quarter of a minute and more: the client gives up while its server is at it."""
    ended = threading.Event()

    def play(link: socket.socket, seen: Seen) -> None:
        try:
            act(link, seen)
        finally:
            ended.set()

    faulty.play(play)
    with pytest.raises(LimitError, match=r"has given no whole answer in 0\.4 s"):
        ask(faulty, seconds=LATE)
    assert not ended.is_set()
    GOING.set()
    assert ended.wait(60)
    GOING.clear()
    assert len(faulty.seen) == 1


# -- again ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        answer("try later", "text/plain", "503 Service Unavailable"),
        answer("slow down", "text/plain", "429 Too Many Requests"),
        answer("bad gateway", "text/plain", "502 Bad Gateway"),
        answer(ROW[:30], length=len(ROW)),
        b"",
    ],
)
def test_a_query_is_asked_again_after_what_may_pass(faulty: Faulty, act: bytes) -> None:
    faulty.play(act, act, answer(ROW))
    assert isinstance(ask(faulty), Table)
    assert len(faulty.seen) == 3
    assert 0.3 < PAUSES[0] < 0.7 < PAUSES[1] < 1.4


def test_a_query_is_asked_so_often_and_no_more(faulty: Faulty) -> None:
    faulty.play(answer("try later", "text/plain", "503 Service Unavailable"))
    said = "http://127.0.0.1/sparql answers 503 Service Unavailable: try later (tried 4 times)"
    assert refusal(faulty, seconds=60.0) == said
    assert len(faulty.seen) == 4


def test_a_server_may_say_when_to_ask_again_within_bounds(faulty: Faulty) -> None:
    late = answer("", "text/plain", "503 Service Unavailable", Retry_After="2")
    faulty.play(late, answer(ROW))
    assert isinstance(ask(faulty), Table)
    assert PAUSES == [2.0]
    faulty.play(answer("", "text/plain", "503 Service Unavailable", Retry_After="9999"), answer(ROW))
    assert "answers 503" in refusal(faulty, seconds=5.0)  # there is no time to wait for it
    assert len(faulty.seen) == 1


@pytest.mark.parametrize("status", ["400 Bad Request", "403 Forbidden", "500 Internal Server Error"])
def test_what_will_not_pass_is_not_asked_again(faulty: Faulty, status: str) -> None:
    faulty.play(answer("no", "text/plain", status))
    refusal(faulty)
    assert len(faulty.seen) == 1


def test_a_change_that_would_count_twice_is_sent_once(faulty: Faulty) -> None:
    faulty.play(answer("try later", "text/plain", "503 Service Unavailable"))
    client = Client(bounds=Bounds(seconds=5), sleep=lambda seconds: None)
    server = Server(endpoint=Endpoint(query=faulty.url, gsp=faulty.url), client=client)
    with pytest.raises(RemoteError):
        server.add("http://a.example/", b"_:a <a:b> <a:c> .\n", safe=False)
    assert len(faulty.seen) == 1
    with pytest.raises(RemoteError):
        server.put("http://a.example/", b"_:a <a:b> <a:c> .\n")
    assert len(faulty.seen) == 5
    assert faulty.seen[-1].path == "/sparql?graph=http%3A%2F%2Fa.example%2F"


# -- credentials and redirects --------------------------------------------------------------------------

SECRET = "s3cr3t-p4ss"
BASIC = b64encode(f"me:{SECRET}".encode()).decode()
ASKS = answer("", "text/plain", "401 Unauthorized", WWW_Authenticate='Basic realm="a"')
ME = Credentials(user="me", password=SECRET)


def test_a_password_is_given_when_it_is_asked_for(faulty: Faulty) -> None:
    faulty.play(ASKS, answer(ROW))
    ask(faulty, credentials=ME)
    assert [seen.header("Authorization") for seen in faulty.seen] == ["", f"Basic {BASIC}"]


def test_a_token_is_given_at_once(faulty: Faulty) -> None:
    ask(faulty, credentials=Credentials(token="t0k3n"))
    assert faulty.seen[0].header("Authorization") == "Bearer t0k3n"


def test_a_digest_hides_the_password(faulty: Faulty) -> None:
    challenge = 'Digest realm="r", nonce="n0", qop="auth", opaque="o", algorithm="MD5"'
    faulty.play(answer("", "text/plain", "401 Unauthorized", WWW_Authenticate=challenge), answer(ROW))
    ask(faulty, credentials=ME)
    given = faulty.seen[1].header("Authorization")
    assert given.startswith('Digest username="me", realm="r", nonce="n0", uri="/sparql", response="')
    assert SECRET not in given


@pytest.mark.parametrize("credentials", [ME, Credentials(token=SECRET)], ids=["password", "token"])
def test_no_message_shows_a_secret(faulty: Faulty, credentials: Credentials) -> None:
    def echo(link: socket.socket, seen: Seen) -> None:
        given = seen.header("Authorization")
        if not given:
            link.sendall(ASKS)
        else:
            link.sendall(answer(f"no: Authorization: {given} {SECRET}", "text/plain", "403 Forbidden"))

    faulty.play(echo)
    with pytest.raises(RemoteError) as caught:
        ask(faulty, credentials=credentials)
    shown = f"{caught.value} {caught.value!r} {credentials!r} {Endpoint(query=faulty.url, credentials=credentials)!r}"
    assert "answers 403 Forbidden: no: Authorization: " in shown
    assert SECRET not in shown
    assert BASIC not in shown


def test_a_redirect_is_followed_on_the_same_server_alone(faulty: Faulty) -> None:
    faulty.play(answer("", "", "307 Temporary Redirect", Location="/other"), answer(ROW))
    ask(faulty, credentials=Credentials(token=SECRET))
    assert [seen.path for seen in faulty.seen] == ["/sparql", "/other"]
    assert faulty.seen[1].body == faulty.seen[0].body
    with serve_faults() as other:
        other.play(answer(ROW))
        faulty.play(answer("", "", "307 Temporary Redirect", Location=other.url))
        said = refusal(faulty)
        assert "it is not followed to another server: name that one if you trust it" in said
        assert other.seen == []


def test_a_redirect_that_would_lose_the_query_is_told(faulty: Faulty) -> None:
    faulty.play(answer("", "", "301 Moved Permanently", Location="/new"))
    assert refusal(faulty).endswith("/sparql has moved to http://127.0.0.1/new: name that")
    faulty.play(answer("", "", "308 Permanent Redirect", Location="/sparql"))
    assert "leads from one address to the next without an end" in refusal(faulty)


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"KG_ENDPOINT_USER": "me"}, "KG_ENDPOINT_USER without KG_ENDPOINT_PASSWORD"),
        ({"KG_ENDPOINT_TOKEN": "a", "KG_ENDPOINT_USER": "me"}, "not both"),
        ({"KG_ENDPOINT_TOKEN": "a\nX-Other: b"}, "KG_ENDPOINT_TOKEN holds a control character"),
        ({"KG_ENDPOINT_USER": "a:b", "KG_ENDPOINT_PASSWORD": "c"}, "a user's name has no colon"),
    ],
)
def test_half_of_the_credentials_is_wrong_use(environment: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_credentials(environment)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://a.example/", "is no address of an endpoint: http:// or https://, with a host"),
        ("http://me:pass1@a.example/", "holds no name and no password: KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD do"),
        ("http://a.example/ x", r"\(it holds ' '\)"),
        ("http://a.example/\r\nX: y", "is no address"),
        ("http://a.example:99999/", "is no address"),
        ("http://[a/", "is no address"),
        ("http:///sparql", "is no address"),
        ("http://a.example/#x", "has no `#`"),
        ("sparql", "is no address"),
    ],
)
def test_what_is_no_address_is_wrong_use(url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        check_url(url)
    assert "pass1" not in str(caught.value)


def test_no_proxy_of_the_environment_is_asked(faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    assert isinstance(ask(faulty), Table)


# -- TLS ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody vouches for, with its key."""
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=127.0.0.1"
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(path), "-out", f"{path}.crt"]
    command = ["openssl", *words.split(), *files]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"openssl makes no certificate here: {error}")
    path.write_text(path.read_text("ascii") + Path(f"{path}.crt").read_text("ascii"), encoding="ascii")
    return path


def test_tls_that_cannot_be_trusted_is_told(certificate: Path, monkeypatch: pytest.MonkeyPatch, faulty: Faulty) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serve_faults(context) as other:
        other.play(answer(ROW))
        url = other.url.replace("http:", "https:")
        server = Server(endpoint=Endpoint(query=url), client=Client(bounds=Bounds(seconds=5)))
        with pytest.raises(
            RemoteError, match=r"the certificate of 127\.0\.0\.1 is not trusted: self.signed certificate"
        ):
            server.ask(SELECT)
        monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
        assert isinstance(server.ask(SELECT), Table)
    plain = Server(
        endpoint=Endpoint(query=faulty.url.replace("http:", "https:")), client=Client(bounds=Bounds(seconds=5))
    )
    faulty.play(answer(ROW, "text/plain", "400 Bad Request"))
    with pytest.raises(RemoteError, match=r"no TLS with https://127\.0\.0\.1:\d+/sparql"):
        plain.ask(SELECT)


# -- the command --------------------------------------------------------------------------------------------


def query(faulty: Faulty, folder: Path, *arguments: str, **variables: str) -> tuple[int, str, str]:
    done = run_kg("query", "--endpoint", faulty.url, *arguments, folder=folder, **variables)
    return done.code, done.out, done.err.replace(f":{faulty.port}", "")


def test_the_command_asks_without_a_project(faulty: Faulty, tmp_path: Path) -> None:
    assert query(faulty, tmp_path, "-e", SELECT) == (0, "n\n───\none\n(1 row)\n", "")
    faulty.play(answer(ROW))
    assert (
        query(
            faulty, tmp_path, "-e", "SELECT ?n { ?s rdfs:label ?n }", "--format", "csv", "--graph", "http://g.example/"
        )[1]
        == "n\r\none\r\n"
    )
    asked = "query=PREFIX+rdfs%3A+%3Chttp%3A%2F%2Fwww.w3.org%2F2000%2F01%2Frdf-schema%23%3E+SELECT"
    assert faulty.seen[0].body.decode().startswith(asked)
    assert faulty.seen[0].body.endswith(b"&default-graph-uri=http%3A%2F%2Fg.example%2F")


def test_graphs_that_are_not_there_are_told_of_an_empty_answer(faulty: Faulty, tmp_path: Path) -> None:
    nothing, yes, no = '{"head":{"vars":["n"]},"results":{"bindings":[]}}', '{"boolean":true}', '{"boolean":false}'
    faulty.play(*map(answer, (nothing, no, yes)))
    asked = query(faulty, tmp_path, "-e", SELECT, "--graph", "http://g.example/", "--graph", "http://h.example/")
    told = "kg: warning: the server has no graph <http://g.example/>, or nothing in it\n"
    assert asked == (0, "n\n─\n(0 rows)\n", told)
    faulty.play(answer(nothing), answer("no", "text/plain", "500 Internal Server Error"))  # then nobody knows
    assert query(faulty, tmp_path, "-e", SELECT, "--graph", "http://g.example/") == (0, "n\n─\n(0 rows)\n", "")


@pytest.mark.parametrize(
    ("act", "arguments", "code", "words"),
    [
        (answer("line 1: no", "text/plain", "400 Bad Request"), (), 2, "answers 400 Bad Request: line 1: no\n"),
        (answer(PAGE, "text/html"), (), 3, "answers a page of HTML, “Sign in”"),
        (answer(ROW[:30]), (), 3, "is cut off"),
        (answer(ROW), ("--most-bytes", "20"), 4, "answers more than 20 bytes"),
        (_hang, ("--timeout", "0.3"), 4, "has given no whole answer in 0.3 s"),
        (answer(ROW), ("--list",), 2, ""),
    ],
)  # fmt: skip
def test_the_command_leaves_with_a_code_for_each_failure(
    faulty: Faulty, tmp_path: Path, act: bytes, arguments: tuple[str, ...], code: int, words: str
) -> None:
    faulty.play(act)
    given = arguments if "--list" in arguments else ("-e", SELECT, *arguments)
    found, out, err = query(faulty, tmp_path, *given)
    assert (found, out) == (code, "")
    assert words in err
    assert "Traceback" not in err


def test_the_command_takes_credentials_of_the_environment_alone(faulty: Faulty, tmp_path: Path) -> None:
    faulty.play(ASKS, answer(ROW))
    code, _, err = query(faulty, tmp_path, "-e", SELECT, KG_ENDPOINT_USER="me", KG_ENDPOINT_PASSWORD=SECRET)
    assert (code, err) == (0, "")
    assert faulty.seen[1].header("Authorization") == f"Basic {BASIC}"
    faulty.play(ASKS)
    code, _, err = query(faulty, tmp_path, "-e", SELECT)
    assert (code, err) == (
        3, "kg: http://127.0.0.1/sparql asks for credentials "
        "(KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or KG_ENDPOINT_TOKEN)\n",
    )  # fmt: skip
