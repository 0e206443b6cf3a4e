"""What rewriting a plan asks of the data, answered by the parts of tables.

What holds of every part holds of the whole, but for keys: the hashes of a table's keys meet in buckets. What only
makes a plan cheaper on one machine (`IsRepetitive`) is denied, and costs a DISTINCT that was not needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.tables.cluster.follow import finish, gather, submit
from kg.tables.cluster.jobs import BROADCAST, Reads, scan_part, tables_beside, walk_relation
from kg.tables.cluster.tasks import Answers, Asking, are_unique, ask_part, ask_whole, hash_keys, is_empty, take_piece
from kg.tables.cluster.work import Work
from kg.tables.plan.build import Plan
from kg.tables.plan.pattern import Check, QuadPattern
from kg.tables.plan.relation import Make, Relation, Scan
from kg.tables.rewrite import Query, Rewriting, find_questions, rewrite_patterns, simplify_plan
from kg.tables.rewrite.facts import Facts, IsEmpty, IsRepetitive, IsUnique, Question
from kg.tables.run.check import find_wrong, merge_wrong, report_wrong
from kg.tables.run.emptycells import ask_empty_cells, report_empty_cells
from kg.text.diagnostic import SourceText, mark_of_file

if TYPE_CHECKING:
    from distributed import Future


KEYS_IN_BUCKET = 16_000_000  # rows whose hashes are compared by one task


def check_parts(work: Work, plan: Plan) -> bool:
    """Note what is wrong with the data, and learn what rewriting asks first; returns whether a value is wrong."""
    run = work.run
    work.progress.begin("checking", sum(len(table.parts) for table in work.staged.values()))
    run.facts = run.facts.with_answers({name: table.rows for name, table in work.staged.items()}, {})
    empty = ask_empty_cells(run.document, run.tables)
    questions = find_questions(simplify_plan(plan).patterns, run.facts)
    here = list(dict.fromkeys(run.shelf.checks))  # of views, which this machine has read
    checks = dict(enumerate(plan.checks, len(here)))
    asked: dict[str, Asking] = {}
    for name in work.staged:
        asked[name] = Asking(
            checks={n: blank(c) for n, c in checks.items() if c.table.name == name and c.rows is None},
            empty=tuple(each.empty for each in empty.get(name, ())),
            questions=tuple(q for q in questions if name == getattr(q, "table", None) and by_rows(q)),
        )
    made = {
        check.table.name: Asking(checks={n: blank(c) for n, c in checks.items() if c.table == check.table})
        for check in plan.checks
        if check.table.name not in work.staged
    }
    joined: dict[str, Asking] = {}
    beside: dict[str, None] = {}
    for n, check in checks.items():
        names = scanned(check.rows) if check.rows is not None else ()
        if names and all(name in work.staged for name in names) and size_of(work, names) <= BROADCAST:
            known = joined.get(check.table.name, Asking()).checks
            joined[check.table.name] = Asking(checks={**known, n: blank(check)})
            beside |= dict.fromkeys(names)
    answers = ask_parts(work, {name: asking for name, asking in asked.items() if asking != Asking()})
    others = [ask_made(work, plan.makes, made, work.staged), ask_made(work, (), joined, beside)]
    found = [each.wrong for answered in (answers, *others) for parts in answered.values() for each in parts]
    wrong = merge_wrong([tuple(find_wrong(here, run.connection)), *found])
    run.findings.add(report_wrong([*here, *plan.checks], wrong, best_effort=run.settings.best_effort))
    for name, cells in empty.items():
        counts = [sum(each) for each in zip(*(a.empty for a in answers.get(name, ())), strict=True)]
        run.findings.add(report_empty_cells(cells, counts or [0] * len(cells)))
    for name, parts in answers.items():
        learn(work, asked[name].questions, parts)
    return any([*here, *plan.checks][each.place].is_strict for each in wrong)


def blank(check: Check) -> Check:
    """A check without its place in the mapping, whose text need not travel."""
    return replace(check, mark=mark_of_file(SourceText("", "")))


def scanned(rows: Relation) -> tuple[str, ...]:
    """The tables that a relation reads."""
    return tuple(dict.fromkeys(each.table for each in walk_relation(rows) if isinstance(each, Scan)))


def size_of(work: Work, names: Iterable[str]) -> int:
    """The bytes of some tables, packed."""
    return sum(work.staged[name].size for name in names)


def by_rows(question: Question) -> bool:
    """Whether what holds of every part of a table holds of the whole."""
    return not isinstance(question, IsUnique | IsRepetitive | IsEmpty)


def plan_patterns(work: Work, patterns: Sequence[QuadPattern]) -> tuple[Query, ...]:
    """Queries that together give each quad of the patterns once."""
    return ask_until_known(work, lambda facts: rewrite_patterns(patterns, facts))


def ask_until_known(work: Work, rewrite: Callable[[Facts], Rewriting]) -> tuple[Query, ...]:
    """The queries of a rewriting, once all that it asks of the data is answered."""
    while True:
        found = rewrite(work.run.facts)
        assert not found.makes
        if not found.questions and not found.uncounted:
            return found.queries
        answer_questions(work, found.questions, found.uncounted)


def answer_questions(work: Work, questions: Sequence[Question], uncounted: Sequence[str]) -> None:
    """Answer questions about the data; count the rows of tables that are made of others."""
    deny(work, (q for q in questions if isinstance(q, IsRepetitive)))
    rest = [q for q in questions if not isinstance(q, IsRepetitive)]
    empty = [q for q in rest if isinstance(q, IsEmpty)]
    own = [q for q in rest if not isinstance(q, IsEmpty) and q.table in work.staged]
    unique = [q for q in own if isinstance(q, IsUnique) and len(work.staged[q.table].parts) > 1]
    plain: dict[str, Asking] = {}
    for asked in own:
        if asked not in unique:
            known = plain.get(asked.table, Asking()).questions
            plain[asked.table] = Asking(questions=(*known, asked))
    for name, parts in ask_parts(work, plain).items():
        learn(work, plain[name].questions, parts)
    made: dict[str, Asking] = {name: Asking() for name in uncounted if name not in work.staged}
    for question in rest:
        if not isinstance(question, IsEmpty) and question.table not in work.staged:
            made[question.table] = Asking(questions=(*made.get(question.table, Asking()).questions, question))
    for name, parts in ask_made(work, work.run.plan.makes, made, work.staged).items():
        learn(work, made[name].questions, parts)
    compare_keys(work, unique)
    look_for_rows(work, empty)


def learn(work: Work, questions: Sequence[Question], parts: Iterable[Answers]) -> None:
    """What all parts say."""
    found = list(parts)
    answers = {q: all(a.answers[n] for a in found) for n, q in enumerate(questions)}
    work.run.facts = work.run.facts.with_answers({}, answers)


def deny(work: Work, questions: Iterable[Question]) -> None:
    """What is not known, and need not be."""
    work.run.facts = work.run.facts.with_answers({}, dict.fromkeys(questions, False))


def ask_parts(work: Work, asked: Mapping[str, Asking]) -> dict[str, list[Answers]]:
    """What the parts of each table answer, in their order."""
    futures: dict[tuple[str, int], Future] = {}
    for name, asking in asked.items():
        for part in range(len(work.staged[name].parts)):
            key = work.key("ask", name, part)
            futures[name, part] = submit(
                work.cluster.client, key, ask_part, work.common, work.tables, name, part, asking
            )
    answers = gather(work.cluster, futures)
    return {name: [answers[name, part] for part in range(len(work.staged[name].parts))] for name in asked}


def ask_made(
    work: Work, makes: Sequence[Make], asked: Mapping[str, Asking], beside: Iterable[str]
) -> dict[str, list[Answers]]:
    """What tables answer that are made of the rows of others, or looked at *beside* others: one task reads these."""
    if not asked:
        return {}
    future = submit(
        work.cluster.client, work.key("made"), ask_whole, work.common, work.tables, makes, asked, tuple(beside)
    )
    [found] = gather(work.cluster, {"made": future}).values()
    work.run.facts = work.run.facts.with_answers({name: count for name, (count, _) in found.items()}, {})
    return {name: [answers] for name, (_, answers) in found.items()}


def compare_keys(work: Work, questions: Sequence[IsUnique]) -> None:
    """Whether keys are unique: their hashes meet in buckets."""
    client = work.cluster.client
    checks: dict[tuple[IsUnique, int], Future] = {}
    hashed: dict[tuple[IsUnique, int], Future] = {}
    for question in questions:
        staged = work.staged[question.table]
        buckets = -(-staged.rows // KEYS_IN_BUCKET) or 1
        own = []
        for part in range(len(staged.parts)):
            key = work.key("hash", question.table, part)
            own.append(submit(client, key, hash_keys, work.common, work.tables, part, question, buckets))
            hashed[question, part] = own[-1]
        for number in range(buckets):
            pieces = [submit(client, work.key("take"), take_piece, each, number) for each in own]
            checks[question, number] = submit(client, work.key("unique", question.table), are_unique, *pieces)
    finish(work.cluster, hashed)
    found = gather(work.cluster, checks)
    answers: dict[Question, bool] = {q: all(found[key] for key in checks if key[0] == q) for q in questions}
    work.run.facts = work.run.facts.with_answers({}, answers)


def look_for_rows(work: Work, questions: Sequence[IsEmpty]) -> None:
    """Whether relations have no row; it is taken as denied where a great table would have to be read by every task."""
    futures: dict[tuple[IsEmpty, int], Future] = {}
    for question in questions:
        table = first_scan(question.rows)
        if table not in work.staged:
            continue
        for part in range(len(work.staged[table].parts)):
            relation = scan_part(question.rows, part)
            beside = tables_beside([relation])
            if any(name not in work.staged or work.staged[name].size > BROADCAST for name in beside):
                break
            reads = Reads(table=table, part=part, beside=beside)
            key = work.key("empty", table, part)
            futures[question, part] = submit(
                work.cluster.client, key, is_empty, work.common, work.tables, reads, relation
            )
    found = gather(work.cluster, futures)
    answers: dict[Question, bool] = dict.fromkeys(questions, False)
    for question in {key[0] for key in found}:
        answers[question] = all(found[key] for key in found if key[0] == question)
    work.run.facts = work.run.facts.with_answers({}, answers)


def first_scan(relation: Relation) -> str:
    """The table that the rows of a relation come of."""
    return next(each.table for each in walk_relation(relation) if isinstance(each, Scan))
