"""`kg show SOURCE` and `kg coverage`: what a source says, sentence by sentence."""

from __future__ import annotations

from kg.build.pipeline import Checked
from kg.graph.coverage import Coverage, Status, measure_coverage
from kg.model.nouns import Claim, Evidence, Source
from kg.reading.articles import Articles
from kg.reading.sources import address_key
from kg.show.parts import align, quote_sentence
from kg.text.plural import write_count


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
    published += f" (inferred: {source.inferred.text})" if source.inferred is not None else ""
    out.append(f"  published  {published}")
    out += [f"  section    {source.section.text}"] if source.section else []
    out += [f"  language   {source.lang}"]
    out += [f"  address    {source.url.text}"] if source.url else []
    out += [f"  note       {source.note.text}"] if source.note else []
    article = checked.articles.by_source.get(source.id)
    out.append(f"  text       {'at hand' if article else 'not at hand'}")
    coverage = measure_coverage(checked.seeds, checked.articles, source.id)
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
        out += ["", f"{address}{state}{reason}", *quote_sentence(article, address, "  ")]
        for evidence, claim in said.get(address, ()):
            qualifiers = words.qualifiers(claim)
            star = "•" if claim.id in direct else "◦"
            again = "   (again)" if evidence is not claim.evidence[0] else ""
            out.append(f"  {star} {claim.id}   {words.statement(claim)}" + (f"   ({qualifiers})" if qualifiers else ""))
            out.append(f"      {words.speakers(claim)} — {words.evidence(evidence)}{again}")
    return "\n".join(out) + "\n"


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
            f"{source}: {write_count(len(sentences), 'sentence')}, {part.count(Status.CLAIMED):,} claimed, "
            f"{part.count(Status.SKIPPED):,} set aside, {part.count(Status.TODO):,} to do; "
            f"{done:,} of {write_count(total, 'figure')} accounted for"
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
                texts.append(quote_sentence(article, s.address, " " * 6))
                claims = ", ".join(c.partition(".")[2] for c in s.claims) or s.reason or ""
                figures = f"figures to do: {' '.join(s.figures_todo)}" if s.figures_todo else ""
                rows.append((s.address, s.status.value, figures, claims))
        for line, text in zip(align(rows), texts, strict=True):
            out += [f"  {line}", *text]
    out += [f"{source}: neither outline nor text, so nothing can be counted" for source in coverage.uncounted]
    out.append(f"coverage: {coverage.percent:.0f} %")
    return "\n".join(out) + "\n"
