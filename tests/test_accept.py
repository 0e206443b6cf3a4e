"""Accept, reject and edit drafts: lines move whole, nothing says anything else, and no comment is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from story import lay_out

from kg.build.pipeline import Checked, check_files, read_project
from kg.change.rekey import write_rewritten
from kg.change.rename import plan_rename
from kg.drafts.review.accept import plan_acceptance
from kg.drafts.review.draft import Draft, find_draft, list_drafts
from kg.drafts.review.plan import ReviewPlan, apply_review, make_file, name_reviewer
from kg.drafts.review.reject import plan_edit, plan_rejection, write_draft
from kg.model.nouns import Claim, Evidence, Seeds
from kg.model.state import CURATED
from kg.rdf.quad import Quad
from kg.system.project import Drafts, Project
from kg.text.diagnostic import KgError, UsageError

KIM = name_reviewer("Kim Berg", "2031-06-05")
CURATED_CLAIMS = """\
kg: claims/1
source: post
# who speaks
voices:
  p1s1..p4s1: source
claims:
  p1s1 dd56dbe3:
    handed: {s: halden, p: deliversInYear, o: 12 vehicle, mode: plan}   # so far

  # the fair
  p3s1 24b9aceb:
    battery: {s: tern, p: battery, o: 73.60 kWh}
"""
DRAFTS = """\
# brought by a machine
kg: claims/1
source: post
proposed: {by: Extractor, on: 2031-06-01, with: Extractor 2.1}

claims:
  # of the first sentence
  p1s1 dd56dbe3:
    # row 1
    port: {s: puffin, p: homePort, o: riga, mode: plan}   # by name

  p4s1 c2b1b89e:
    battery: again   # the same

    # row 3: a long one
    calm:
      s: tern
      p: describedAs
      o: quiet ship
      mode: opinion   # of the yard
      # at its end
"""
THINGS = """\
kg: entities/1
# proposed: Extractor
entities:
  # a ferry
  puffin: {is: Ferry, label: Puffin}   # new
"""
FILES = {
    "seeds/claims/post.yaml": CURATED_CLAIMS,
    "seeds/drafts/post.yaml": DRAFTS,
    "seeds/drafts/things.yaml": THINGS,
}


def read(project: Project) -> Checked:
    return check_files(read_project(project, project.root / "texts", Drafts.BUILT_IN))


def do(project: Project, plan: ReviewPlan) -> Checked:
    assert plan.refused == ()
    apply_review(plan, project)
    return read(Project(project.root))


def accept(project: Project, checked: Checked, id_: str) -> Checked:
    return do(project, plan_acceptance(checked, find_draft(list_drafts(checked), id_), KIM))


def texts_of(project: Project) -> dict[str, str]:
    return {project.name_of(p): p.read_text(encoding="utf-8") for p in sorted((project.root / "seeds").rglob("*.yaml"))}


def test_a_claim_moves_with_its_comments_and_the_entity_that_it_needs(tmp_path: Path) -> None:
    project = lay_out(tmp_path, FILES)
    before = texts_of(project)
    checked = read(project)
    assert [draft.id for draft in list_drafts(checked)] == ["post.port", "post.p4s1.battery", "post.calm"]
    checked = accept(project, checked, "port")
    after = texts_of(project)
    assert after["seeds/claims/post.yaml"] == CURATED_CLAIMS.replace(
        "# so far\n",
        "# so far\n"
        "    # of the first sentence\n"
        "    # row 1\n"
        "    port: {s: puffin, p: homePort, o: riga, mode: plan,\n"
        "      proposed: {by: Extractor, on: 2031-06-01, with: Extractor 2.1}, "
        "reviewed: {by: Kim Berg, on: 2031-06-05}}   # by name\n",
    )
    assert after["seeds/entities/story.yaml"] == before["seeds/entities/story.yaml"] + (
        "  # proposed: Extractor\n  # a ferry\n  puffin: {is: Ferry, label: Puffin}   # new\n"
    )
    assert "seeds/drafts/things.yaml" not in after
    assert (
        after["seeds/drafts/post.yaml"] == DRAFTS[: DRAFTS.index("  # of the first")] + DRAFTS[DRAFTS.index("  p4s1") :]
    )
    claim = checked.seeds.claim_by_id["post.port"]
    assert not claim.state.is_unreviewed and claim.state.proposed is not None
    checked = accept(project, checked, "p4s1.battery")
    accept(project, checked, "calm")
    assert texts_of(project)["seeds/claims/post.yaml"].endswith("""
  p4s1 c2b1b89e:
    battery: {again: battery, proposed: {by: Extractor, on: 2031-06-01, with: Extractor 2.1}, \
reviewed: {by: Kim Berg, on: 2031-06-05}}   # the same
    # brought by a machine
    # row 3: a long one
    calm:
      s: tern
      p: describedAs
      o: quiet ship
      mode: opinion   # of the yard
      proposed: {by: Extractor, on: 2031-06-01, with: Extractor 2.1}
      reviewed: {by: Kim Berg, on: 2031-06-05}
      # at its end
""")
    assert not (project.root / "seeds/drafts/post.yaml").exists()


def test_a_source_without_claims_gets_a_file(tmp_path: Path) -> None:
    files = {name: text for name, text in FILES.items() if name != "seeds/claims/post.yaml"}
    own = DRAFTS.replace("    battery: again   # the same\n", "").replace(
        "proposed:", "voices: {p1s1..p4s1: source}\nproposed:"
    )
    project = lay_out(tmp_path, {**files, "seeds/drafts/post.yaml": own})
    checked = accept(project, read(project), "port")
    assert (
        texts_of(project)["seeds/claims/post.yaml"]
        == """\
kg: claims/1
source: post
claims:
  p1s1 dd56dbe3:
    said: source
    # of the first sentence
    # row 1
    port: {s: puffin, p: homePort, o: riga, mode: plan,
      proposed: {by: Extractor, on: 2031-06-01, with: Extractor 2.1}, \
reviewed: {by: Kim Berg, on: 2031-06-05}}   # by name
"""
    )
    assert not checked.has_errors


VOICED = """\
kg: claims/1
source: post
claims:
  p1s1 dd56dbe3:
    said: {by: mira-vogt, where: harbour-fair, voice: quote}
    port: {s: tern, p: homePort, o: oslo, mode: plan}
  p2s1 31ad8276:
    said: {by: olle-brandt, where: harbour-fair}
    deliver: {s: halden, p: deliversInYear, o: 40 vehicle, mode: promise, when: 2032}
"""


def test_a_claim_keeps_its_voice_wherever_it_goes(tmp_path: Path) -> None:
    """The voice of the curator's file is another: it is written at the sentence, at the claim, or in a file apart."""
    project = lay_out(tmp_path, {"seeds/claims/post.yaml": CURATED_CLAIMS, "seeds/drafts/post.yaml": VOICED})
    checked = read(project)
    before = {c.id: c for c in map(plain, checked.seeds.claims)}
    for id_ in ("post.port", "post.deliver"):
        checked = accept(project, checked, id_)
    assert {c.id: c for c in map(plain, checked.seeds.claims)} == before
    text = texts_of(project)["seeds/claims/post.yaml"]
    assert "mode: plan, voice: quote, sure: clear, by: mira-vogt, where: harbour-fair," in text
    assert "  p2s1 31ad8276:\n    said: {by: olle-brandt, where: harbour-fair}\n    deliver:" in text
    silent = VOICED[: VOICED.index("  p2s1")].replace("mira-vogt, where: harbour-fair, voice: quote", "mira-vogt")
    fair = text.replace("handed:", "said: {by: mira-vogt, where: harbour-fair}\n    handed:")
    project = lay_out(tmp_path, {"seeds/claims/post.yaml": fair.replace("    port", "    old"),
                                 "seeds/drafts/post.yaml": silent})  # fmt: skip
    accept(project, read(project), "post.port")
    assert "    said: {by: mira-vogt}\n    port:" in texts_of(project)["seeds/claims/post-2.yaml"]


def plain(claim: Claim) -> Claim:
    """A claim without the state of it and of its evidence."""

    def strip(evidence: Evidence) -> Evidence:
        return replace(evidence, state=CURATED)

    first, *further = map(strip, claim.evidence)
    return replace(claim, state=CURATED, evidence=(first, *sorted(further, key=lambda e: (e.source, e.address))))


@pytest.mark.parametrize(
    ("draft", "id_", "why"),
    [
        ("port: {s: pufin, p: homePort, o: riga}", "port", "no entity `pufin`"),
        ("port: {s: tern, p: homePort}", "port", "the claim `port` lacks `o`"),
        ("port: {s: tern, p: homePort, o: riga, mode: plan}\n    why: {s: c:port, p: because, o: c:battery}",
         "why", "`post.why` speaks of `post.port`, which is a draft too: accept that first"),
    ],
)  # fmt: skip
def test_what_cannot_be_accepted_is_told(tmp_path: Path, draft: str, id_: str, why: str) -> None:
    text = f"kg: claims/1\nsource: post\nclaims:\n  p1s1 dd56dbe3:\n    {draft}\n"
    project = lay_out(tmp_path, {"seeds/claims/post.yaml": CURATED_CLAIMS, "seeds/drafts/a.yaml": text})
    before = texts_of(project)
    checked = read(project)
    plan = plan_acceptance(checked, find_draft(list_drafts(checked), id_), KIM)
    assert any(why in reason for reason in plan.refused), plan.refused
    with pytest.raises(UsageError):
        apply_review(plan, project)
    assert texts_of(project) == before


def test_a_file_that_was_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    project = lay_out(tmp_path, FILES)
    checked = read(project)
    plan = plan_acceptance(checked, find_draft(list_drafts(checked), "port"), KIM)
    path = project.root / "seeds/claims/post.yaml"
    path.write_text(CURATED_CLAIMS + "# mine\n", encoding="utf-8")
    before = texts_of(project)
    with pytest.raises(KgError, match="was changed in the meantime"):
        apply_review(plan, project)
    assert texts_of(project) == before


# -- rejections and edits -----------------------------------------------------------------------------


def test_what_is_rejected_goes_and_is_remembered(tmp_path: Path) -> None:
    project = lay_out(tmp_path, FILES)
    checked = read(project)
    draft = find_draft(list_drafts(checked), "port")
    checked = do(project, plan_rejection(checked, draft, KIM, "the sentence: speaks of halden"))
    assert "post.port" not in checked.seeds.claim_by_id and "puffin" not in checked.seeds.entity_by_key
    assert (
        texts_of(project)["seeds/rejected.yaml"]
        == f"""\
kg: rejected/1
rejected:
  # # of the first sentence
  # # row 1
  # port: {{s: puffin, p: homePort, o: riga, mode: plan}}   # by name
  # # proposed: Extractor
  # # a ferry
  # puffin: {{is: Ferry, label: Puffin}}   # new
  {draft.digests[0]}:
    claim: "post p1s1: Puffin · home port · Riga (plan)"
    reason: "the sentence: speaks of halden"
    by: Kim Berg
    on: 2031-06-05
"""
    )
    again = DRAFTS[: DRAFTS.index("  p4s1")].replace("port:", "other:").replace("puffin", "tern")
    project = lay_out(tmp_path / "2", {**FILES, "seeds/drafts/post.yaml": again.replace("tern", "puffin"),
                                       "seeds/rejected.yaml": texts_of(project)["seeds/rejected.yaml"]})  # fmt: skip
    (known,) = list_drafts(read(project))
    assert [r.reason for r in known.rejections] == ["the sentence: speaks of halden"]


def test_a_second_rejection_stands_below_the_first(tmp_path: Path) -> None:
    project = lay_out(tmp_path, FILES)
    checked = read(project)
    for id_, reason in (("calm", "an opinion"), ("p4s1.battery", "another ship"), ("port", "no")):
        checked = do(project, plan_rejection(checked, find_draft(list_drafts(checked), id_), KIM, reason))
    assert [r.reason for r in checked.seeds.rejections] == ["an opinion", "another ship", "no"]
    assert list_drafts(checked) == () and not (project.root / "seeds/drafts/post.yaml").exists()
    with pytest.raises(UsageError):
        name_reviewer(" ")
    with pytest.raises(UsageError):
        name_reviewer("Kim", "soon")


def test_a_draft_that_another_speaks_of_is_not_rejected(tmp_path: Path) -> None:
    text = DRAFTS.replace(
        "    battery: again   # the same\n", "    why: {s: c:calm, p: because, o: c:battery, mode: opinion}\n"
    )
    project = lay_out(tmp_path, {**FILES, "seeds/drafts/post.yaml": text})
    checked = read(project)
    plan = plan_rejection(checked, find_draft(list_drafts(checked), "calm"), KIM, "no")
    assert "`kg check` would find unknown-claim" in plan.refused[0]


def test_an_edit_changes_the_lines_of_one_draft(tmp_path: Path) -> None:
    project = lay_out(tmp_path, FILES)
    checked = read(project)
    draft = find_draft(list_drafts(checked), "port")
    assert write_draft(draft) == "# row 1\nport: {s: puffin, p: homePort, o: riga, mode: plan}   # by name\n"
    checked = do(project, plan_edit(checked, draft, "# row 1\nport:\n  s: tern\n  p: homePort\n  o: oslo\n"))
    assert texts_of(project)["seeds/drafts/post.yaml"] == DRAFTS.replace(
        "port: {s: puffin, p: homePort, o: riga, mode: plan}   # by name",
        "port:\n      s: tern\n      p: homePort\n      o: oslo",
    )
    draft = find_draft(list_drafts(checked), "port")
    for text in ("port: {s: tern", "- a\n", "{a: 1}", "", "port: {s: a}\nport: {s: b}\n"):
        assert plan_edit(checked, draft, text).refused, text
    for text in ("calm: {s: tern, p: homePort, o: oslo}", "port: x", "a: {}\nb: {}\n"):
        assert not plan_edit(checked, draft, text).refused  # what it says, `kg check` judges


# -- properties ---------------------------------------------------------------------------------------

POOL = {
    "port": ("p1s1 dd56dbe3", {"s": "puffin", "p": "homePort", "o": "riga", "mode": "plan"}),
    "sails": ("p1s1 dd56dbe3", {"s": "tern", "p": "sailsTo", "o": "[riga, oslo]", "mode": "forecast"}),
    "deliver": ("p2s1 31ad8276", {"s": "halden", "p": "deliversInYear", "o": "40 vehicle", "mode": "promise",
                                  "when": "2032", "by": "mira-vogt"}),
    "battery-2": ("p3s1 24b9aceb", {"s": "tern", "p": "battery", "o": "73.60 kWh"}),
    "calm": ("p4s1 c2b1b89e", {"s": "tern", "p": "describedAs", "o": '"quiet, ship # no"', "mode": "opinion",
                               "note": "'it''s # so'"}),
    "why": ("p4s1 c2b1b89e", {"s": "c:calm", "p": "because", "o": "c:handed", "mode": "opinion"}),
}  # fmt: skip
COMMENT = re.compile("# (?:<[^>]*>|who speaks|so far|the fair|a ferry|proposed: Extractor|new)")
ORDER = ("port", "sails", "deliver", "battery-2", "calm", "why")


@dataclass(frozen=True, kw_only=True)
class Written:
    """How a claim is written: in which style, and where comments stand beside it."""

    style: str
    comments: tuple[bool, ...]
    file: int


styles = st.builds(
    lambda style, comments, file: Written(style=style, comments=comments, file=file),
    st.sampled_from(["flow", "lines", "block", "folded"]),
    st.tuples(*[st.booleans()] * 4),
    st.integers(0, 1),
)


def write_claim(key: str, fields: dict[str, str], how: Written) -> Iterator[str]:
    above, beside, inside, below = how.comments
    if above:
        yield f"    # <{key} above>"
    tail = f"   # <{key} beside>" if beside else ""
    parts = [f"{k}: {v}" for k, v in fields.items()]
    if how.style == "flow":
        yield f"    {key}: {{{', '.join(parts)}}}{tail}"
    elif how.style == "lines":
        yield f"    {key}:"
        yield f"      {{{parts[0]},{f'   # <{key} inside>' if inside else ''}"
        yield f"       {', '.join(parts[1:])}}}{tail}"
    else:
        yield f"    {key}:{tail}"
        for number, part in enumerate(parts):
            yield f"      {part}" + (f"   # <{key} inside>" if inside and not number else "")
        if how.style == "folded" and "note" not in fields:
            yield from ("      note: |-", "        # no comment", "", "          deep", "        end")
        if below:
            yield f"      # <{key} below>"


def write_file(keys: Sequence[str], ways: dict[str, Written], *, spaced: bool, head: str = "") -> str:
    blocks: dict[str, list[str]] = {}
    for key in keys:
        sentence, fields = POOL[key]
        blocks.setdefault(sentence, []).extend(write_claim(key, fields, ways[key]))
    out = [f"{head}kg: claims/1", "source: post"]
    out += ["proposed: {by: Extractor, on: 2031-06-01}"] if head else []
    out += ["claims:"]
    for sentence in sorted(blocks):
        out += [""] if spaced else []
        out += [f"  # <{sentence} {head[2:5]}>"] if spaced else []
        out += [f"  {sentence}:", *blocks[sentence]]
    return "\n".join(out) + "\n"


def stripped(checked: Checked) -> tuple[Seeds, frozenset[Quad]]:
    """What is said, without any state."""
    seeds = replace(checked.seeds, claims=tuple(map(plain, checked.seeds.claims)), sentences=(), rejections=())
    story = replace(checked.story, seeds=seeds)
    return seeds, frozenset(a.quad for a in story.assertions)


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck),
          phases=[Phase.generate])  # fmt: skip
@given(ways=st.tuples(*[styles] * len(ORDER)), spaced=st.booleans(), crlf=st.booleans(), bare=st.booleans())
def test_accepting_all_drafts_is_writing_the_claims_by_hand(
    tmp_path_factory: pytest.TempPathFactory, ways: tuple[Written, ...], *, spaced: bool, crlf: bool, bare: bool
) -> None:
    folder = tmp_path_factory.mktemp("accept")
    by_key = dict(zip(ORDER, ways, strict=True))
    curated = CURATED_CLAIMS.rstrip("\n") if bare else CURATED_CLAIMS
    hand_written = write_file(ORDER, by_key, spaced=False).replace(
        "claims:\n", "voices: {p1s1..p4s1: source}\nclaims:\n"
    )
    things = {"seeds/entities/new.yaml": THINGS}
    hand = check_files(read_project(lay_out(folder / "hand", {
        "seeds/claims/post.yaml": CURATED_CLAIMS, "seeds/claims/more.yaml": hand_written, **things,
    })))  # fmt: skip
    assert not hand.has_errors
    files = {"seeds/claims/post.yaml": curated, "seeds/drafts/things.yaml": THINGS}
    for number in (0, 1):
        keys = [key for key in ORDER if by_key[key].file == number]
        if keys:
            files[f"seeds/drafts/{number}.yaml"] = write_file(keys, by_key, spaced=spaced, head=f"# <{number} head>\n")
    comments = [found for text in files.values() for found in COMMENT.findall(text)]
    if crlf:
        files = {name: text.replace("\n", "\r\n") for name, text in files.items()}
    project = lay_out(folder / "drafts", files)
    checked = read(project)
    for key in ORDER:
        checked = accept(project, checked, key)
    left = texts_of(project)
    assert [name for name in left if "drafts" in name] == []
    assert "seeds/claims/post-2.yaml" not in left
    done = check_files(read_project(Project(project.root)))
    assert not done.has_errors
    assert stripped(done) == stripped(hand)
    assert all(not claim.state.is_unreviewed for claim in done.seeds.claims)
    assert sorted(comments) == sorted(found for text in left.values() for found in COMMENT.findall(text))


def test_all_are_refused_or_whole_whatever_is_written(tmp_path: Path) -> None:
    """Flow style, aliases and claims within a line: nothing is lost where something cannot be moved."""
    shapes = [
        "  p1s1 dd56dbe3: {port: {s: tern, p: homePort, o: riga, mode: plan}, two: {s: tern, p: sailsTo, o: riga}}\n",
        "  ? p1s1 dd56dbe3\n  : port: {s: tern, p: homePort, o: riga, mode: plan}\n",
        "  p1s1 dd56dbe3:\n    port: &a {s: tern, p: homePort, o: riga, mode: plan}\n    two: *a\n",
        "  p1s1 dd56dbe3: {\n    # mine\n    port: {s: tern, p: homePort, o: riga, mode: plan}}\n",
        '  "p1s1 dd56dbe3":\n    "port": {s: tern, p: homePort, o: riga, mode: plan}\n',
    ]
    moved = 0
    for number, shape in enumerate(shapes):
        text = f"kg: claims/1\nsource: post\nclaims:\n{shape}"
        project = lay_out(
            tmp_path / str(number), {"seeds/claims/post.yaml": CURATED_CLAIMS, "seeds/drafts/a.yaml": text}
        )
        checked = read(project)
        before, said = texts_of(project), {c.id: plain(c) for c in checked.seeds.claims}
        plan = plan_acceptance(checked, find_draft(list_drafts(checked), "port"), KIM)
        if plan.refused:
            assert texts_of(project) == before
            continue
        moved += 1
        assert {c.id: plain(c) for c in do(project, plan).seeds.claims} == said
        assert ("# mine" in shape) <= any("# mine" in text for text in texts_of(project).values())
    assert moved >= 3


def test_a_draft_is_found_by_its_id_with_or_without_the_source(tmp_path: Path) -> None:
    project = lay_out(tmp_path, FILES)
    drafts: tuple[Draft, ...] = list_drafts(read(project))
    with pytest.raises(UsageError, match=r"no draft `prot`: did you mean `port`"):
        find_draft(drafts, "prot")
    assert find_draft(drafts, "c:post.port") is find_draft(drafts, "port")


def test_a_new_id_of_an_entity_is_written_in_drafts_too(tmp_path: Path) -> None:
    project = lay_out(tmp_path, FILES)
    plan = plan_rename(check_files(read_project(project)), "tern", "sea-tern")
    assert plan.refused == ()
    write_rewritten(plan.files, project)
    assert "      s: sea-tern\n" in texts_of(project)["seeds/drafts/post.yaml"]
    assert not read(Project(tmp_path)).has_errors


def test_a_file_that_cannot_be_read_is_no_mistake_of_a_reviewer(tmp_path: Path) -> None:
    (tmp_path / "seeds/drafts/folder.yaml").mkdir(parents=True)
    with pytest.raises(KgError, match=r"^cannot read seeds/drafts/folder\.yaml: Is a directory$"):
        make_file(Project(tmp_path), tmp_path / "seeds/drafts/folder.yaml", "")
