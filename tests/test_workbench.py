"""The workbench: what is saved is the lines of one claim, and it says what was meant; nothing is ever lost."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.build.pipeline import Checked, check_files, read_project
from kg.change.rename import RewriteRefusedError
from kg.starter import init_project
from kg.system.files import hold_lock
from kg.system.project import Project
from kg.text.sentence import digest_sentence
from kg.text.yamldoc import read_document
from kg.workbench.desk import BenchDesk
from kg.workbench.form import FIELDS, REASONS, ClaimForm, clean_field, find_row
from kg.workbench.plan import ConflictError, plan_form
from kg.workbench.wire import answer

ROOT = Path(__file__).parents[1]
CLAIMS = "seeds/claims/bridge.yaml"


@pytest.fixture
def story(tmp_path: Path) -> Path:
    init_project(tmp_path / "story", title="A story", base="https://story.example/")
    return tmp_path / "story"


@pytest.fixture
def desk(story: Path) -> BenchDesk:
    return BenchDesk(root=story, texts=story / "texts")


def _ask(desk: BenchDesk, name: str, address: str = "p1s1", **about: Any) -> dict[str, Any]:
    return answer(desk, {"ask": name, "source": "bridge", "address": address} | about)


def _edit(desk: BenchDesk, change: Mapping[str, str], name: str = "save") -> dict[str, Any]:
    """Change fields of the claim `length`, as the page does that has just read it."""
    claim = _ask(desk, "sentence")["claims"][0]
    return _ask(desk, name, key=claim["key"], base=claim["base"], file=claim["file"], fields=claim["fields"] | change)


def test_a_text_shows_what_is_claimed_and_what_is_to_do(desk: BenchDesk, story: Path) -> None:
    claims = story / CLAIMS
    claims.write_text(claims.read_text("utf-8").replace("o: 120 m", "o: 121 m"), "utf-8")
    page = _ask(desk, "text")
    title, length, opening = page["passages"]
    assert (title["status"], length["status"], opening["claims"]) == ("skipped", "claimed", 1)
    assert length["pieces"] == [["The new bridge is ", None], ["120", "to do"], [" metres long.", None]]
    assert ["2030", "claimed"] in opening["pieces"]
    assert page["notes"] == []
    without = answer(BenchDesk(root=story), {"ask": "text", "source": "bridge"})
    assert without["notes"] == ["the text is not at hand: say where texts lie: `kg serve --edit --texts DIR`"]
    assert without["passages"][1]["pieces"] == [] and without["passages"][1]["figures"] == ["120"]


def test_messages_stand_at_their_fields(desk: BenchDesk) -> None:
    found = _edit(desk, {"p": "lenght"}, "check")
    assert [(m["field"], m["severity"], m["hint"]) for m in found["messages"]] == [
        ("p", "error", "did you mean `length`?")
    ]
    assert not found["may"]
    found = _edit(desk, {"o": "121 m", "when": "2024~"}, "check")
    assert ("o", "figure-not-in-sentence") in {(m["field"], m["code"]) for m in found["messages"]}
    assert found["means"]["when"] == "about 2024"
    assert found["says"] == ["the new bridge · length · 121 m — the author of the report"]
    assert _edit(desk, {"p": "lenght"})["written"] is False


def test_a_field_is_completed_by_what_stands_in_the_others(desk: BenchDesk) -> None:
    def offer(name: str, **fields: str) -> list[str]:
        return [c["value"] for c in _ask(desk, "complete", field=name, fields=fields)["choices"]]

    assert offer("s", s="the NEW br") == ["bridge"]
    assert offer("p", s="bridge", p="")[:2] == ["length", "opens"]
    assert offer("o", p="length", o="120 k")[0] == "120 km"
    assert offer("by", by="mayor o") == ["mayor"]
    assert offer("by", by="sou")[0] == "source"
    assert offer("is", **{"is": "bri"}) == ["Bridge"]
    assert offer("s", s='x: "y\\') == [] and offer("nonsense", nonsense="x") == []
    near = _ask(desk, "complete", field="s", fields={"s": "brigde"})
    assert [(c["value"], c["fits"]) for c in near["choices"]] == [("bridge", False)] and near["thing"]
    assert not _ask(desk, "complete", field="o", fields={"p": "length", "o": "x"})["thing"]


def test_a_new_claim_with_a_new_thing_is_two_lines(desk: BenchDesk, story: Path) -> None:
    before = (story / CLAIMS).read_text("utf-8")
    hostile = "a [x](javascript:1) <b> # \u202e: 'q' \"w\""
    thing = {"key": "ford", "kind": "Bridge", "label": hostile}
    found = _ask(desk, "save", fields={"s": "ford", "p": "length", "o": "120 m"}, entities=[thing])
    assert found["written"] and found["key"] == "length-120-m"
    lines = (story / CLAIMS).read_text("utf-8").split("\n")
    lines.remove("    length-120-m: {s: ford, p: length, o: 120 m}")
    assert "\n".join(lines) == before
    checked = desk.read()
    assert checked.seeds.entity_by_key["ford"].label("en") == hostile
    assert found["may"] and not any(
        "length-120-m" in d.message for d in checked.diagnostics if d.severity.word == "error"
    )
    for wrong in ({"key": "ford"}, {"key": "Bad Id"}, {"kind": ""}, {"label": " "}):
        refused = _ask(
            desk, "save", fields={"s": "x", "p": "length", "o": "1 m"}, entities=[thing | {"key": "x"} | wrong]
        )
        assert refused["kind"] == "refused"


def test_the_first_claim_of_a_sentence_says_who_speaks(desk: BenchDesk, story: Path) -> None:
    claims = story / CLAIMS
    text = claims.read_text("utf-8")
    claims.write_text(text[: text.index("  p1s2 13")].replace("  p1s2: {by: mayor, voice: reported}", "  #"), "utf-8")
    fields = {"s": "bridge", "p": "opens", "o": "2030", "mode": "promise"}
    messages = _ask(desk, "check", "p1s2", fields=fields)["messages"]
    assert ("by", "no-speaker") in {(m["field"], m["code"]) for m in messages}
    assert _ask(desk, "save", "p1s2", fields=fields | {"by": "mayor", "voice": "quote"})["written"]
    digest = desk.read().articles.by_source["bridge"].digests["p1s2"]
    assert claims.read_text("utf-8").endswith(
        f"  p1s2 {digest}:\n    said: {{by: mayor, voice: quote}}\n"
        "    opens: {s: bridge, p: opens, o: 2030, mode: promise}\n"
    )
    claims.unlink()
    assert _ask(desk, "save", "p1s2", fields=fields | {"by": "source", "mode": "plan"})["written"]
    assert claims.read_text("utf-8") == (
        f"kg: claims/1\nsource: bridge\nclaims:\n  p1s2 {digest}:\n    said: source\n"
        "    opens: {s: bridge, p: opens, o: 2030, mode: plan}\n"
    )


def test_how_a_value_is_known_is_a_field_of_its_own(desk: BenchDesk, story: Path) -> None:
    """Who wrote what a sentence does not say had to go to the file to say how it is known."""
    before = (story / CLAIMS).read_text("utf-8")
    new = {"s": "bridge", "p": "length", "o": "119 m", "inferred.o": "as measured, in words"}
    assert {m["code"] for m in _ask(desk, "save", fields=new)["messages"]} == {"undeclared-conflict"}
    found = _ask(desk, "sentence")["claims"][-1]
    assert found["fields"] == {"s": "bridge", "p": "length", "o": "119 m", "inferred.o": "as measured, in words"}
    assert '{s: bridge, p: length, o: 119 m, inferred: {o: "as measured, in words"}}' in found["lines"]

    def change(**fields: str) -> dict[str, Any]:
        row = _ask(desk, "sentence")["claims"][-1]
        given = {name.replace("_", "."): text for name, text in fields.items()}
        about = {key: row[key] for key in ("key", "base", "file")}
        done = _ask(desk, "save", **about, fields=row["fields"] | given)
        assert done["written"], done
        return done

    done = change(o="120 m", inferred_s="named before")
    told = {(m["field"], m["code"]) for m in done["messages"]}
    assert told >= {("inferred.o", "needless-inferred"), ("inferred.s", "needless-inferred")}
    assert 'inferred: {s: named before, o: "as measured, in words"}' in _ask(desk, "sentence")["claims"][-1]["lines"]
    change(inferred_s="", inferred_o="", o="119 m")
    assert "inferred" not in _ask(desk, "sentence")["claims"][-1]["lines"]
    assert (story / CLAIMS).read_text("utf-8").startswith(before.rstrip("\n").rpartition("\n  p1s2")[0])


@pytest.mark.parametrize("reason", ["by sight", "\n        o: by sight", "{o: by sight, mode: x}"])
def test_reasons_that_no_field_has_stay_as_they_are(desk: BenchDesk, story: Path, reason: str) -> None:
    claims = story / CLAIMS
    line = "    length: {s: bridge, p: length, o: 120 m}\n"
    rest = "".join(f"      {part}\n" for part in ("s: bridge", "p: length", "o: 119 m", f"inferred: {reason}"))
    claims.write_text(claims.read_text("utf-8").replace(line, f"    length:\n{rest}"), "utf-8")
    row = _ask(desk, "sentence")["claims"][0]
    assert "inferred" in row["fixed"] and not any(key.startswith("inferred") for key in row["fields"])
    refused = _edit(desk, {"o": "118 m", "inferred.o": "lost"})
    assert refused["kind"] == "refused" and "is known is written" in refused["error"]
    done = _edit(desk, {"o": "118 m"})
    assert done["written"] or reason.endswith("mode: x}")  # a key that there is not is an error
    if done["written"]:
        assert claims.read_text("utf-8").count(f"inferred: {reason}") == 1


def test_a_reason_that_a_hint_has_is_offered(desk: BenchDesk, story: Path) -> None:
    sentence, text = "The new bridge is 120 metres long since last year.", story / "texts/bridge.txt"
    text.write_text(re.sub(r"The new .*? long\.", sentence, text.read_text("utf-8")), "utf-8")
    source, claims = story / "seeds/sources/bridge.yaml", story / CLAIMS
    told = re.sub(r"(?m)^(?:sha256|figure-rule):.*\n", "", source.read_text("utf-8"))
    source.write_text(re.sub(r"p1s1: \w+", f"p1s1: {digest_sentence(sentence)}", told), "utf-8")
    claims.write_text(re.sub(r"p1s1 \w+", f"p1s1 {digest_sentence(sentence)}", claims.read_text("utf-8")), "utf-8")
    (message,) = [m for m in _edit(desk, {"when": "2025"}, "check")["messages"] if m["field"] == "when"]
    assert message["reason"] == "“last year”, of the date of the source, 2026-05-01"
    found = _edit(desk, {"when": "2025", "inferred.when": message["reason"]}, "check")
    assert found["messages"] == [] and found["may"]


def test_two_who_change_one_file_are_merged_or_refused(desk: BenchDesk, story: Path) -> None:
    claims = story / CLAIMS
    claim = _ask(desk, "sentence")["claims"][0]
    form = {
        "key": claim["key"],
        "base": claim["base"],
        "file": claim["file"],
        "fields": claim["fields"] | {"o": "0.12 km"},
    }
    other = claims.read_text("utf-8").replace("mode: promise", "mode: plan") + "  # theirs\n"
    claims.write_text(other, "utf-8")
    assert _ask(desk, "save", **form)["written"]
    assert claims.read_text("utf-8") == other.replace("o: 120 m", "o: 0.12 km")
    claims.write_text(other.replace("o: 120 m", "o: 119 m"), "utf-8")
    found = _ask(desk, "save", **form)
    assert found["kind"] == "conflict" and found["theirs"] == "    length: {s: bridge, p: length, o: 119 m}"
    assert claims.read_text("utf-8") == other.replace("o: 120 m", "o: 119 m")
    claims.write_text(other.replace("length: {s", "long: {s"), "utf-8")
    assert _ask(desk, "save", **form) == {
        "error": f"the claim `length` is gone from {CLAIMS}", "kind": "conflict", "theirs": None
    }  # fmt: skip
    claims.unlink()
    assert _ask(desk, "save", **form)["kind"] == "conflict"
    claims.write_text(other + "  {", "utf-8")
    assert _ask(desk, "save", **form)["kind"] == "refused"


def test_what_cannot_be_written_is_told_and_stays(
    desk: BenchDesk, story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (story / CLAIMS).read_bytes()
    with hold_lock(desk.project.work, "build"):
        monkeypatch.setattr("kg.workbench.save._PAUSE", 0.0)
        assert "another build of this project is running" in _edit(desk, {"o": "121 m"})["error"]

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        found = _edit(desk, {"o": "121 m"})
    assert found["kind"] == "failed" and "No space left on device" in found["error"]
    assert (story / CLAIMS).read_bytes() == before and list(story.glob("seeds/*/.*")) == []
    assert _edit(desk, {"o": "121 m"})["written"]


def test_a_stale_outline_is_told_and_nothing_is_claimed_of_it(desk: BenchDesk, story: Path) -> None:
    text = story / "texts/bridge.txt"
    text.write_text(text.read_text("utf-8").replace("120 metres", "121 metres"), "utf-8")
    page = _ask(desk, "text")
    why = "the outline of `bridge` is older than its text: `kg evidence rebase bridge` brings the claims along"
    assert page["notes"] == [why] and page["passages"][1]["stale"] == why and page["passages"][2]["stale"] is None
    found = _ask(desk, "save", fields={"s": "bridge", "p": "length", "o": "121 m"})
    assert (found["kind"], found["error"]) == ("refused", why)


def test_questions_that_are_none_are_told(desk: BenchDesk) -> None:
    assert answer(desk, [])["kind"] == "wrong"
    assert answer(desk, {"ask": "all"})["error"].startswith("questions are sources, text,")
    assert answer(desk, {"ask": ["text"]})["kind"] == "wrong"
    assert _ask(desk, "text", source="x" * 20_000)["kind"] == "wrong"
    assert _ask(desk, "text", source="nowhere")["error"] == "no source `nowhere`"
    assert _ask(desk, "sentence", "p9s9")["error"] == "`bridge` has no sentence `p9s9`"
    assert _ask(desk, "save", fields={"s": 1})["kind"] == "wrong"
    assert _ask(desk, "save", fields={}, entities={})["kind"] == "wrong"
    assert _ask(desk, "check", "p9s9", fields={"s": "bridge"})["kind"] == "refused"
    assert not _ask(desk, "save", fields={})["may"]
    for key in ("x: {}\n    y", "# x\n    y", "said"):
        found = _ask(desk, "save", key=key, fields={"s": "bridge", "p": "length", "o": "120 m"})
        assert not found.get("written"), key
    assert found["messages"] == [] and not found["may"]


def test_drafts_are_accepted_edited_and_rejected(desk: BenchDesk, story: Path) -> None:
    digest = desk.read().articles.by_source["bridge"].digests["p1s1"]
    drafts = story / "seeds/drafts/one.yaml"
    drafts.parent.mkdir()
    drafts.write_text(
        "kg: claims/1\nsource: bridge\nproposed: {by: An extractor, on: 2026-05-02}\nclaims:\n"
        f"  p1s1 {digest}:\n    long: {{s: bridge, p: length, o: 119 m}}\n"
        "    short: {s: bridge, p: length, o: 12 m}\n",
        "utf-8",
    )

    def act(number: int, word: str, **more: str) -> dict[str, Any]:
        draft = _ask(desk, "sentence")["drafts"][number]
        return _ask(desk, "review", draft=draft["id"], seen=draft["lines"], act=word, by="Kim Berg", **more)

    assert _ask(desk, "review", draft="bridge.long", seen="other", act="accept", by="Kim")["kind"] == "conflict"
    assert act(0, "edit", text="long: {s: bridge, p: length, o: 120 m}")["told"] == ["`bridge.long` reads otherwise"]
    assert act(1, "reject", reason="")["kind"] == "wrong"
    assert act(1, "reject", reason="no such words")["told"] == ["`bridge.short` is rejected"]
    assert act(0, "accept")["told"] == ["`bridge.long` goes to claims/bridge.yaml"]
    assert _ask(desk, "sentence")["drafts"] == [] and len(_ask(desk, "sentence")["claims"]) == 2


# -- never a lost character ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def seeds() -> Checked:
    return check_files(read_project(Project(ROOT)))


def _disturb(text: str, chance: random.Random) -> str:
    """A file of claims with comments and odd spacing that say nothing."""
    out = []
    for line in text.split("\n"):
        if "{" in line and chance.random() < 0.2 and not line.rstrip().endswith(("{", ",")) and '"' not in line:
            line = line.replace(", ", " ,  ", 1).replace("{", "{  ", 1)
        if re.fullmatch(r"\s*[\w -]+:( \{[^\"]*\})?", line) and chance.random() < 0.3:
            line += chance.choice(["   # odd: 'x", "\t# {p: q}"])
        if re.match(r" {2,4}[\w]", line) and chance.random() < 0.2 and not line.startswith("     "):
            out.append(chance.choice(["", "    # between: [", "# at the margin"]))
        out.append(line)
    end = chance.choice(["\n", "\r\n"])
    return end.join(out)


@pytest.mark.parametrize("number", [*range(3), *(pytest.param(n, marks=pytest.mark.thorough) for n in range(3, 8))])
def test_all_other_lines_stay_to_the_byte(seeds: Checked, tmp_path: Path, number: int) -> None:
    chance = random.Random(number)
    folder = tmp_path / "seeds/claims"
    folder.mkdir(parents=True)
    (tmp_path / "seeds/dataset.yaml").write_bytes((ROOT / "seeds/dataset.yaml").read_bytes())
    for original in seeds.project.claim_files:
        raw = _disturb(original.read_text("utf-8"), chance).encode()
        if chance.random() < 0.3:
            raw = b"\xef\xbb\xbf" + raw
        path = folder / original.name
        path.write_bytes(raw)
        assert read_document(path, path.name).diagnostics == ()
        _change_claims(seeds, Project(tmp_path), path, chance)


def _change_claims(seeds: Checked, project: Project, path: Path, chance: random.Random) -> None:
    """Change some claims of a file, each from the file as it is, and compare what is written."""
    here = replace(seeds, read=replace(seeds.read, project=project))
    document = read_document(path, project.name_of(path))
    named = document.root.get("source")  # type: ignore[union-attr]
    claims = document.root.get("claims")  # type: ignore[union-attr]
    places = [(key.text.partition(" ")[0], inner.text) for key, block in claims.entries for inner, _ in block.entries]
    done = 0
    for address, key in chance.sample(places, min(14, len(places))):
        row = find_row(document, address, key)
        if key == "said" or row is None or row.repeats:
            continue
        names = (*FIELDS, *(() if "inferred" in row.fixed else REASONS))
        fields = {name: row.fields.get(name, "") for name in names if name not in row.fixed}
        for name in chance.sample(sorted(fields), 3):
            fields[name] = chance.choice(["", "x", "a: b, {c} # d", " 'q' \"r\" ", "- 5", "~", "\u2028é", "# x"])
        form = ClaimForm(
            source=named.text, address=address, key=key, base=row.base, file=document.source.name, fields=fields
        )
        try:
            plan = plan_form(here, form)
        except (RewriteRefusedError, ConflictError) as error:
            assert "cannot be" in str(error) or "comment" in str(error) or "begins within" in str(error), error
            continue
        done += 1
        before, after = path.read_bytes(), plan.files[0].raw if plan.files else path.read_bytes()
        first, last = row.entry.key.mark.line, row.entry.last_line
        old, new = before.split(b"\n"), after.split(b"\n")
        assert new[: first - 1] == old[: first - 1]
        assert new[len(new) - (len(old) - last) :] == old[last:]
        changed = _reread(path, after)
        found = find_row(changed, address, key)
        assert found is not None and found.fixed == row.fixed
        wanted = {name: clean_field(text) for name, text in fields.items() if clean_field(text)}
        assert {name: clean_field(text) for name, text in found.fields.items()} == wanted
        assert _count_comments(after) >= _count_comments(before) - _count_comments("\n".join(row.lines).encode())
    assert done >= 3


def _reread(path: Path, raw: bytes) -> Any:
    """The document in these bytes."""
    beside = path.with_name("other.yaml")
    beside.write_bytes(raw)
    try:
        return read_document(beside, beside.name)
    finally:
        beside.unlink()


def _count_comments(raw: bytes) -> int:
    return sum(raw.count(words) for words in (b"# odd", b"# {p: q}", b"# between", b"# at the margin"))
