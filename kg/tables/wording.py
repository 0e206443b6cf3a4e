"""The language that a mapping is written in, so that what is said of it speaks that language."""

from __future__ import annotations

from kg.text.diagnostic import Mark

YARRRML_ENDINGS = (".yml", ".yaml", ".yarrrml")


def is_yarrrml(name: str) -> bool:
    """Whether a mapping of that file name is YARRRML; any other is RML in Turtle.

    >>> is_yarrrml("people.yarrrml.yaml"), is_yarrrml("people.rml.ttl")
    (True, False)
    """
    return name.lower().endswith(YARRRML_ENDINGS)


def choose_words(mark: Mark, rml: str, yarrrml: str) -> str:
    """The words for whoever wrote the mapping in which *mark* lies.

    >>> from kg.text.diagnostic import SourceText, mark_of_file
    >>> choose_words(mark_of_file(SourceText("m.yml", "")), "add `rml:source`", "add `sources`")
    'add `sources`'
    """
    return yarrrml if is_yarrrml(mark.source.name) else rml


def say_encoding(mark: Mark) -> str:
    """How the mapping in which *mark* lies names the encoding of a source."""
    return choose_words(mark, "name its encoding with `rml:encoding`", "name its `encoding` (a key of the source)")


def say_base(mark: Mark) -> str:
    """How the mapping in which *mark* lies gets a base."""
    rml = "give a base with `--base`, `rml:baseIRI` or `@base`"
    return choose_words(mark, rml, "write whole IRIs, with a prefix perhaps: `ex:$(id)`; or give a base with `--base`")


def say_empty(mark: Mark) -> str:
    """How the mapping in which *mark* lies says that an empty cell is no value."""
    key = choose_words(mark, 'say `rml:null ""` of the source', 'say `null: ""` of the source')
    return f"an empty cell is a value, the empty text: {key}"
