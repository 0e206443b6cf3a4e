"""`kg prompt`: what a model needs within a budget, the schema of its answer, and the way from a text to a graph."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest
from terminal import run_kg

import kg
from kg.build.pipeline import Checked, check_files, read_project
from kg.drafts.prompt.answer import make_answer_schema
from kg.drafts.prompt.prompt import Prompt, estimate_tokens, write_prompt
from kg.evidence.outline import find_source
from kg.model.nouns import Mode
from kg.reading.schema import SCHEMAS
from kg.starter import StarterContent, init_project
from kg.system.project import Project
from kg.text.diagnostic import UsageError

WAY = Path(__file__).parent / "way"


@pytest.fixture(scope="module")
def ferries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project with one text of 25 sentences, of which nothing is claimed yet."""
    folder = tmp_path_factory.mktemp("way") / "ferries"
    init_project(folder, title="Ferries", base="https://ferries.example/", content=StarterContent.BARE)
    assert run_kg("evidence", "add", str(WAY / "ferries.txt"), folder=folder).code == 0
    return folder


@pytest.fixture(scope="module")
def checked(ferries: Path) -> Checked:
    return check_files(read_project(Project(ferries), ferries / "texts"))


def prompt_of(checked: Checked, form: str = "kg", budget: int | None = None) -> Prompt:
    return write_prompt(checked, find_source(checked.seeds, "ferries"), form=form, budget=budget)


def test_a_prompt_holds_what_a_model_needs(checked: Checked) -> None:
    prompt = prompt_of(checked)
    text = prompt.text
    assert prompt.cut == ()
    assert len(prompt.sentences) == 25
    sections = [line.removeprefix("# ") for line in text.split("\n") if line.startswith("# ")]
    assert sections == [
        "Task", "Form", "Rules", "Modes", "Voices", "Properties", "Entities", "Classes of new things", "Sentences",
    ]  # fmt: skip
    assert (
        "Text: “Northhaven shipyard to build electric ferries”, published 2026-03-04, by Ada Quill (`ada-quill`)"
        in text
    )
    assert "- ada-quill (Person): Ada Quill\n" in text
    assert "- foundedOn “founded on”: Organization → date\n" in text
    assert "- population: Place → quantity in person\n" in text
    assert "p3s2: The order is worth 96 million EUR.\n" in text
    assert [mode for mode in Mode if f"\n- {mode.value}" not in text] == []
    near = [line.split()[1] for line in text.split("# Properties\n")[1].split("\n")[:12]]
    assert {"foundedOn", "createsJobs", "cutsJobs"} <= set(near)  # the text has words of their labels


def test_another_form_asks_for_rows(checked: Checked) -> None:
    text = prompt_of(checked, "jsonl").text
    rows = [json.loads(line) for line in text.split("\n") if line.startswith('{"subject"')]
    assert [row["document"] for row in rows] == ["ferries", "ferries"]
    assert "# Voices" not in text
    schema = make_answer_schema(checked, find_source(checked.seeds, "ferries"), "jsonl")
    validator = jsonschema.Draft7Validator(schema)
    jsonschema.Draft7Validator.check_schema(schema)
    good = {**rows[0], "predicate": "foundedOn", "sentence": "p4s1"}
    assert validator.is_valid(good)
    for key, value in {
        "predicate": "lenght",
        "sentence": "p9s9",
        "document": "other",
        "mode": "fakt",
        "more": 1,
    }.items():
        assert not validator.is_valid({**good, key: value}), key


@pytest.mark.parametrize("form", ["kg", "jsonl"])
def test_a_budget_holds_and_what_is_cut_is_told(checked: Checked, form: str) -> None:
    whole = prompt_of(checked, form)
    with pytest.raises(UsageError, match="has no room for a sentence: give ") as error:
        prompt_of(checked, form, 200)
    least = int(str(error.value).rpartition("give ")[2].split()[0])
    before = 0
    for budget in range(least, whole.tokens + 150, 97):
        prompt = prompt_of(checked, form, budget)
        assert prompt.tokens == estimate_tokens(prompt.text) <= budget
        assert list(prompt.sentences) == list(whole.sentences[: len(prompt.sentences)])  # no hole among them
        assert len(prompt.sentences) >= before
        before = len(prompt.sentences)
        assert bool(prompt.cut) == ("left out for lack of room" in prompt.text)
    assert prompt_of(checked, form, whole.tokens + 150).text == whole.text


def test_entities_that_the_text_names_are_kept_first(ferries: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ferries"
    shutil.copytree(ferries, folder)
    entries = [f"  thing-{n}: {{is: Thing, label: Thing number {n}}}" for n in range(60)]
    entries += ["  lund: {is: Person, label: {en: Per Lund}}", "  nils: {is: Person, label: Berg, alias: Nils Berg}"]
    many = "kg: entities/1\nentities:\n" + "\n".join(entries) + "\n"
    (folder / "seeds/entities/many.yaml").write_text(many, encoding="utf-8")
    checked = check_files(read_project(Project(folder), folder / "texts"))
    prompt = prompt_of(checked, budget=prompt_of(checked).tokens - 300)
    listed = prompt.text.split("# Entities\n")[1].split("\n\n")[0]
    assert [line.split()[1] for line in listed.split("\n")[:3]] == ["ada-quill", "nils", "lund"]
    assert "- nils (Person): Berg; Nils Berg\n" in listed
    assert any("of 63 entities are left out: " in told for told in prompt.cut)


def test_the_schema_of_an_answer_admits_what_is_wanted(checked: Checked) -> None:
    schema = make_answer_schema(checked, find_source(checked.seeds, "ferries"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    claim = {"s": "Northhaven shipyard", "p": "foundedOn", "o": "1921"}
    block = {"said": {"by": "Nils Berg", "voice": "reported"}, "founded": claim}
    good = {"kg": "claims/1", "source": "ferries", "claims": {"p4s1": block, "p4s2": {"said": "source"}}}
    assert list(validator.iter_errors(good)) == []
    wrong = [
        {**good, "source": "other"},
        {**good, "claims": {"p9s9": block}},
        {**good, "claims": {"p4s1": {"x": {**claim, "p": "lenght"}}}},
        {**good, "claims": {"p4s1": {"x": {**claim, "mode": "fakt"}}}},
        {**good, "claims": {"p4s1": {"x": {**claim, "reviewed": False}}}},
        {**good, "claims": {"p4s1": {"said": {"voice": "quote"}}}},
    ]
    assert [validator.is_valid(each) for each in wrong] == [False] * len(wrong)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a", 1), ("incomprehensibility", 4), ("75600", 2), ("a, b", 3), ("雷军", 3), ("Café", 2), ("a\n\nb", 3)],
)
def test_tokens_are_estimated_by_a_rule(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


def test_the_command_says_what_it_asks_for_and_what_is_wrong(ferries: Path) -> None:
    done = run_kg("prompt", "ferries", "--texts", "texts", folder=ferries)
    assert done.err == f"kg: 25 sentences, about {estimate_tokens(done.out)} tokens\n"
    cut = run_kg("prompt", "ferries", "--texts", "texts", "--budget", "1500", folder=ferries)
    assert cut.code == 0
    assert " properties are left out: " in cut.err
    schema = run_kg("prompt", "ferries", "--texts", "texts", "--schema", folder=ferries)
    assert json.loads(schema.out)["title"] == "claims of ferries"
    for arguments, told in (
        (["ferries"], "give the folder of the texts with `--texts DIR`"),
        (["ferry", "--texts", "texts"], "did you mean `ferries`?"),
        (["ferries", "--texts", "texts", "--budget", "10"], "a budget of 10 tokens has no room for a sentence"),
    ):
        wrong = run_kg("prompt", *arguments, folder=ferries)
        assert (wrong.code, told in wrong.err) == (2, True), wrong.err


def test_the_library_gives_what_the_command_prints(ferries: Path) -> None:
    graph = kg.open_project(ferries, ferries / "texts")
    assert graph.prompt("ferries") == run_kg("prompt", "ferries", "--texts", "texts", folder=ferries).out
    assert graph.prompt("ferries", budget=1500, form="jsonl").count("quote") > 2
    assert sorted(graph.schemas()) == sorted(SCHEMAS)
    with pytest.raises(kg.UsageError, match="no form `csv`"):
        graph.prompt("ferries", form="csv")
