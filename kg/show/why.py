"""`kg why`: the claims, sentences and lines of files behind a statement."""

from __future__ import annotations

import re

from kg.build.pipeline import Checked
from kg.graph.decision import find_decision, find_decisions
from kg.graph.describe import Words
from kg.graph.direct import explain_absence
from kg.model.nouns import Claim, Source
from kg.model.ontology.vocabulary import local_name
from kg.model.state import State
from kg.model.values import EntityRef
from kg.show.parts import describe_decision, find_entity, find_stated, speaks_of
from kg.text.diagnostic import UsageError, did_you_mean


def show_why(checked: Checked, terms: tuple[str, ...], lang: str) -> str:
    """The claims, sentences and YAML lines behind an entity, a claim, or a triple S P O; of tables, the rows.

    Raises UsageError when nothing of that name is there.
    """
    seeds = checked.seeds
    if len(terms) == 1:
        id_ = terms[0].removeprefix("c:")
        matches = [c for c in seeds.claims if c.id == id_ or c.id.partition(".")[2] == id_]
        if not matches:
            try:
                entity = find_entity(seeds, terms[0])
            except UsageError:
                if stated := [*find_stated(checked, terms[0], "_", "_"), *find_stated(checked, "_", "_", terms[0])]:
                    return "\n".join(dict.fromkeys(stated))
                ids = {c.id for c in seeds.claims} | {e.key for e in seeds.entities}
                later = sorted(c.id for c in checked.read.reading.seeds.claims if id_ in (c.id, c.id.partition(".")[2]))
                if later and seeds.dataset.known_by is not None:
                    day = seeds.dataset.known_by.text
                    raise UsageError(f"`{later[0]}` was not known by {day}: no source had said it") from None
                hint = did_you_mean(id_, ids) or "give an entity, a claim, or a triple S P O"
                raise UsageError(f"no entity and no claim `{terms[0]}`: {hint}") from None
            matches = [c for c in seeds.claims if speaks_of(c, entity.key)]
            head = f"{checked.story.words(lang).entity(entity.key)} is declared in {entity.mark}\n"
            texts = [head, *(show_claim(checked, c, lang) for c in matches)]
            if checked.tables:
                from kg.show.rows import show_rows

                texts += show_rows(checked, entity.key, "_", "_", lang=lang)
            texts += [*find_stated(checked, entity.key, "_", "_"), *find_stated(checked, "_", "_", entity.key)]
            return "\n".join(texts)
        return "\n".join(show_claim(checked, c, lang) for c in matches)
    if len(terms) != 3:
        raise UsageError("give an entity, a claim, or the three terms of a triple")
    matches = find_claims(checked, *terms)
    found = [show_claim(checked, c, lang) for c in matches]
    if checked.tables:
        from kg.show.rows import show_rows

        found += show_rows(checked, *terms, lang=lang)
    found += find_stated(checked, *terms)
    if not found:
        others = ["no table"] * bool(checked.tables) + ["no file of RDF"] * bool(checked.story.rdf)
        who = " and ".join(["no claim", *others]) + " says"
        raise UsageError(f"{who} `{' '.join(terms)}`: `kg show {terms[0]}` shows what is said of it")
    return "\n".join(found)


def find_claims(checked: Checked, subject: str, predicate: str, value: str) -> list[Claim]:
    """The claims with this subject, property and object; keys, CURIEs (`e:su7`), numbers and `_` for any."""
    words = checked.story.words("en")

    def local(text: str) -> str:
        """`e:su7`, `<https://.../su7>` and `su7` mean the same."""
        if "://" in text:
            return local_name(text.strip("<>"))
        return re.sub(r"^[a-z]:", "", text)

    def matches(claim: Claim) -> bool:
        wanted = local(value)
        prop = checked.vocabulary.properties.get(claim.predicate.text)
        wide = local_name(prop.narrows) if prop is not None and prop.narrows is not None else None
        objects = {words.object(claim), words.object(claim).strip("“”")}
        if isinstance(claim.object, EntityRef):
            objects |= {claim.object.key}
        number = getattr(claim.object, "number", None)
        objects |= {number} if number else set()
        return (
            (subject in {"_", claim.subject.text} or local(subject) == claim.subject.text)
            and local(predicate) in {"_", claim.predicate.text, wide}
            and (wanted == "_" or wanted in objects)
        )

    return [c for c in checked.seeds.claims if matches(c)]


def show_claim(checked: Checked, claim: Claim, lang: str) -> str:
    """Everything about one claim: statement, mode, time, speakers, every sentence, the line of the YAML."""
    words = checked.story.words(lang)
    direct = {t.claim.id for t in checked.story.direct_triples}
    qualifiers = words.qualifiers(claim)
    out = [f"{claim.id}   {words.statement(claim)}" + (f"   ({qualifiers})" if qualifiers else "")]
    out.append(f"  said by    {words.speakers(claim)}")
    out.append(f"  stated in  {claim.mark}")
    if claim.id in direct:
        out.append("  direct     yes: the graph says so itself")
    else:
        reason = explain_absence(claim, checked.seeds, checked.vocabulary)
        out.append(f"  direct     no, only as a claim: {reason}")
    out += _list_state(claim.state, words, " " * 2)
    for evidence in claim.evidence:
        source = checked.seeds.source_by_id.get(evidence.source)
        out.append(f"  evidence   {words.evidence(evidence)}   ({evidence.mark})")
        if source is not None:
            out.append(f"             {describe_source(source, words)}")
        article = checked.articles.by_source.get(evidence.source)
        if article is not None and evidence.address in article.sentences:
            out.append(f"             “{article.sentences[evidence.address].text}”")
        if evidence.note is not None:
            out.append(f"             note: {evidence.note.text}")
        out += _list_state(evidence.state, words, " " * 13)
    out += [f"  inferred   {inference.text}" for inference in claim.inferred]
    if claim.note is not None:
        out.append(f"  note       {claim.note.text}")
    decided = find_decision(claim, find_decisions(checked.seeds))
    if decided is not None:
        text = describe_decision(decided.decision).removeprefix("decided ")
        out.append(f"  decided    {text}" + (f"   ({decided.owner.id})" if decided.owner is not claim else ""))
    out += [f"  unlike     {unlike.claim} (in {unlike.difference})" for unlike in claim.unlike]
    out += [f"  compatible {ref.id}" for ref in claim.compatible]
    return "\n".join(out) + "\n"


def _list_state(state: State, words: Words, margin: str) -> list[str]:
    """Who proposed something, and who has reviewed it, a line each."""
    if state.proposed is None and state.reviewed is None and not state.is_draft:
        return []
    lines = [f"{margin}proposed   by {words.proposal(state.proposed)}"] if state.proposed is not None else []
    done = f"by {words.review(state.reviewed)}" if state.reviewed is not None else "by nobody"
    if state.is_draft:
        done = "no: it is a draft"
    return [*lines, f"{margin}reviewed   {done}"]


def describe_source(source: Source, words: Words) -> str:
    """Title, publisher and date; what is unknown is said to be unknown."""
    publisher = words.entity(source.publisher.text) if source.publisher else "publisher unknown"
    date = source.published.text if source.published else "date unknown"
    inferred = " (inferred)" if source.inferred is not None else ""
    if source.time is not None:
        date = f"{date} {source.time.text}"
    return f"{source.title.text if source.title else source.id}, {publisher}, {date}{inferred}"
