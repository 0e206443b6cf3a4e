"""The way as a whole: from a text, by a prompt and answers of the kind that models give, to a reviewed graph."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from terminal import ROOT, Finished, run_kg

from kg.build.pipeline import check_project
from kg.system.project import Project

WAY = ROOT / "tests/way"
ANSWER = (WAY / "answer.md").read_text(encoding="utf-8")
VERDICTS = {
    "builds": "new", "worth": "new", "founded": "new", "staff": "new", "director": "new", "jobs": "new", "where": "new",
    "people": "new", "gift": "new", "saves": "new", "members": "new",
    "first-ferry": "unknown-property",       # a property that the list does not have
    "cut": "figure-not-in-sentence",         # 54 for 45
    "doubted": "figure-not-in-sentence",     # the figure of the sentence before
    "quiet": "no-such-sentence",             # an address that there is not
}  # fmt: skip
"""What becomes of each row of the recorded answer."""


def run_way(folder: Path, *arguments: str, codes: tuple[int, ...] = (0,)) -> Finished:
    done = run_kg(*arguments, folder=folder)
    assert done.code in codes, done.out + done.err
    return done


@pytest.fixture(scope="module")
def ferries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("way")
    run_way(top, "init", "ferries", "--bare")
    run_way(top / "ferries", "evidence", "add", str(WAY / "ferries.txt"))
    return top / "ferries"


def judge(folder: Path, file: Path, form: str) -> list[dict[str, object]]:
    options = ("--as", form, "--texts", "texts", "--dry-run", "--format", "json")
    done = run_way(folder, "import", str(file), *options, codes=(0, 1))
    return [json.loads(line) for line in done.out.splitlines()]


def test_fences_and_prose_are_read_and_wrong_rows_turned_down(ferries: Path) -> None:
    names = re.findall(r"^    ([a-z-]+): \{s:", ANSWER, re.MULTILINE)
    assert sorted(names) == sorted(VERDICTS)
    rows = judge(ferries, WAY / "answer.md", "kg")
    found = {
        name: row["code"] if row["verdict"] == "rejected" else row["verdict"]
        for name, row in zip(names, rows, strict=True)
    }
    assert found == VERDICTS


CHAT = """Sure! Here are the claims, one JSON object per line:

```json
[
{"subject": "order", "predicate": "amount", "object": "96 million EUR", "quote": "@", "document": "ferries"},
{"subject": "order", "predicate": "amount", "object": "69 million EUR", "quote": "@", "document": "ferries"},
{"subject": "order", "predicate": "amount", "object": "9 EUR", "quote": "It is dear.", "document": "ferries"},
{"subject": "order",
]
```

Let me know if you need anything else!
""".replace("@", "The order is worth 96 million EUR.")


def test_the_same_as_rows_of_json(ferries: Path, tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_text(CHAT, encoding="utf-8")
    judged = judge(ferries, tmp_path / "answer.txt", "jsonl")
    assert [(row["row"], row["line"], row["verdict"]) for row in judged] == [
        (1, 5, "new"), (2, 6, "rejected"), (3, 7, "rejected"), (4, 8, "rejected"),
    ]  # fmt: skip
    rows = "".join(line.rstrip(",") + "\n" for line in CHAT.split("\n") if line.endswith("},"))
    (tmp_path / "rows.jsonl").write_text(rows, encoding="utf-8")
    assert [row["verdict"] for row in judge(ferries, tmp_path / "rows.jsonl", "jsonl")] == [
        "new",
        "rejected",
        "rejected",
    ]


def test_the_way_of_the_readme_leads_to_a_reviewed_graph(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8").split("## From a text to a reviewed graph\n")[1]
    block = re.search(r"```sh\n(.*?)```", text, re.DOTALL)
    assert block is not None
    folder = tmp_path
    (tmp_path / "ferries.txt").write_bytes((WAY / "ferries.txt").read_bytes())
    for line in block[1].rstrip("\n").split("\n"):
        command = line.partition("#")[0].strip()
        command, _, where = command.partition(" && cd ")
        command, _, output = command.partition(" > ")
        arguments = [part.strip('"') for part in re.findall(r'"[^"]*"|\S+', command)]
        assert arguments.pop(0) == "kg"
        if arguments[0] == "review":  # a person goes through them; here all are accepted
            drafts = [row.split()[0] for row in run_way(folder, "review", "--list").out.splitlines()]
            assert len(drafts) == sum(verdict == "new" for verdict in VERDICTS.values())
            arguments = ["review", *drafts, "--accept", "--by", "the curator", "--texts", "texts"]
        done = run_way(folder, *arguments, codes=(0, 1) if arguments[0] == "import" else (0,))
        if arguments[0] == "prompt":
            assert "p3s2: The order is worth 96 million EUR.\n" in done.out
            (folder / output.strip()).write_text(done.out, encoding="utf-8")
            (folder / "answer.md").write_text(ANSWER, encoding="utf-8")
        folder = folder / where.strip() if where else folder
    checked = check_project(Project(folder), folder / "texts")
    assert [d.message for d in checked.diagnostics] == []
    claims = {claim.id: claim for claim in checked.seeds.claims}
    assert len(claims) == sum(verdict == "new" for verdict in VERDICTS.values())
    assert all(claim.state.reviewed is not None for claim in claims.values())
    assert "https://graph.example/relation/foundedOn" in (folder / "exports/graph.nq").read_text(encoding="utf-8")
