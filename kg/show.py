"""A person's view in plain text: `kg show`, `kg why`, `kg disputes`, `kg coverage`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kg.articles import Article, Articles
from kg.coverage import Coverage, Status, measure_coverage
from kg.decision import Decided, find_decision, find_decisions, matter_of
from kg.describe import Words
from kg.diagnostic import UsageError, did_you_mean, display_width, make_visible
from kg.direct import explain_absence, judge_claims
from kg.dispute import Comparison, Outcome
from kg.language import choose_text
from kg.model import Claim, Decision, Entity, Evidence, Mode, NameKind, Seeds, Source
from kg.ontology.vocabulary import local_name
from kg.pipeline import Checked
from kg.reading.sources import address_key
from kg.stated import Contradiction
from kg.values import Date, EntityRef

_GROUPS = (
    ("Facts", {Mode.FACT}),
    ("Planned, targeted, promised, hoped for, forecast",
     {Mode.PLAN, Mode.TARGET, Mode.PROMISE, Mode.ASPIRATION, Mode.FORECAST}),
    ("Opinions and marketing", {Mode.OPINION, Mode.MARKETING}),
    ("Questions asked", {Mode.QUESTION}),
)  # fmt: skip


def find_entity(seeds: Seeds, text: str) -> Entity:
    """The entity with this key, or with this name in any language. Raises UsageError when there is none."""
    key = text.removeprefix("e:")
    if key in seeds.entity_by_key:
        return seeds.entity_by_key[key]
    folded = text.casefold()
    named = [e for e in seeds.entities if any(n.text.casefold() == folded for n in e.names)]
    if len(named) == 1:
        return named[0]
    if named:
        raise UsageError(f"`{text}` names {', '.join(e.key for e in named)}: give one of these keys")
    now = next((e.key for e in seeds.entities if key in {ref.text for ref in e.replaces}), None)
    if now is not None:
        raise UsageError(f"no entity `{text}`: it is `{now}` now")
    names = {n.text for e in seeds.entities for n in e.names} | set(seeds.entity_by_key) | set(seeds.source_by_id)
    raise UsageError(f"no entity `{text}`: " + (did_you_mean(text, names) or "`kg show` lists all entities"))


def show_entities(checked: Checked, lang: str) -> str:
    """All entities by class, with the number of claims that speak of each, and of those that it makes."""
    words = checked.story.words(lang)
    counts: dict[str, int] = {}
    says: dict[str, int] = {}
    for claim in checked.seeds.claims:
        for key in {claim.subject.text, *([claim.object.key] if isinstance(claim.object, EntityRef) else [])}:
            counts[key] = counts.get(key, 0) + 1
        for key in {speaker.text for speaker in claim.speakers}:
            says[key] = says.get(key, 0) + 1
    out = []
    by_class: dict[str, list[Entity]] = {}
    for entity in checked.seeds.entities:
        by_class.setdefault(entity.classes[0].text if entity.classes else "?", []).append(entity)
    for name, entities in sorted(by_class.items()):
        out.append(name)
        rows = [(e.key, words.entity(e.key), _count(counts.get(e.key, 0), says.get(e.key, 0))) for e in entities]
        out += [f"  {line}" for line in align(rows)]
    return "\n".join(out) + "\n"


def _count(about: int, by: int) -> str:
    """`18 claims, says 62`."""
    spoken_of = f"{about} claim{'' if about == 1 else 's'}"
    return f"says {by}" if by and not about else f"{spoken_of}, says {by}" if by else spoken_of


def show_entity(checked: Checked, key: str, lang: str) -> str:
    """Names, facts, then what is planned, promised, said of an entity, each with source and place.

    What is no entity of the seeds is shown where files of RDF speak of it. Raises UsageError where none do.
    """
    seeds = checked.seeds
    try:
        entity = find_entity(seeds, key)
    except UsageError:
        stated = _list_stated(checked, key)
        if not stated:
            source, day = key.removeprefix("s:"), seeds.dataset.known_by
            if day is not None and source in checked.read.reading.seeds.source_by_id:
                raise UsageError(f"the source `{source}` was not known by {day.text}: it was published later") from None
            raise
        return "\n".join([f"{key}   (of files of RDF)", "", "From RDF files", *stated]) + "\n"
    words = checked.story.words(lang)
    labels = list(dict.fromkeys(n.text for n in entity.names if n.kind is NameKind.LABEL))
    out = [f"{'  '.join(labels)}   ({', '.join(r.text for r in entity.classes)}, {entity.key})"]
    out += [f"  {t.text}" for t in entity.description if t.lang == lang] or [
        f"  {t.text}" for t in entity.description[:1]
    ]
    names = [n for n in entity.names if n.kind is not NameKind.LABEL]
    if names:
        out += ["", "Names"]
        rows = [(n.text, n.kind.value, n.lang, ", ".join(p.text for p in n.places)) for n in names]
        out += [f"  {line}" for line in align(rows)]
    if entity.when is not None:
        out += ["", f"When  {entity.when.text}"]
    if entity.note is not None:
        out += ["", f"Note  {entity.note.text}"]
    about = [c for c in seeds.claims if _speaks_of(c, entity.key)]
    ids = {claim.id for claim in about}
    said = [c for c in seeds.claims if any(s.text == entity.key for s in c.speakers) and c.id not in ids]
    matters = frozenset(matter_of(claim) for claim in (*about, *said))
    verdicts = judge_claims(seeds, checked.vocabulary, matters)
    direct = {verdict.claim.id for verdict in verdicts if verdict.triples}
    for title, modes in _GROUPS:
        claims = [c for c in about if c.mode in modes]
        if claims:
            out += ["", title, *_claim_lines(claims, words, direct)]
    if checked.tables:
        from kg.rows import list_mapped

        mapped = list(list_mapped(checked, entity.key))
        out += ["", "From tables", *mapped] if mapped else []
    stated = _list_stated(checked, entity.key)
    out += ["", "From RDF files", *stated] if stated else []
    if said:
        out += ["", f"Said by {words.entity(entity.key)} of others", *_claim_lines(said, words, direct)]
    conflicts = [c for c in checked.story.comparisons if c.relation is Outcome.CONFLICT]
    conflicts = [c for c in conflicts if any(claim.id in ids for claim in c.claims)]
    if conflicts:
        out += ["", "Disputed", *(f"  {' ↯ '.join(claim.id for claim in c.claims)}: {c.reason}" for c in conflicts)]
    contradicted = [c for c in checked.story.contradictions if c.subject == entity.key]
    out += _contradiction_lines(checked, contradicted, lang)
    return "\n".join(out) + "\n"


def _list_stated(checked: Checked, thing: str) -> list[str]:
    """What files of RDF state of a thing, a line each."""
    if not checked.story.rdf:
        return []
    from kg.statedwords import list_stated  # rarely asked for, and what it reads takes time to load

    return list_stated(checked, thing)


def _find_stated(checked: Checked, subject: str, predicate: str, value: str) -> list[str]:
    """The statements of files of RDF that fit, a text each."""
    if not checked.story.rdf:
        return []
    from kg.statedwords import show_stated

    return list(show_stated(checked, subject, predicate, value))


def _contradiction_lines(checked: Checked, found: Sequence[Contradiction], lang: str) -> list[str]:
    """Where files of RDF contradict facts, or each other, under a heading of their own."""
    if not found:
        return []
    from kg.statedwords import write_contradiction

    lines = [line for one in found for line in write_contradiction(one, checked, lang)]
    return ["", f"Contradicted by RDF files ({len(found)})", *lines]


def _speaks_of(claim: Claim, key: str) -> bool:
    return claim.subject.text == key or (isinstance(claim.object, EntityRef) and claim.object.key == key)


def _claim_lines(claims: Iterable[Claim], words: Words, direct: set[str]) -> Iterator[str]:
    for claim in sorted(claims, key=lambda c: (c.predicate.text, c.id)):
        qualifiers = words.qualifiers(claim)
        star = "•" if claim.id in direct else "◦"
        yield f"  {star} {words.statement(claim)}" + (f"   ({qualifiers})" if qualifiers else "")
        for evidence in claim.evidence:
            yield f"      {words.speakers(claim)} — {words.evidence(evidence)}"
        for inference in claim.inferred:
            yield f"      inferred {inference.text}" if inference.key else f"      inferred: {inference.text}"
        if claim.note is not None:
            yield f"      note: {claim.note.text}"
        if claim.decided is not None:
            yield f"      {describe_decision(claim.decided)}"


def describe_decision(decision: Decision) -> str:
    """For which claims the curator decided, and why: `decided for eqo.a and eqo.b: counted anew`."""
    return f"decided for {' and '.join(ref.id for ref in decision.chosen)}: {decision.because.text}"


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


def describe_source(source: Source, words: Words) -> str:
    """Title, publisher and date; what is unknown is said to be unknown."""
    publisher = words.entity(source.publisher.text) if source.publisher else "publisher unknown"
    date = source.published.text if source.published else "date unknown"
    inferred = " (inferred)" if source.inferred is not None else ""
    if source.time is not None:
        date = f"{date} {source.time.text}"
    return f"{source.title.text if source.title else source.id}, {publisher}, {date}{inferred}"


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
                if stated := [*_find_stated(checked, terms[0], "_", "_"), *_find_stated(checked, "_", "_", terms[0])]:
                    return "\n".join(dict.fromkeys(stated))
                ids = {c.id for c in seeds.claims} | {e.key for e in seeds.entities}
                later = sorted(c.id for c in checked.read.reading.seeds.claims if id_ in (c.id, c.id.partition(".")[2]))
                if later and seeds.dataset.known_by is not None:
                    day = seeds.dataset.known_by.text
                    raise UsageError(f"`{later[0]}` was not known by {day}: no source had said it") from None
                hint = did_you_mean(id_, ids) or "give an entity, a claim, or a triple S P O"
                raise UsageError(f"no entity and no claim `{terms[0]}`: {hint}") from None
            matches = [c for c in seeds.claims if _speaks_of(c, entity.key)]
            head = f"{checked.story.words(lang).entity(entity.key)} is declared in {entity.mark}\n"
            texts = [head, *(show_claim(checked, c, lang) for c in matches)]
            if checked.tables:
                from kg.rows import show_rows

                texts += show_rows(checked, entity.key, "_", "_", lang=lang)
            texts += [*_find_stated(checked, entity.key, "_", "_"), *_find_stated(checked, "_", "_", entity.key)]
            return "\n".join(texts)
        return "\n".join(show_claim(checked, c, lang) for c in matches)
    if len(terms) != 3:
        raise UsageError("give an entity, a claim, or the three terms of a triple")
    matches = find_claims(checked, *terms)
    found = [show_claim(checked, c, lang) for c in matches]
    if checked.tables:
        from kg.rows import show_rows

        found += show_rows(checked, *terms, lang=lang)
    found += _find_stated(checked, *terms)
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


def show_disputes(checked: Checked, lang: str) -> str:
    """Open questions with the answers by speaker, then conflicts, developments, differences of kind and measure."""
    words, comparisons, questions = checked.story.words(lang), checked.story.comparisons, checked.story.open_questions
    decisions = find_decisions(checked.seeds)
    conflicting = {claim.id for c in comparisons if c.relation is Outcome.CONFLICT for claim in c.claims}
    out: list[str] = []
    if questions:
        out.append("Different answers")
    for question in questions:
        template = choose_text(lang, question.prop.questions) or question.prop.name
        subject = words.entity(question.subject)
        text = template.replace("{s}", subject).replace("{o}", words.entity(question.object or ""))
        out.append(f"  {text}")
        rows = []
        for claim in question.claims:
            answer = words.time(claim) if question.about_time else words.object(claim)
            if claim.negated:
                answer = f"not {answer}".rstrip()
            answer = answer or "at a time not said"
            is_date = isinstance(claim.object, Date)  # it says the time itself
            if not question.about_time and not is_date and (time := words.time(claim)):
                answer = f"{answer}   ({time})"
            mark = "↯" if claim.id in conflicting else " "
            places = ", ".join(e.sentence for e in claim.evidence)
            rows.append((mark, answer, claim.mode.value, words.speakers(claim), places))
        out += [f"    {line}" for line in align(rows)]
    titles = {
        Outcome.CONFLICT: "Conflicts",
        Outcome.DEVELOPMENT: "Developments",
        Outcome.KIND: "Differences of kind",
        Outcome.MEASURE: "Differences of measure",
        Outcome.COMPATIBLE: "Declared compatible",
    }
    for relation, title in titles.items():
        chosen = [c for c in comparisons if c.relation is relation]
        if chosen:
            out += ["", f"{title} ({len(chosen)})"]
            for comparison in chosen:
                out += _comparison_lines(comparison, words, find_decision(comparison.claims[-1], decisions))
    out += _contradiction_lines(checked, checked.story.contradictions, lang)
    return "\n".join(out or ["Nothing is disputed."]) + "\n"


def _comparison_lines(comparison: Comparison, words: Words, decided: Decided | None) -> Iterator[str]:
    says_so = comparison.reason.startswith("declared")
    yield f"  {comparison.reason}" + ("" if says_so else f"   ({'declared' if comparison.declared else 'computed'})")
    for claim in comparison.claims:
        qualifiers = words.qualifiers(claim)
        text = words.statement(claim) + (f"   ({qualifiers})" if qualifiers else "")
        yield f"    {claim.id}   {text} — {words.speakers(claim)}"
    if decided is not None and comparison.relation is Outcome.CONFLICT:
        yield f"    {describe_decision(decided.decision)}"


def show_coverage(coverage: Coverage, *, every_sentence: bool, articles: Articles | None = None) -> str:
    """Per source and paragraph: sentences claimed, set aside and to do, and the figures accounted for.

    Under each sentence that is listed stands the sentence itself, where *articles* has it.
    """
    out: list[str] = []
    sources = dict.fromkeys(s.source for s in coverage.sentences)
    for source in sources:
        sentences = [s for s in coverage.sentences if s.source == source]
        part = Coverage(sentences=tuple(sentences), uncounted=())
        done, total = part.figures
        out.append(
            f"{source}: {len(sentences)} sentences, {part.count(Status.CLAIMED)} claimed, "
            f"{part.count(Status.SKIPPED)} set aside, {part.count(Status.TODO)} to do; "
            f"{done} of {total} figures accounted for"
        )
        paragraphs: dict[str, list[str]] = {}
        signs = {Status.CLAIMED: "█", Status.SKIPPED: "░", Status.TODO: "·"}
        for s in sentences:
            sign = "▓" if s.figures_todo and s.status is Status.CLAIMED else signs[s.status]
            paragraphs.setdefault(s.address.partition("s")[0], []).append(sign)
        out.append("  " + "  ".join(f"{p} {''.join(row)}" for p, row in paragraphs.items()))
        rows, texts = [], []
        article = articles.by_source.get(source) if articles else None
        for s in sentences:
            if every_sentence or s.status is Status.TODO or s.figures_todo:
                texts.append(_quote_sentence(article, s.address, " " * 6))
                claims = ", ".join(c.partition(".")[2] for c in s.claims) or s.reason or ""
                figures = f"figures to do: {' '.join(s.figures_todo)}" if s.figures_todo else ""
                rows.append((s.address, s.status.value, figures, claims))
        for line, text in zip(align(rows), texts, strict=True):
            out += [f"  {line}", *text]
    out += [f"{source}: neither outline nor text, so nothing can be counted" for source in coverage.uncounted]
    out.append(f"coverage: {coverage.percent:.0f} %")
    return "\n".join(out) + "\n"


def _quote_sentence(article: Article | None, address: str, indent: str) -> list[str]:
    """The sentence at an address as a line, where its text is at hand."""
    if article is None or address not in article.sentences:
        return []
    return [f"{indent}“{' '.join(article.sentences[address].text.split())}”"]


def show_source(checked: Checked, source: Source, lang: str) -> str:
    """What a source is, how far it is covered, and what is claimed in each of its sentences, in their order.

    The sentences themselves are shown where the text is at hand.
    """
    words = checked.story.words(lang)
    title, classes = source.title.text if source.title else source.id, [ref.text for ref in source.classes]
    out = [f"{title}   ({', '.join(classes or ['source'])}, {source.id})"]
    authors = ", ".join(words.entity(ref.text) for ref in source.authors) or "unknown"
    publisher = words.entity(source.publisher.text) if source.publisher else "unknown"
    out += [f"  publisher  {publisher}", f"  author     {authors}"]
    published = source.published.text if source.published else "unknown"
    published += f" {source.time.text}" if source.time else ""
    out.append(f"  published  {published}" + (f" (inferred: {source.inferred})" if source.inferred is not None else ""))
    out += [f"  section    {source.section.text}"] if source.section else []
    out += [f"  language   {source.lang}"]
    out += [f"  address    {source.url.text}"] if source.url else []
    out += [f"  note       {source.note.text}"] if source.note else []
    article = checked.articles.by_source.get(source.id)
    out.append(f"  text       {'at hand' if article else 'not at hand'}")
    coverage = measure_coverage(checked.seeds, checked.vocabulary, checked.articles, source.id)
    out += ["", show_coverage(coverage, every_sentence=False).rstrip("\n")]
    direct = {triple.claim.id for triple in checked.story.direct_triples}
    said: dict[str, list[tuple[Evidence, Claim]]] = {}
    for evidence, claim in checked.seeds.evidence_by_source.get(source.id, ()):
        said.setdefault(evidence.address, []).append((evidence, claim))
    by_address = {s.address: s for s in coverage.sentences}
    for address in sorted({*said, *by_address}, key=address_key):
        sentence = by_address.get(address)
        state = "" if sentence is None or sentence.status is Status.CLAIMED else f"   {sentence.status.value}"
        reason = f": {sentence.reason}" if sentence and sentence.reason else ""
        out += ["", f"{address}{state}{reason}", *_quote_sentence(article, address, "  ")]
        for evidence, claim in said.get(address, ()):
            qualifiers = words.qualifiers(claim)
            star = "•" if claim.id in direct else "◦"
            again = "   (again)" if evidence is not claim.evidence[0] else ""
            out.append(f"  {star} {claim.id}   {words.statement(claim)}" + (f"   ({qualifiers})" if qualifiers else ""))
            out.append(f"      {words.speakers(claim)} — {words.evidence(evidence)}{again}")
    return "\n".join(out) + "\n"


def align(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Rows as lines with aligned columns, by display width.

    >>> align([("雷军", "a"), ("x", "b")])
    ['雷军  a', 'x     b']
    """
    table = [tuple(map(make_visible, row)) for row in rows]
    if not table:
        return []
    widths = [max(display_width(row[i]) for row in table) for i in range(len(table[0]))]
    lines = []
    for row in table:
        cells = [cell + " " * (width - display_width(cell)) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return lines
