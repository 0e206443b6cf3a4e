"""Cards in Markdown: what an entity, a property, a sentence, a word ... is, for a hover and beside a completion.

What stands in texts and labels is data: it is escaped, so that it is shown as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kg.build.pipeline import Checked
from kg.editor.role import FORMS
from kg.model.nouns import Claim, Difference, Entity, NameKind, Source
from kg.model.ontology.vocabulary import OntologyClass, Property, Unit, Vocabulary
from kg.model.values import describe_edtf
from kg.rdf.iri import local_name
from kg.show.parts import speaks_of
from kg.text.codes import load_codes
from kg.text.diagnostic import make_visible
from kg.text.edtf import Edtf
from kg.text.language import choose_text
from kg.text.plural import write_count

MOST_CLAIMS = 8
_DIFFERENCES: Mapping[str, str] = {
    Difference.SUBJECT: "they speak of different things",
    Difference.VALUE: "they give different values",
    Difference.TIME: "they speak of different times",
    Difference.MEASURE: "they measure different things: what is built is not what is delivered",
    Difference.MODE: "they are meant differently: a promise is no forecast",
    Difference.SPEAKER: "different speakers say so",
}
"""In what two claims differ; the ontology has no words of its own for it."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&-])")


def escape(text: str) -> str:
    """A text as Markdown that shows it: nothing in it is a heading, a link or HTML.

    >>> escape("[a](https://b.example/) <script>")
    '\\\\[a\\\\]\\\\(https://b.example/\\\\) \\\\<script\\\\>'
    """
    return _SPECIAL.sub(r"\\\1", " ".join(make_visible(line).strip() for line in text.split("\n")))


def code(text: str) -> str:
    """A text between backticks."""
    return f"`{make_visible(text).replace('`', '´')}`"


def _join(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _labels(labels: dict[str, str]) -> str:
    return " · ".join(f"{escape(text)} ({lang})" for lang, text in labels.items())


def show_entity_card(known: Checked, entity: Entity) -> str:
    """Names in all languages, classes, what it is, and what is said of it."""
    lang = known.seeds.dataset.language
    classes = ", ".join(code(ref.text) for ref in entity.classes)
    others = [f"{escape(n.text)} ({n.lang}, {n.kind})" for n in entity.names if n.kind is not NameKind.LABEL]
    labels = {n.lang: n.text for n in entity.names if n.kind is NameKind.LABEL}
    claims = [claim for claim in known.seeds.claims if speaks_of(claim, entity.key)]
    said = sum(any(s.text == entity.key for s in claim.speakers) for claim in known.seeds.claims)
    lines = [f"- {_claim_line(known, claim)}" for claim in claims[:MOST_CLAIMS]]
    if len(claims) > MOST_CLAIMS:
        lines.append(f"- and {len(claims) - MOST_CLAIMS} more: `kg show {entity.key}`")
    return _join(
        (
            f"**{escape(entity.label(lang))}** — {code(entity.key)}, {classes}",
            _labels(labels) if len(labels) > 1 else "",
            f"also: {' · '.join(others)}" if others else "",
            escape(choose_text(lang, {text.lang: text.text for text in entity.description}) or ""),
            f"when: {escape(entity.when.text)} ({escape(describe_edtf(entity.when.edtf))})" if entity.when else "",
            f"{write_count(len(claims), 'claim')} about it, {said} of it:"
            if claims or said
            else "nothing is said of it yet",
            "\n".join(lines),
        )
    )


def _claim_line(known: Checked, claim: Claim) -> str:
    words = known.story.words(known.seeds.dataset.language)
    qualifiers = words.qualifiers(claim)
    places = ", ".join(evidence.sentence for evidence in claim.evidence)
    text = escape(words.statement(claim)) + (f" ({escape(qualifiers)})" if qualifiers else "")
    return f"{text} — {escape(words.speakers(claim))}, {places}"


def show_claim_card(known: Checked, claim: Claim) -> str:
    """What a claim says, who says it, and the words of its sentences where they are at hand."""
    lines = [f"> {words}" for e in claim.evidence if (words := quote(known, e.source, e.address))]
    note = f"note: {escape(claim.note.text)}" if claim.note else ""
    return _join((f"**{code(claim.id)}** {_claim_line(known, claim)}", *lines, note))


def quote(known: Checked, source: str, address: str) -> str:
    """The words of a sentence, where its text is at hand; else nothing."""
    article = known.articles.by_source.get(source)
    sentence = article.sentences.get(address) if article else None
    return f"“{escape(' '.join(sentence.text.split()))}”" if sentence else ""


def show_sentence_card(known: Checked, source: str, address: str) -> str | None:
    """A sentence: its words where they are at hand, its figures, what is claimed in it. None where there is none."""
    described = known.seeds.source_by_id.get(source)
    article = known.articles.by_source.get(source)
    outline = described.sentences.get(address) if described else None
    if outline is None and (article is None or address not in article.sentences):
        return None
    figures = article.figures(address) if article and address in article.sentences else ()
    figures = figures or (outline.figures if outline else ())
    claims = [c for e, c in known.seeds.evidence_by_source.get(source, ()) if e.address == address]
    skip = described.skipped.get(address) if described else None
    return _join(
        (
            f"**{escape(source)}.{address}**" + (f", digest {code(outline.digest)}" if outline else ""),
            quote(known, source, address) or "*the text is not at hand*",
            f"figures: {', '.join(figures)}" if figures else "",
            f"set aside: {escape(skip.reason)}" if skip else "",
            "\n".join(f"- {_claim_line(known, claim)}" for claim in claims[:MOST_CLAIMS]),
        )
    )


def show_property_card(vocabulary: Vocabulary, prop: Property) -> str:
    """Labels, comment, domain, range and unit of a property."""
    domain = " and ".join(_classes(vocabulary, classes) for classes in prop.domain)
    ranges = " and ".join(_classes(vocabulary, classes) for classes in prop.range)
    unit = vocabulary.unit_by_iri.get(prop.unit or "")
    told = {"one value at a time": prop.functional, "changes over time": prop.time_varying,
            "happens at a time": prop.occurrence, "summed over a time": prop.period_total}  # fmt: skip
    traits = [word for word, holds in told.items() if holds]
    datatypes = " or ".join(code(local_name(iri)) for iri in prop.datatypes)
    return _join(
        (
            f"**{code(prop.name)}** {_labels(dict(prop.labels))}",
            escape(find_comment(vocabulary, prop.iri)),
            f"of: {'a claim' if prop.claim_subject else domain or 'anything'}",
            f"takes: {prop.kind.value}" + (f", {ranges or datatypes}" if ranges or datatypes else "")
            + (f", in {code(unit.symbol)}" if unit else ""),
            ", ".join(traits),
        )
    )  # fmt: skip


def _classes(vocabulary: Vocabulary, iris: Iterable[str]) -> str:
    names = sorted(
        vocabulary.class_by_iri[iri].name if iri in vocabulary.class_by_iri else local_name(iri) for iri in iris
    )
    return " or ".join(map(code, names))


def show_class_card(vocabulary: Vocabulary, cls: OntologyClass) -> str:
    """Labels, comment and the classes above."""
    above = sorted({c.name for iri in cls.ancestors if (c := vocabulary.class_by_iri.get(iri)) and c is not cls})
    return _join(
        (
            f"**{code(cls.name)}** {_labels(dict(cls.labels))}",
            escape(find_comment(vocabulary, cls.iri)),
            f"a kind of {', '.join(map(code, above))}" if above else "",
        )
    )


def show_unit_card(unit: Unit) -> str:
    """Labels, spellings and what it measures."""
    kinds = ", ".join(sorted(local_name(kind) for kind in unit.kinds))
    words = ", ".join(map(code, unit.words))
    return _join((f"**{code(unit.symbol)}** {_labels(dict(unit.labels))}", f"written {words}", f"measures {kinds}"))


def show_source_card(known: Checked, source: Source) -> str:
    """Title, who published it and when, how many claims it has."""
    words = known.story.words(known.seeds.dataset.language)
    published = f"{source.published.text}" if source.published else "date unknown"
    publisher = words.entity(source.publisher.text) if source.publisher else "publisher unknown"
    count = len(known.seeds.claims_by_source.get(source.id, ()))
    title = source.title.text if source.title else source.id
    return _join(
        (
            f"**{escape(title)}** — {code(source.id)}",
            f"{escape(publisher)}, {escape(published)}; {write_count(count, 'claim')}",
        )
    )


def show_code_card(name: str) -> str:
    """What a diagnostic code means, and how to mend it."""
    about = load_codes()[name]
    return _join((f"**{name}** ({about.severity})", about.cause, about.remedy, f"wrong:\n```\n{about.wrong}\n```",
                  f"right:\n```\n{about.right}\n```"))  # fmt: skip


def show_word_card(vocabulary: Vocabulary, kind: str, word: str) -> str:
    """A word of the format, of this class of the model (`Mode`, `VoiceKind` ...), as the model explains it."""
    iri = vocabulary.words.get((kind, word))
    told = escape(find_comment(vocabulary, iri)) if iri else _DIFFERENCES.get(word, "") if kind == "Difference" else ""
    return _join((f"**{code(word)}**", told))


def find_comment(vocabulary: Vocabulary, iri: str) -> str:
    """What the ontology remarks on a term, in English if it can, else in the first language there is."""
    return choose_text("en", vocabulary.comments.get(iri, {})) or ""


def show_date_card(text: str, edtf: Edtf) -> str:
    """What a date of EDTF means."""
    return f"**{code(text)}** {escape(describe_edtf(edtf))}"


def show_key_card(form: str, name: str) -> str | None:
    """What a key of a form says."""
    told = next((key.says for key in FORMS[form].keys if key.name == name), None)
    return f"**{code(name)}** {told}" if told else None
