"""The keys of the formats as editors explain them are those that are read, in the words of the reference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.glossary import load_keys
from kg.reading import claims, claimsfile, dataset, entities, sources

FORMAT = (Path(__file__).parent.parent / "seeds/README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (`[^|]*) \| [^|]*\| (.*) \|$", re.MULTILINE)
READ = {
    "dataset": dataset._KEYS,
    "source": sources._KEYS,
    "entities-file": ("kg", "entities"),
    "entity": entities._KEYS,
    "claims-file": claimsfile.FILE_KEYS,
    "voice": claims._VOICE_KEYS,
    "claim": claims._CLAIM_KEYS,
    "decided": claims._DECISION_KEYS,
    "again": ("again", *claims._EVIDENCE_KEYS),
}


@pytest.mark.parametrize("kind", READ)
def test_the_keys_explained_are_the_keys_read(kind: str) -> None:
    assert sorted(load_keys()[kind]) == sorted(READ[kind])


def test_explanations_are_those_of_the_reference() -> None:
    told = {(key, text) for keys, text in ROW.findall(FORMAT) for key in re.findall(r"`([^`]+)`", keys)}
    of_tables = ("dataset", "source", "entities-file", "entity", "claims-file", "voice")
    mine = {item for kind in of_tables for item in load_keys()[kind].items()}
    mine |= {item for item in load_keys()["claim"].items() if item[0] not in claims._VOICE_KEYS or item[0] == "by"}
    assert mine - told == set()
