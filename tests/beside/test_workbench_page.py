"""The workbench as its users meet it: in a browser by keyboard, and by HTTP as others may try it."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from serving import Served, serve
from test_page_browser import BROWSER, _why_not

from kg.cli import kg
from kg.server.workbench import make_page
from kg.starter import init_project

HOSTILE = "<img src=x onerror=alert(1)>"
SENTENCE = f"The old bridge is 80 metres long since last year and the new bridge {HOSTILE} is to open in 2030."


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "story"
    init_project(folder, title="A story", base="https://story.example/")
    text = folder / "texts/bridge.txt"
    text.write_text(text.read_text(encoding="utf-8").rstrip("\n") + f"\n\n{SENTENCE}\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(kg, ["evidence", "outline", "bridge", "--texts", "texts"])
    assert done.exit_code == 0, done.output
    return folder


def _find_token(served: Served) -> str:
    assert served.has_told("/edit?token="), served.told
    return next(m[1] for line in served.told if (m := re.search(r"/edit\?token=(\S+)", line)))


def test_two_claims_are_written_by_keyboard_in_few_keys(story: Path) -> None:
    reason = _why_not()
    if reason is not None:
        pytest.skip(reason)
    claims = story / "seeds/claims/bridge.yaml"
    with serve("--edit", "--texts", "texts", folder=story) as served:
        address = f"http://127.0.0.1:{served.port}/edit?token={_find_token(served)}"
        words = ["node", str(BROWSER / "workbench.mjs"), address, str(claims)]
        run = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout)
    origin = f"http://127.0.0.1:{served.port}/"
    assert all(url.startswith((origin, "blob:", "data:")) for url in seen["asked"])
    assert seen["problems"] == []
    assert seen["axe"] == []
    assert "token" not in seen["address"]
    assert [HOSTILE in words for words in seen["todo"]] == [True] and seen["hostile"] == 0
    assert (seen["field"], seen["by"], seen["mode"], seen["invalid"]) == ("o", "by", "plan", "true")
    print(f"{seen['written']} keys, {seen['waited']:.1f} s of waiting")
    assert seen["written"] < 100  # 25 s of writing
    assert seen["after"].startswith(seen["before"].rstrip("\n"))
    assert seen["after"][len(seen["before"].rstrip("\n")) :].split("\n")[2:-1] == [
        "    said: source",
        "    length-80-m: {s: the-old-bridge, p: length, o: 80 m}",
        "    opens: {s: bridge, p: opens, o: 2030, mode: plan}",
    ]
    assert "o: 82 m" in seen["theirs"] and "o: 81 m" in seen["mine"]
    assert seen["end"] == seen["after"].replace("o: 80 m", "o: 81 m")
    assert seen["fast"] == "2030"  # typed while the choices of the field before had not come
    reason = "“last year”, of the date of the source, 2026-05-01"
    assert (seen["unasked"], seen["reason"], seen["focus"], seen["left"]) == (0, reason, "inferred.when", 0)
    assert (seen["emptied"], seen["kept"]) == ("inferred.when", 1)  # it went away under the hands of who emptied it
    assert seen["wide"] == 390
    entities = (story / "seeds/entities/rivertown.yaml").read_text(encoding="utf-8")
    assert entities.endswith("  the-old-bridge: {is: Bridge, label: the old bridge}\n")


def _announce(served: Served, token: str, size: int) -> int:
    """The status of a question that says it has so many bytes, and sends none."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.putrequest("POST", "/edit/ask")
    about = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Content-Length": str(size)}
    for name, value in about.items():
        connection.putheader(name, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_workbench_answers_its_own_page_alone(story: Path) -> None:
    with serve("--edit", "--texts", "texts", folder=story) as served:
        token = _find_token(served)
        own = f"http://127.0.0.1:{served.port}"

        def ask(body: str = '{"ask": "sources"}', **headers: str) -> tuple[int, str]:
            about = {"authorization": f"Bearer {token}", "content_type": "application/json", "origin": own}
            found = served.ask("POST", "/edit/ask", body, **(about | headers))
            return found.status, found.text

        assert ask()[0] == 200 and json.loads(ask()[1])["sources"][0]["id"] == "bridge"
        assert ask("[" * 100_000)[0] == 400 and ask("{")[0] == 400
        assert json.loads(ask("[]")[1])["kind"] == "wrong"
        assert ask(authorization="Bearer wrong")[0] == 401 and ask(authorization="")[0] == 401
        assert ask(origin="http://evil.example")[0] == 403 and ask(origin="null")[0] == 403
        assert ask(origin="", sec_fetch_site="cross-site")[0] == 403
        assert ask(host="evil.example")[0] == 421
        assert ask(content_type="text/plain")[0] == 415
        assert _announce(served, token, 2 << 20) == 413
        assert served.ask("GET", "/edit/ask").status == 405
        page = served.ask("GET", "/edit?token=wrong", accept="text/html")
        assert page.status == 200 and "bridge" not in page.text and token not in page.text
        assert page.headers["content-security-policy"] == make_page()[1]
        assert "frame-ancestors 'self'" in served.ask("GET", "/", accept="text/html").headers["content-security-policy"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--memory"], "--edit is for the files of a project"),
        (["--host", "0.0.0.0"], "`0.0.0.0` is open to others: --edit is for this machine only"),
    ],
)
def test_the_workbench_is_local_and_for_files(story: Path, arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(kg, ["serve", "--edit", *arguments])
    assert done.exit_code == 2 and words in done.output


def test_the_policy_names_the_script_and_nothing_else() -> None:
    page, policy = make_page()
    bare = re.sub(r"<(script|style)>.*?</\1>", "", page, flags=re.DOTALL)
    assert page.count("<script") == page.count("<style") == 1 and " on" not in re.sub(r">[^<]*", ">", bare)
    assert "unsafe" not in policy and "default-src 'none'" in policy
