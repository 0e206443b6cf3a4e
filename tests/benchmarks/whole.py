"""How much CPU time a whole `kg build` of made-up graphs takes: `python tests/benchmarks/whole.py [THINGS ...]`.

The graphs are those of `tests/browser/synthetic.py`, with 2.5 claims to a thing (a third of the descriptions is left
out), and are made valid: their sentences get digests, persons speak, and the ontology's properties take things of any
class. The yardstick is a process that only imports rdflib and pyvis.network.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from build import time_command

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / "browser")]

from synthetic import write_project  # noqa: E402

SIZES = (300, 2_000, 10_500)
_DESCRIBED = re.compile(r"^    t(\d+): .*\n", re.MULTILINE)
_SPEAKER = re.compile(r"by: x(\d+)")
_CLASSES = re.compile(r"(?<=rdfs:domain |.rdfs:range )(?:(?!xsd|rdf|kg|qudt|edtf)\w*:\w+|\[ a owl:Class[^\n]* \])")


def make_valid(folder: Path) -> None:
    """Give a project that `write_project` has made what a check asks for, and as many claims as are measured."""
    (folder / "ontology/shapes-xiaomi.ttl").unlink()
    ontology = folder / "ontology/xiaomi.ttl"
    ontology.write_text(_CLASSES.sub("owl:Thing", ontology.read_text(encoding="utf-8")), encoding="utf-8")
    for claims in (folder / "seeds/claims").glob("*.yaml"):
        text = _DESCRIBED.sub(
            lambda match: match[0] if int(match[1]) % 6 < 4 else "", claims.read_text(encoding="utf-8")
        )
        text = _SPEAKER.sub(lambda match: f"by: x{int(match[1]) // 8 * 8}", text)  # each eighth thing is a person
        head, *sentences = re.split(r"^(?=  p\d+s1:$)", text, flags=re.MULTILINE)
        with (folder / "seeds/sources" / claims.name).open("a", encoding="utf-8") as outline:
            for sentence in sentences:
                figures = re.findall(r"(?<=when: )\d+|(?<=of number )\d+", sentence)
                outline.write(" ".join([f"{sentence.partition(chr(10))[0]} 01234567", *figures]) + "\n")
        text = "".join(sentence.replace(":", " 01234567:", 1) for sentence in sentences)
        claims.write_text(head + text, encoding="utf-8")


def main() -> None:
    imports = min(time_command(sys.executable, "-c", "import rdflib, pyvis.network") for _ in range(4))
    print(f"the imports alone {imports:.2f} s")
    for size in map(int, sys.argv[1:]) if len(sys.argv) > 1 else SIZES:
        with tempfile.TemporaryDirectory() as folder:
            make_valid(write_project(Path(folder) / "project", ROOT / "ontology", size))
            took = time_command(sys.executable, "-m", "kg", "-C", f"{folder}/project", "build")
        print(f"{size:,} things: {took:.1f} s, {took / imports:.1f} times the imports")


if __name__ == "__main__":
    main()
