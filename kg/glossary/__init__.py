"""The keys of the YAML formats, each with what it says, for editors and for schemas.

The table is data, `formats.toml`. The words that a key may take (modes, voices ...) are explained by the ontology, in
`model.ttl`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def load_keys() -> dict[str, dict[str, str]]:
    """For each kind of mapping (`claim`, `entity` ...) its keys with their explanations, in the order of the reference.

    A claim has the keys of a voice too (but for `by`, which it explains itself), and so has further evidence (`again`).

    >>> load_keys()["voice"]["where"]
    'the event or the work in which it was said'
    """
    kinds = tomllib.loads((Path(__file__).parent / "formats.toml").read_text(encoding="utf-8"))
    of_voice = {key: text for key, text in kinds["voice"].items() if key != "by"}
    kinds["claim"] |= of_voice
    kinds["again"] |= of_voice
    return kinds
