"""Rebase: whatever becomes of a text, no claim ends on another sentence, and what is still there is followed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from sweep import sweep
from terminal import Finished, run_kg

from kg.build.pipeline import check_project
from kg.change.rebase import Rebase, plan_rebase, show_rebase
from kg.change.rekey import write_rewritten
from kg.evidence.outline import find_source, update_outline, write_outline
from kg.reading.articles import Article
from kg.starter import init_project
from kg.system.project import Project
from kg.text.diagnostic import KgError, UsageError
from kg.text.sentence import digest_sentence, split_sentences
from kg.text.yamldoc import MappingNode, Scalar, read_document

Text = list[list[str]]  # paragraphs of sentences; the first paragraph is the title

ENTITIES = """\
kg: entities/1
entities:
  bridge:
    is: Place
    label: {en: Bridge}   # a comment
    alias: {en: {Span: [PLACES]}}
"""


def write_text(text: Text) -> str:
    return "\n\n".join(" ".join(paragraph) for paragraph in text) + "\n"


def addresses(text: Text) -> dict[str, str]:
    """The sentences of a text by address, as the rule of the format has them."""
    return {s.address: s.text for s in split_sentences(write_text(text))}


def digests(text: Text) -> dict[str, str]:
    return {s.address: s.digest for s in split_sentences(write_text(text))}


@dataclass
class Case:
    """A project whose source has a text: some of its sentences are claimed, others set aside."""

    folder: Path

    def lay_out(self, text: Text, claimed: list[str], skipped: list[str], voices: str | None = None) -> None:
        """Keys are quoted or not, and comments stand beside them, so that what stays can be seen."""
        known = digests(text)
        line = '  {a} {d}:   # {i}\n    c{i}: {{s: bridge, p: length, o: {n} m, note: "see bridge.{a}, p1s1"}}\n'
        blocks = "".join(line.format(a=a, d=known[a], i=i, n=i + 1) for i, a in enumerate(claimed))
        voices = voices or f"  {next(iter(known))}..{list(known)[-1]}: source\n"
        claims = f"kg: claims/1\nsource: bridge\nvoices:\n{voices}claims:\n{blocks or '  {}'}"
        (self.folder / "seeds/claims/bridge.yaml").write_text(claims, encoding="utf-8")
        skips = "".join(f"  {a}: reason {i}   # {i}\n" for i, a in enumerate(skipped))
        joins = "".join(f"  {a}: {i}\n" for i, a in enumerate(skipped))
        outline = write_outline(Article(source="bridge", lang="en", text=write_text(text), sha256="0" * 64))
        source = "kg: source/1\ntitle: A text\nlang: en\nfile: bridge.txt\n"
        source += f"skip:\n{skips}" if skips else ""
        source += f"figures:\n{joins.replace(': ', ': {7: reason ').replace(chr(10), '}' + chr(10))}" if joins else ""
        (self.folder / "seeds/sources/bridge.yaml").write_text(source + outline, encoding="utf-8")
        places = ", ".join(f"bridge.{a}" for a in claimed)
        (self.folder / "seeds/entities/rivertown.yaml").write_text(ENTITIES.replace("PLACES", places), encoding="utf-8")

    def correct(self, text: Text) -> None:
        (self.folder / "texts/bridge.txt").write_text(write_text(text), encoding="utf-8")

    def plan(self, take: dict[str, str | None] | None = None, before: Article | None = None) -> Rebase:
        checked = check_project(Project(self.folder), self.folder / "texts")
        return plan_rebase(checked, find_source(checked.seeds, "bridge"), before, take)

    def root(self, name: str) -> MappingNode:
        document = read_document(self.folder / name, name)
        assert document.diagnostics == ()
        assert isinstance(document.root, MappingNode)
        return document.root

    def claims(self) -> list[tuple[str, str, str]]:
        """The address and digest of each block, and the id of its claim."""
        blocks = self.root("seeds/claims/bridge.yaml").get("claims")
        assert isinstance(blocks, MappingNode)
        found = []
        for key, node in blocks.entries:
            assert isinstance(node, MappingNode)
            address, _, digest = key.text.partition(" ")
            found.append((address, digest, node.entries[0][0].text))
        return found

    def keys(self, part: str) -> list[tuple[str, str]]:
        node = self.root("seeds/sources/bridge.yaml").get(part)
        entries = node.entries if isinstance(node, MappingNode) else ()
        return [(key.text, value.text if isinstance(value, Scalar) else "") for key, value in entries]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("rebase") / "story"
    init_project(folder, title="A story", base="https://story.example/")
    return Case(folder)


# -- any correction of any text

WORDS = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gorse", "Hazel", "Ivy", "Juniper", "Kapok", "Larch"]


@st.composite
def texts(draw: st.DrawFn) -> Text:
    """A title and paragraphs; now and then a sentence stands more than once."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    number = sum(sizes)
    pool = [
        f"{WORDS[i % len(WORDS)]} saw {i + 1} boats and {WORDS[-1 - i % len(WORDS)]} came {i}." for i in range(number)
    ]
    if draw(st.booleans()):
        pool[draw(st.integers(0, number - 1))] = pool[draw(st.integers(0, number - 1))]
    rest = iter(pool)
    return [["A title"], *[[next(rest) for _ in range(size)] for size in sizes]]


def insert(text: Text, at: int) -> None:
    p, s = locate(text, at)
    text[p].insert(s, f"News {at} came in.")


def insert_paragraph(text: Text, at: int) -> None:
    text.insert(1 + at % len(text), [f"Word {at} went out.", f"Talk {at} went on."])


def delete(text: Text, at: int) -> None:
    p, s = locate(text, at)
    del text[p][s]
    if not text[p]:
        del text[p]


def reword(text: Text, at: int) -> None:
    p, s = locate(text, at)
    text[p][s] = text[p][s].replace(" saw ", " has seen ").replace(" came", " arrived")


def split(text: Text, at: int) -> None:
    p, s = locate(text, at)
    first, found, second = text[p][s].partition(" and ")
    if found:
        text[p][s : s + 1] = [first + ".", second]


def split_paragraph(text: Text, at: int) -> None:
    p, s = locate(text, at)
    text[p : p + 1] = [part for part in (text[p][:s], text[p][s:]) if part]


def merge(text: Text, at: int) -> None:
    p, s = locate(text, at)
    if s + 1 < len(text[p]):
        text[p][s : s + 2] = [text[p][s].rstrip(".") + "; then " + text[p][s + 1]]


def merge_paragraphs(text: Text, at: int) -> None:
    p, _ = locate(text, at)
    if p + 1 < len(text):
        text[p : p + 2] = [text[p] + text[p + 1]]


def swap(text: Text, at: int) -> None:
    p, s = locate(text, at)
    q, r = locate(text, at * 7 + 3)
    text[p][s], text[q][r] = text[q][r], text[p][s]


def swap_paragraphs(text: Text, at: int) -> None:
    p, q = locate(text, at)[0], locate(text, at * 5 + 2)[0]
    text[p], text[q] = text[q], text[p]


def locate(text: Text, at: int) -> tuple[int, int]:
    """The *at*th sentence of a text, around its end; the title stays."""
    places = [(p, s) for p, paragraph in enumerate(text) if p for s in range(len(paragraph))]
    return places[at % len(places)] if places else (0, 0)


Change = Callable[[Text, int], None]
CHANGES: list[Change] = [
    insert, insert_paragraph, delete, reword, split, split_paragraph, merge, merge_paragraphs, swap, swap_paragraphs,
]  # fmt: skip


@given(
    text=texts(),
    choice=st.lists(st.sampled_from(["claimed", "skipped", "free"]), min_size=20, max_size=20),
    changes=st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 30)), min_size=1, max_size=2),
)
@sweep(60, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_no_claim_ends_on_another_sentence(
    shared: Case, text: Text, choice: list[str], changes: list[tuple[Change, int]]
) -> None:
    old = addresses(text)
    chosen = dict(zip(old, choice, strict=False))
    claimed = [a for a in old if chosen[a] == "claimed"]
    skipped = [a for a in old if chosen[a] == "skipped"]
    shared.lay_out(text, claimed, skipped)
    meant = {f"c{i}": old[a] for i, a in enumerate(claimed)}
    reasons = {f"reason {i}": old[a] for i, a in enumerate(skipped)}
    corrected = [list(paragraph) for paragraph in text]
    for change, at in changes:
        change(corrected, at)
    shared.correct(corrected)
    new = addresses(corrected)
    rebase = shared.plan()
    assert rebase.refused == ()
    before = {p: p.read_text(encoding="utf-8") for p in shared.folder.rglob("seeds/**/*.yaml")}
    write_rewritten(rebase.files, Project(shared.folder))
    of_old = set(old.values())
    once = {t for t in of_old if list(old.values()).count(t) == list(new.values()).count(t) == 1}
    claims = shared.claims()
    assert len({address for address, _, _ in claims}) == len(claims) == len(claimed)
    for address, digest, claim in claims:
        assert digest == digests(text)[claimed[int(claim[1:])]]  # of no claim that nobody has read again
        stands = new.get(address)
        assert stands is None or stands == meant[claim] or stands not in of_old, (claim, address)
        assert meant[claim] not in once or stands == meant[claim]
    for part in ("skip", "figures"):
        keys = shared.keys(part)
        assert len({address for address, _ in keys}) == len(keys) == len(skipped)
    for address, reason in shared.keys("skip"):
        stands = new.get(address)
        assert stands is None or stands == reasons[reason] or stands not in of_old, (reason, address)
        assert reasons[reason] not in once or stands == reasons[reason]
    assert [a for a, _ in shared.keys("skip")] == [a for a, _ in shared.keys("figures")]
    entities = (shared.folder / "seeds/entities/rivertown.yaml").read_text(encoding="utf-8")
    places = entities.partition("Span: [")[2].partition("]")[0]
    assert places == ", ".join(f"bridge.{address}" for address, _, _ in claims)
    for path, was in before.items():  # nothing but addresses has changed
        now = path.read_text(encoding="utf-8")
        assert strip_addresses(now) == strip_addresses(was)
    again = shared.plan()
    assert (again.moved, again.files) == ((), ()), show_rebase(again)


def strip_addresses(text: str) -> str:
    import re

    return re.sub(r"p\d+s\d+(\.\.p\d+s\d+)?", "@", text)


# -- sentences that the rule cuts, and that are joined


def lower(text: Text, at: int) -> None:
    p, s = locate(text, at)
    text[p][s] = text[p][s].lower()  # the digest stays, and the rule does not cut any more


def capitalise(text: Text, at: int) -> None:
    p, s = locate(text, at)
    text[p][s] = text[p][s].title()


def write_out(text: Text, at: int) -> None:
    p, s = locate(text, at)
    text[p][s] = text[p][s].replace("Dr. ", "Doctor ")


def place_sentences(text: Text) -> dict[str, tuple[str, int]]:
    """Each sentence by the address of its first part, and into how many parts the rule cuts it."""
    cut = split_sentences(write_text(text))
    found = {}
    for number, paragraph in enumerate(text):
        parts = [s for s in cut if s.paragraph == number]
        for sentence in paragraph:
            taken = 1
            while " ".join(p.text for p in parts[:taken]) != sentence:
                taken += 1
                assert taken <= len(parts)
            found[parts[0].address] = (sentence, taken)
            del parts[:taken]
        assert parts == []
    return found


def find_whole(text: Text) -> Iterator[str]:
    """The digests of the sentences that begin and end where the rule cuts: one in small letters runs into another."""
    cut = split_sentences(write_text(text))
    starts, ends, at = {s.start for s in cut}, {s.end for s in cut}, 0
    for paragraph in text:
        for sentence in paragraph:
            if at in starts and at + len(sentence) in ends:
                yield digest_sentence(sentence)
            at += len(sentence) + 1
        at += 1


JOINED: list[Change] = [*CHANGES, lower, capitalise, write_out]


@given(
    text=texts(),
    doctors=st.lists(st.sampled_from(["", "Dr. ", "By St. Ives Dr. ", "dr. "]), min_size=20, max_size=20),
    changes=st.lists(st.tuples(st.sampled_from(JOINED), st.integers(0, 30)), min_size=1, max_size=2),
    flow=st.booleans(),
)
@sweep(40, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_joined_sentences_are_followed_as_one(
    shared: Case, text: Text, doctors: list[str], changes: list[tuple[Change, int]], flow: bool
) -> None:
    title = iter(doctors)
    text = [text[0], *[[next(title) + sentence for sentence in paragraph] for paragraph in text[1:]]]
    text = [[s[:1].upper() + s[1:] if not s.startswith("dr.") else s for s in paragraph] for paragraph in text]
    if any(first.startswith("dr.") for paragraph in text for first in paragraph[1:]):
        text = [[s.replace("dr. ", "Aye, dr. ") for s in paragraph] for paragraph in text]
    old = place_sentences(text)
    joins = {address: parts for address, (_, parts) in old.items() if parts > 1}
    shared.lay_out(text, [], [])
    article = Article(source="bridge", lang="en", text=write_text(text), sha256="0" * 64, joins=joins)
    assert list(article.sentences) == list(old)
    lay_out_joined(shared, article, joins, flow=flow)
    corrected = [list(paragraph) for paragraph in text]
    for change, at in changes:
        change(corrected, at)
    shared.correct(corrected)
    rebase = shared.plan()
    assert rebase.refused == ()
    write_rewritten(rebase.files, Project(shared.folder))
    kept = {key: int(count) for key, count in shared.keys("joins")}
    now = Article(source="bridge", lang="en", text=write_text(corrected), sha256="0" * 64, joins=kept).digests
    known = {s.digest for s in article.sentences.values()}
    often = list(article.digests.values())
    new = list(find_whole(corrected))
    claims = shared.claims()
    assert len({address for address, _, _ in claims}) == len(claims) == len(old)
    for address, digest, claim in claims:
        assert digest == often[int(claim[1:])]
        assert now.get(address) in (None, digest) or now[address] not in known, (claim, address)
        if often.count(digest) == new.count(digest) == 1:
            assert now.get(address) == digest, (claim, address)
    again = shared.plan()
    assert (again.moved, again.files) == ((), ()), show_rebase(again)


def lay_out_joined(case: Case, article: Article, joins: dict[str, int], *, flow: bool) -> None:
    blocks = "".join(
        f"  {a} {s.digest}:\n    c{i}: {{s: bridge, p: length, o: 7 m}}\n"
        for i, (a, s) in enumerate(article.sentences.items())
    )
    voices = f"  p0s1..{list(article.sentences)[-1]}: source\n"
    claims = f"kg: claims/1\nsource: bridge\nvoices:\n{voices}claims:\n{blocks}"
    (case.folder / "seeds/claims/bridge.yaml").write_text(claims, encoding="utf-8")
    source = "kg: source/1\ntitle: A text\nlang: en\nfile: bridge.txt\n"
    if joins and flow:
        source += f"joins: {{{', '.join(f'{a}: {n}' for a, n in joins.items())}}}   # joined\n"
    elif joins:
        source += "joins:\n" + "".join(f"  {a}: {n}   # {a}\n" for a, n in joins.items())
    (case.folder / "seeds/sources/bridge.yaml").write_text(source + write_outline(article), encoding="utf-8")


# -- what is said, and what may be taken

TEXT = [["A title"], ["Ash grew 3 m.", "Beech fell."], ["Cork burned in 1999.", "Dill dried.", "Elder bloomed."]]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    init_project(tmp_path / "story", title="A story", base="https://story.example/")
    made = Case(tmp_path / "story")
    made.lay_out(TEXT, ["p1s1", "p1s2", "p2s1", "p2s3"], ["p2s2"])
    made.correct(TEXT)
    return made


def rebase(case: Case, *options: str) -> Finished:
    return run_kg("evidence", "rebase", "bridge", "--texts", "texts", *options, folder=case.folder)


def test_a_sentence_that_is_gone_makes_room_for_the_next(case: Case) -> None:
    case.correct([TEXT[0], TEXT[1][1:], TEXT[2]])
    done = rebase(case)
    assert done == Finished(
        code=0,
        out="bridge.p1s2 is now p1s1\n"
        "bridge.p1s1 is not in the text any more: read it again; its keys stand at p1s2, which the text does not have\n"
        "rewritten: seeds/claims/bridge.yaml\n"
        "rewritten: seeds/sources/bridge.yaml\n"
        "rewritten: seeds/entities/rivertown.yaml\n"
        "next: kg evidence outline bridge --texts texts\n",
        err="",
    )
    assert [(address, claim) for address, _, claim in case.claims()] == [
        ("p1s2", "c0"), ("p1s1", "c1"), ("p2s1", "c2"), ("p2s3", "c3"),
    ]  # fmt: skip
    refused = run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=case.folder)
    assert refused == Finished(
        code=2, out="",
        err="kg: the text has other sentences at p1s2 of bridge than those that are meant: "
        "`kg evidence rebase bridge` moves them; nothing is written\n",
    )  # fmt: skip


def test_a_reworded_sentence_is_proposed_and_taken_only_when_somebody_says_so(case: Case) -> None:
    old = case.folder / "before.txt"
    shutil.copy(case.folder / "texts/bridge.txt", old)
    case.correct([TEXT[0], ["News came.", *TEXT[1]], ["Cork was burned in 1999.", *TEXT[2][1:]]])
    moved = "bridge.p1s1 is now p1s2\nbridge.p1s2 is now p1s3\n"
    lost = "bridge.p2s1 is not in the text any more: read it again\n"
    planned = rebase(case, "--dry-run")
    near = "  it may be p2s1 now (90 % alike, by its place and figures): `--take p2s1` takes it\n"
    assert planned.out == moved + lost + near
    words = rebase(case, "--dry-run", "--before", "before.txt")
    assert words.out == moved + lost + near.replace("90", "91").replace("place and figures", "words")
    digest = digests(TEXT)["p2s1"]
    assert rebase(case).code == 0
    assert ("p2s1", digest, "c2") in case.claims()  # its digest says that it has not been read
    done = rebase(case, "--take", "p2s1")
    assert done.out.startswith(
        "bridge.p2s1 is now p2s1, reworded: read it again\nrewritten: seeds/claims/bridge.yaml\n"
    )
    now = {s.address: s.digest for s in split_sentences((case.folder / "texts/bridge.txt").read_text(encoding="utf-8"))}
    assert ("p2s1", now["p2s1"], "c2") in case.claims()
    assert run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=case.folder).code == 0
    assert rebase(case).out == "every sentence of bridge is where it was\n"


@pytest.mark.parametrize(
    ("take", "told"),
    [
        ({"p1s2": None}, "`p1s2` is no sentence that is gone from the text: those are p1s1"),
        ({"p1s1": None}, "nothing is near `p1s1`: say what it is now, `--take p1s1=p1s1`"),
        ({"p1s1": "p9s9"}, "the text has no sentence `p9s9`"),
        ({"p1s1": "p1s1"}, "`p1s1` is another sentence of before: it cannot be `p1s1` too"),
    ],
)
def test_what_cannot_be_taken_is_refused(case: Case, take: dict[str, str | None], told: str) -> None:
    case.correct([TEXT[0], TEXT[1][1:], TEXT[2]])
    with pytest.raises(UsageError) as caught:
        case.plan(take)
    assert str(caught.value) == told


def test_a_sentence_that_leaves_the_stretch_of_its_voice_is_refused(case: Case) -> None:
    voices = "  p0s1..p1s2: source\n  p2s1..p2s3: {by: mayor}\n"
    case.lay_out(TEXT, ["p1s1", "p2s1"], [], voices)
    claims = (case.folder / "seeds/claims/bridge.yaml").read_text(encoding="utf-8")
    case.correct([TEXT[0], [TEXT[2][0], *TEXT[1]], TEXT[2][1:]])
    done = rebase(case)
    assert done.code == 1
    assert done.out.splitlines()[-2:] == [
        f"nothing is written: the sentences of the voice `{key}` (seeds/claims/bridge.yaml:{line}:3) do not stand "
        "together any more: give each of them its voice first"
        for key, line in (("p0s1..p1s2", 4), ("p2s1..p2s3", 5))
    ]
    assert (case.folder / "seeds/claims/bridge.yaml").read_text(encoding="utf-8") == claims


def test_stretches_keep_to_their_sentences(case: Case) -> None:
    voices = "  p0s1: source\n  p1s1..p1s2: {by: mayor}   # hers\n  p2s1..p9s9: {by: reporter}\n"
    case.lay_out(TEXT, ["p1s1", "p2s1"], [], voices)
    case.correct([TEXT[0], ["News came."], TEXT[1], TEXT[2][1:]])
    assert rebase(case).code == 0
    text = (case.folder / "seeds/claims/bridge.yaml").read_text(encoding="utf-8")
    assert "voices:\n  p0s1: source\n  p2s1..p2s2: {by: mayor}   # hers\n  p3s1..p9s9: {by: reporter}\nclaims:" in text


def test_line_ends_marks_of_byte_order_and_quoted_keys_stay(case: Case) -> None:
    file = case.folder / "seeds/claims/bridge.yaml"
    text = file.read_text(encoding="utf-8").replace("  p1s1 ", '  "p1s1 ').replace(":   # 0", '":   # 雷军 p1s1')
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode("utf-8"))
    before = file.read_bytes()
    case.correct([["A title"], ["News came.", *TEXT[1]], TEXT[2]])
    assert rebase(case).code == 0
    expected = before.replace(b"bridge.p1s2", b"bridge.p1s3").replace(b"bridge.p1s1", b"bridge.p1s2")
    expected = expected.replace(b"\n  p1s2 ", b"\n  p1s3 ").replace(b'"p1s1 ', b'"p1s2 ')
    assert file.read_bytes() == expected


def test_questions_that_name_a_sentence_follow_it(case: Case) -> None:
    question = case.folder / "ontology/questions/q.rq"
    others = "s:bridge.p1s22, x-bridge.p1s2, c:bridge.p1s2"
    text = f"#' question: {{en: What?}}\nSELECT ?p {{ s:bridge.p1s2 ?p ?o }} # not {others}\n"
    question.write_text(text, encoding="utf-8")
    case.correct([["A title"], ["News came.", *TEXT[1]], TEXT[2]])
    assert rebase(case).code == 0
    assert question.read_text(encoding="utf-8") == text.replace(" s:bridge.p1s2 ", " s:bridge.p1s3 ")


def test_a_file_that_was_saved_meanwhile_is_not_overwritten(case: Case) -> None:
    case.correct([TEXT[0], TEXT[1][1:], TEXT[2]])
    plan = case.plan()
    file = case.folder / "seeds/sources/bridge.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    before = {p: p.read_bytes() for p in case.folder.rglob("seeds/**/*.yaml")}
    with pytest.raises(KgError, match=r"^seeds/sources/bridge\.yaml was changed in the meantime: nothing is written"):
        write_rewritten(plan.files, Project(case.folder))
    assert {p: p.read_bytes() for p in case.folder.rglob("seeds/**/*.yaml")} == before


def test_broken_claims_are_mended_first(case: Case) -> None:
    (case.folder / "seeds/claims/more.yaml").write_text(
        "source: bridge\nclaims: {p1s1: {}, p1s1: {}}\n", encoding="utf-8"
    )
    case.correct([TEXT[0], TEXT[1][1:], TEXT[2]])
    done = rebase(case)
    assert (done.code, done.out.splitlines()[-1]) == (
        1, "nothing is written: seeds/claims/more.yaml has mistakes, `kg check` names them: mend them first",
    )  # fmt: skip


def test_an_outline_is_not_written_over_what_is_set_aside(case: Case) -> None:
    case.lay_out(TEXT, [], ["p2s2"])
    case.correct([TEXT[0], TEXT[1], TEXT[2][1:]])
    checked = check_project(Project(case.folder), case.folder / "texts")
    with pytest.raises(UsageError, match="other sentences at p2s2 of bridge"):
        update_outline(checked, find_source(checked.seeds, "bridge"))


DOCTOR = [
    ["A title"],
    ["Dr. Ash grew 3 m.", "Beech fell."],
    ["Cork burned in 1999.", "By St. Ives Dr. Dill dried 4 m."],
]


@pytest.fixture
def joined(case: Case) -> Case:
    """Two of five sentences are joined of those that the rule cuts."""
    article = Article(
        source="bridge", lang="en", text=write_text(DOCTOR), sha256="0" * 64, joins={"p1s1": 2, "p2s2": 3}
    )
    lay_out_joined(case, article, {"p1s1": 2, "p2s2": 3}, flow=False)
    case.correct(DOCTOR)
    return case


def joins_of(case: Case) -> str:
    text = (case.folder / "seeds/sources/bridge.yaml").read_text(encoding="utf-8")
    return text.partition("file: bridge.txt\n")[2].partition("sha256")[0].partition("figure-rule")[0]


def test_joins_follow_their_sentences(joined: Case) -> None:
    joined.correct([DOCTOR[0], ["News came."], DOCTOR[2][::-1], DOCTOR[1]])
    assert rebase(joined).code == 0
    assert joins_of(joined) == "joins:\n  p3s1: 2   # p1s1\n  p2s1: 3   # p2s2\n"
    assert {address for address, _, _ in joined.claims()} == {"p0s1", "p3s1", "p3s3", "p2s4", "p2s1"}
    run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=joined.folder)
    assert rebase(joined).out == "every sentence of bridge is where it was\n"


def test_a_join_that_is_not_needed_goes_and_its_comment_stays(joined: Case) -> None:
    joined.correct([DOCTOR[0], ["dr. ash grew 3 m.", "Beech fell."], DOCTOR[2]])  # the digest is the same
    assert rebase(joined).out == (
        "bridge.p1s3 is now p1s2\nbridge.p1s1 needs no join any more\n"
        "rewritten: seeds/claims/bridge.yaml\nrewritten: seeds/sources/bridge.yaml\n"
        "next: kg evidence outline bridge --texts texts\n"
    )
    assert joins_of(joined) == "joins:\n     # p1s1\n  p2s2: 3   # p2s2\n"
    joined.correct([DOCTOR[0], ["dr. ash grew 3 m.", "Beech fell."], [DOCTOR[2][1].lower(), DOCTOR[2][0]]])
    assert "bridge.p2s2 needs no join any more\n" in rebase(joined).out
    assert joins_of(joined) == "joins: {}\n     # p1s1\n     # p2s2\n"
    assert rebase(joined).out == "every sentence of bridge is where it was\n"


def test_a_sentence_that_the_rule_cuts_now_is_joined(case: Case) -> None:
    text = [["A title"], ["dr. ash grew 3 m.", "Beech fell."]]
    case.lay_out(text, ["p1s1", "p1s2"], [])
    case.correct([["A title"], ["News came.", "Dr. Ash grew 3 m.", "Beech fell."]])
    assert "bridge.p1s2 is 2 sentences by the rule now: they are joined\n" in rebase(case).out
    assert case.keys("joins") == [("p1s2", "2")]
    assert [address for address, _, _ in case.claims()] == ["p1s2", "p1s4"]
    assert run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=case.folder).code == 0
    assert rebase(case).out == "every sentence of bridge is where it was\n"


@pytest.mark.parametrize(
    ("now", "count"),
    [("Dr. Ash grew at least 3 m.", 2), ("Ash grew at least 3 m.", 1), ("Dr. Ash of St. Ives grew 3 m.", 3)],
)
def test_a_joined_sentence_that_was_reworded_is_taken_as_one(joined: Case, now: str, count: int) -> None:
    old = joined.folder / "before.txt"
    shutil.copy(joined.folder / "texts/bridge.txt", old)
    joined.correct([DOCTOR[0], ["News came.", now, "Beech fell."], DOCTOR[2]])
    planned = rebase(joined, "--before", "before.txt")
    assert "it may be p1s2 now" in planned.out, planned.out
    aside = next(address for address, _, claim in joined.claims() if claim == "c1")
    done = rebase(joined, "--before", "before.txt", "--take", aside)
    assert f"bridge.{aside} is now p1s2, reworded: read it again\n" in done.out, done.out
    assert ("p1s2", digest_sentence(now), "c1") in joined.claims()
    assert joined.keys("joins") == ([("p1s2", str(count))] if count > 1 else []) + [("p2s2", "3")]
    assert run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=joined.folder).code == 0
    assert rebase(joined).out == "every sentence of bridge is where it was\n"


def test_a_joined_sentence_that_was_split_takes_what_is_most_alike(joined: Case) -> None:
    joined.correct([DOCTOR[0], DOCTOR[1], ["Cork burned in 1999.", "By St. Ives Dr. Dill dried 4 m.", "He left."]])
    assert rebase(joined).out == "every sentence of bridge is where it was\n"
    joined.correct([DOCTOR[0], DOCTOR[1], ["Cork burned in 1999.", "By St. Ives Dr. Dill dried.", "It was 4 m."]])
    planned = rebase(joined, "--before", "texts/bridge.txt", "--dry-run")
    assert "bridge.p2s2 is not in the text any more: read it again" in planned.out
    assert all(digest for _, digest, _ in joined.claims())


def test_outline_skeleton_and_coverage_take_joined_sentences_as_one(joined: Case) -> None:
    claims = joined.folder / "seeds/claims/bridge.yaml"
    entities = "kg: entities/1\nentities:\n  bridge: {is: Bridge, label: Ash}\n  report: {is: Voice, label: A report}\n"
    (joined.folder / "seeds/entities/rivertown.yaml").write_text(entities, encoding="utf-8")
    source = joined.folder / "seeds/sources/bridge.yaml"
    source.write_text(
        source.read_text(encoding="utf-8").replace("title: A text", "title: A text\nauthor: report"), "utf-8"
    )
    assert run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=joined.folder).code == 0
    shown = run_kg("coverage", "bridge", "--texts", "texts", folder=joined.folder)
    assert "5 sentences, 5 claimed" in shown.out
    text = claims.read_text(encoding="utf-8")
    claims.write_text(text[: text.index("  p1s1")], encoding="utf-8")
    skeleton = run_kg("evidence", "skeleton", "bridge", "--texts", "texts", folder=joined.folder)
    assert skeleton.out.splitlines() == [
        f"  p1s1 {digest_sentence(DOCTOR[1][0])}: {{}}   # figures: 3",
        f"  p1s3 {digest_sentence(DOCTOR[1][1])}: {{}}",
        f"  p2s1 {digest_sentence(DOCTOR[2][0])}: {{}}   # figures: 1999",
        f"  p2s2 {digest_sentence(DOCTOR[2][1])}: {{}}   # figures: 4",
    ]
    assert run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=joined.folder).code == 0
    assert joined.keys("outline")[1:] == [
        ("p1s1", f"{digest_sentence(DOCTOR[1][0])} 3"),
        ("p1s3", digest_sentence(DOCTOR[1][1])),
        ("p2s1", f"{digest_sentence(DOCTOR[2][0])} 1999"),
        ("p2s2", f"{digest_sentence(DOCTOR[2][1])} 4"),
    ]
    assert "5 sentences, 1 claimed" in run_kg("coverage", "bridge", folder=joined.folder).out


# -- a join that is written when claims are there already

CUT = [["A title"], ["Ash met Dr. Beech in 1999.", "Cork fell."], ["Dr. Dill dried 4 m.", "Dr. Dill dried 4 m."]]


def cut_text() -> Text:
    """The text as the rule cuts it: `Ash met Dr.` is a sentence of its own."""
    return [[s.text for s in split_sentences(write_text(CUT)) if s.paragraph == n] for n in range(len(CUT))]


def write_join(case: Case, joins: str) -> None:
    source = case.folder / "seeds/sources/bridge.yaml"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("file: bridge.txt\n", f"file: bridge.txt\n{joins}"), encoding="utf-8")


def lay_out_cut(case: Case, claimed: list[str], *, sha256: bool, outline: bool = True) -> None:
    """Sentences are claimed as the rule cuts them; the outline knows the text, or another, or is not there."""
    text = cut_text()
    case.lay_out(text, claimed, [], "  p0s1..p1s2: source\n  p1s3..p2s4: source\n")
    case.correct(text)
    source = case.folder / "seeds/sources/bridge.yaml"
    if sha256:
        assert run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=case.folder).code == 0
    if not outline:
        source.write_text(source.read_text(encoding="utf-8").partition("sha256")[0], encoding="utf-8")


@pytest.mark.parametrize(
    ("claimed", "joins", "sha256", "outline"),
    [
        pytest.param(*case, marks=() if (case[0] == "p1s1") == ("{" in case[1]) else pytest.mark.thorough)
        for case in (
            (claimed, joins, *known)
            for claimed in ("p1s1", "p1s2")
            for joins in ("joins: {p1s1: 2}\n", "joins:\n  p1s1: 2   # a title\n")
            for known in ((True, True), (False, True), (False, False))
        )
    ],
)
def test_a_join_of_claimed_sentences_is_kept_and_their_keys_follow(
    case: Case, joins: str, claimed: str, sha256: bool, outline: bool
) -> None:
    lay_out_cut(case, [claimed, "p1s3"], sha256=sha256, outline=outline)
    write_join(case, joins)
    told = run_kg("check", "--texts", "texts", folder=case.folder)
    assert "it is joined to `p1s1` now: `kg evidence rebase bridge` moves the key" in told.err + told.out, told
    refused = run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=case.folder)
    assert (refused.code, "`kg evidence rebase bridge` moves them" in refused.err) == (2, True)
    done = rebase(case)
    assert (done.code, done.out.splitlines()[0]) == (
        0, "bridge.p1s1 is 2 sentences that you joined: their keys are those of the whole, read it again",
    )  # fmt: skip
    assert done.out.endswith("next: kg evidence outline bridge --texts texts\n")
    assert joins_of(case) == joins
    whole = digest_sentence(CUT[1][0])
    assert case.claims() == [("p1s1", whole, "c0"), ("p1s3", digest_sentence(CUT[1][1]), "c1")]
    entities = (case.folder / "seeds/entities/rivertown.yaml").read_text(encoding="utf-8")
    assert "[bridge.p1s1, bridge.p1s3]" in entities
    assert run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=case.folder).code == 0
    assert [a for a, _ in case.keys("outline")] == ["p0s1", "p1s1", "p1s3", "p2s1", "p2s2", "p2s3", "p2s4"]
    assert rebase(case).out == "every sentence of bridge is where it was\n"
    after = run_kg("check", "--texts", "texts", folder=case.folder)
    assert not [code for code in ("digest-", "outline-", "no-such-sentence") if code in after.out + after.err], after


def test_a_longer_join_takes_the_keys_of_the_shorter_one(case: Case) -> None:
    lay_out_cut(case, ["p2s2"], sha256=True)
    write_join(case, "joins: {p2s1: 2}\n")
    assert rebase(case).code == 0
    assert run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=case.folder).code == 0
    source = case.folder / "seeds/sources/bridge.yaml"
    source.write_text(source.read_text(encoding="utf-8").replace("{p2s1: 2}", "{p2s1: 4}"), encoding="utf-8")
    assert rebase(case).code == 0
    assert case.claims() == [("p2s1", digest_sentence(" ".join(CUT[2])), "c0")]
    assert case.keys("joins") == [("p2s1", "4")]


def test_of_two_sentences_that_stand_twice_only_those_are_joined_that_the_curator_names(case: Case) -> None:
    lay_out_cut(case, ["p2s2", "p2s4"], sha256=True)
    write_join(case, "joins: {p2s1: 2}\n")
    assert rebase(case).code == 0
    assert case.keys("joins") == [("p2s1", "2")]
    assert [(address, claim) for address, _, claim in case.claims()] == [("p2s1", "c0"), ("p2s4", "c1")]


def test_claims_of_both_halves_are_to_be_put_together_first(case: Case) -> None:
    lay_out_cut(case, ["p1s1", "p1s2"], sha256=True)
    write_join(case, "joins: {p1s1: 2}\n")
    refused, key = rebase(case), f"p1s1 {digest_sentence(CUT[1][0])}"
    assert (refused.code, refused.out.splitlines()[-1]) == (
        1, f"nothing is written: seeds/claims/bridge.yaml:9:3: the key `{key}` stands twice: "
        "put what stands under p1s2 under the sentence that it is joined to, then rebase",
    )  # fmt: skip
    claims = case.folder / "seeds/claims/bridge.yaml"
    lines = [line for line in claims.read_text(encoding="utf-8").splitlines() if not line.startswith("  p1s2 ")]
    claims.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert rebase(case).code == 0
    assert run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=case.folder).code == 0


def test_a_join_that_was_taken_out_does_not_come_back(case: Case) -> None:
    lay_out_cut(case, ["p1s2"], sha256=True)
    write_join(case, "joins: {p1s1: 2}\n")
    assert rebase(case).code == 0
    assert run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=case.folder).code == 0
    source = case.folder / "seeds/sources/bridge.yaml"
    source.write_text(source.read_text(encoding="utf-8").replace("joins: {p1s1: 2}\n", ""), encoding="utf-8")
    assert rebase(case, "--take", "p1s1=p1s2").code == 0
    assert [(address, claim) for address, _, claim in case.claims()] == [("p1s2", "c0")]
    assert case.keys("joins") == []
    assert run_kg("evidence", "outline", "bridge", "--texts", "texts", folder=case.folder).code == 0


def test_a_join_newer_than_the_outline_of_another_text_is_not_guessed(case: Case) -> None:
    lay_out_cut(case, ["p1s1", "p1s3"], sha256=True)
    write_join(case, "joins: {p1s1: 2}\n")
    case.correct([["A title"], ["News came.", "Dill left.", *CUT[1]], CUT[2]])
    refused = rebase(case)
    assert (refused.code, refused.out.splitlines()[-1]) == (
        1, "nothing is written: the join at p1s1 is newer than the outline, and the text was corrected there too: take "
        "the join out, run `kg evidence rebase bridge` and `kg evidence outline bridge`, then join again",
    )  # fmt: skip
