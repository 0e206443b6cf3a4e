"""The page that `kg serve` gives: it tells what is wrong while the graph is curated, and loads itself anew."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
from base64 import b64encode
from contextlib import suppress
from hashlib import sha256
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from serving import serve
from test_page_browser import BROWSER, _why_not

from kg.build.pipeline import check_files, check_questions, read_project
from kg.cli.live import Subjects, tell_all
from kg.server.live import News, keep_current
from kg.server.livepage import LivePage, enliven
from kg.server.processes.builder import Builder
from kg.starter import init_project
from kg.system.project import Project

PAGE = (
    '<html><head><meta http-equiv="Content-Security-Policy" content="default-src &#x27;none&#x27;; '
    'script-src SCRIPT; style-src &#x27;sha256-x&#x27;; base-uri &#x27;none&#x27;"></head><body><p></p></body></html>\n'
)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    init_project(tmp_path / "story", title="A story", base="https://story.example/")
    return tmp_path / "story"


def test_the_policy_of_a_served_page_admits_its_own_script_alone() -> None:
    for allowed in ("&#x27;sha256-a&#x27;", "&#x27;none&#x27;"):
        page = LivePage(enliven(PAGE.replace("SCRIPT", allowed)))
        directives = dict(d.strip().split(" ", 1) for d in page.write_policy().split(";"))
        script = re.search(r"<script>(.*)</script></body>", page.text, re.DOTALL)
        style = re.search(r"<style>(.*)</style></head>", page.text, re.DOTALL)
        assert script is not None and style is not None
        own = f"'sha256-{b64encode(sha256(script[1].encode()).digest()).decode()}'"
        assert directives["script-src"].split() == [own, *([] if "none" in allowed else ["'sha256-a'"])]
        assert f"'sha256-{b64encode(sha256(style[1].encode()).digest()).decode()}'" in directives["style-src"]
        assert directives["connect-src"] == "'self'"
        assert directives["frame-ancestors"] == "'none'"
        assert unescape(page.text).count("connect-src 'self'") == 1
    assert LivePage(enliven(PAGE)).digest != LivePage(enliven(PAGE.replace("<p>", "<p>x"))).digest


def test_a_mistake_leads_to_the_thing_that_it_is_about(story: Path) -> None:
    claims = story / "seeds/claims/bridge.yaml"
    claims.write_text(claims.read_text(encoding="utf-8").replace("p: opens", "p: opns"), encoding="utf-8")
    entities = story / "seeds/entities/rivertown.yaml"
    text = entities.read_text(encoding="utf-8")
    entities.write_text(text.replace("mayor: {is: Person", "mayor: {is: Persn"), encoding="utf-8")
    checked = check_questions(check_files(read_project(Project(story), story / "texts")))
    told = {one["code"]: one for one in tell_all(checked, checked.diagnostics)}
    assert told["unknown-class"]["about"] == {"kind": "e", "key": "mayor"}
    assert told["unknown-property"]["about"] == {"kind": "c", "key": "bridge.opening"}
    assert told["unknown-property"]["place"].startswith("seeds/claims/bridge.yaml:")
    assert [one["severity"] for one in told.values()][:2] == ["error", "error"]
    assert Subjects(checked).find(checked.diagnostics[0]) is not None


def test_news_come_as_events_and_end_with_the_server(story: Path) -> None:
    import http.client

    with serve(folder=story) as served:
        page = served.ask("GET", "/", accept="text/html")
        assert page.status == 200 and "kg-page" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert served.ask("GET", "/about", accept="text/html").text.count("<li>") >= 5
        assert served.ask("GET", "/").text.startswith("A story\n")
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
        connection.request("GET", "/live")
        answer = connection.getresponse()
        assert answer.getheader("content-type") == "text/event-stream"
        event = json.loads(answer.readline().removeprefix(b"data: "))
        assert event == {"page": LivePage(page.text).digest, "told": [], "stale": False}
        assert served.ask("POST", "/live").status == 405
        with socket.create_connection(("127.0.0.1", served.port), 60) as one:  # it waited for news that it never got
            one.sendall(b"HEAD /live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            head = one.makefile("rb").read()
        assert head.startswith(b"HTTP/1.1 200 ") and b"text/event-stream" in head and head.endswith(b"\r\n\r\n")
        ended = threading.Thread(target=served.process.terminate)
        ended.start()
        assert answer.read().strip(b":\n") == b""
        ended.join()
        assert served.process.wait(60) == 0
        connection.close()


def test_a_page_tells_a_mistake_and_loads_itself_anew(story: Path) -> None:
    reason = _why_not()
    if reason is not None:
        pytest.skip(reason)
    with serve("--watch", folder=story) as served:
        words = ["node", str(BROWSER / "live.mjs"), f"http://127.0.0.1:{served.port}/"]
        run = subprocess.run(
            [*words, str(story / "seeds/claims/bridge.yaml")], capture_output=True, text=True, timeout=300, check=False
        )
    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout)
    origin = f"http://127.0.0.1:{served.port}/"
    assert all(url.startswith((origin, "blob:", "data:")) for url in seen["asked"])
    assert seen["problems"] == []
    assert seen["words"] == "1 error; the graph is as it was before"
    assert "unknown-property" in seen["item"] and "did you mean `length`?" in seen["item"]
    assert seen["item"].endswith("seeds/claims/bridge.yaml:8:28")
    assert seen["hash"].startswith("#c=bridge.length")
    assert seen["beside"] == "error: no property `lenght`"
    assert seen["stale"] is True
    assert seen["chinese"] == "1 个错误；图仍是先前的样子"
    assert seen["ways"][0] == ["关于它的全部", "?iri=c%3Abridge.length&l=zh"]
    assert [words for words, _ in seen["ways"][1:]] == ["搜索", "问题", "分歧", "SPARQL"]
    assert seen["after"].startswith("#c=bridge.length")  # what was looked at stays


def test_what_was_found_before_is_not_told_of_files_that_cannot_be_read(story: Path) -> None:
    """The page said `nothing to mend` of a project that could not be read: what was told stayed."""
    import http.client

    with serve("--watch", folder=story) as served:
        assert served.ask("GET", "/", accept="text/html").status == 200
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
        connection.request("GET", "/live")
        answer = connection.getresponse()

        def read_news() -> dict[str, Any]:
            line = next(line for line in iter(answer.readline, b"") if line.startswith(b"data: "))
            return dict(json.loads(line.removeprefix(b"data: ")))

        assert read_news()["told"] == []
        (story / "seeds").rename(story / "away")
        lost = read_news()
        assert [one["message"] for one in lost["told"]] == ["the project lacks the folder seeds/"] and lost["stale"]
        (story / "away").rename(story / "seeds")
        again = read_news()
        assert again["told"] == [] and not again["stale"]
        connection.close()


def test_a_process_that_builds_and_dies_is_told() -> None:
    settings = SimpleNamespace(folder=Path("build-0/store"))
    data: Any = SimpleNamespace(pool=SimpleNamespace(settings=settings), in_use=set)

    async def run() -> News:
        news = News(told=[{"message": "of before"}])
        builder = Builder([sys.executable, "-S", "-c", "input()"])
        builder.begin(Path("build-0"))
        await keep_current(data, news, builder, None, None, lambda line: None)
        return news

    news = asyncio.run(run())
    assert news.stale and [one["severity"] for one in news.told] == ["error"]
    assert news.told[0]["message"].startswith("the process that builds has ended")


def test_a_graph_is_built_anew_where_somebody_has_cleaned_up(story: Path) -> None:
    """The store of the graph lies in a folder that `git clean` takes away; the next build ended in a traceback."""
    with serve("--watch", folder=story) as served:
        assert served.query("ASK { ?s ?p ?o }").status == 200
        shutil.rmtree(story / ".kg")
        file = story / "seeds/claims/bridge.yaml"
        file.write_text(file.read_text("utf-8") + "# a line\n", "utf-8")
        assert served.has_told("the graph that is served is new", 60), served.told
        assert served.query("ASK { ?s ?p ?o . ?o ?q ?r }").status == 200
        assert not any("Traceback" in line for line in served.told)


def test_a_change_while_the_data_are_read_is_not_missed() -> None:
    """The state of the files was read after them: what had changed between stayed unseen until the next change."""
    script = 'import sys\nfor line in sys.stdin: print(\'{"about": null, "told": []}\', flush=True)'
    settings = SimpleNamespace(folder=Path("build-0/store"))
    data: Any = SimpleNamespace(pool=SimpleNamespace(settings=settings), in_use=set)

    async def run() -> str:
        told: asyncio.Queue[str] = asyncio.Queue()
        builder = Builder([sys.executable, "-S", "-c", script])
        builder.begin(Path("build-0"))
        keeping = asyncio.create_task(keep_current(data, News(), builder, lambda: "new", "old", told.put_nowait))
        async with asyncio.timeout(60):
            line = await told.get()
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        return line

    assert asyncio.run(run()) == "the graph that is served stays as it was"
