"""SPARQL text, looked at before it is run: bounds, bound parameters, and errors in few words.

The embedded store dies of a query that nests thousands deep, calls out for SERVICE, and lists every token
its grammar could accept; so a query is scanned first, and the parser's complaint is put into words.
"""

from __future__ import annotations

from kg.ask.sparql.dataset import NamedDataset, find_dataset, find_merge
from kg.ask.sparql.mistake import explain_refusal, explain_syntax_error, find_mistake
from kg.ask.sparql.parameters import bind_parameters, find_made, write_parameters
from kg.ask.sparql.text import (
    CALLS,
    DEEPEST,
    DIVIDERS,
    FORMS,
    LONGEST,
    MOST_PARTS,
    Token,
    ask_nothing,
    check_query,
    find_computed,
    find_glued_call,
    find_glued_name,
    find_graphs,
    find_iris,
    find_named,
    forbid_call,
    free_parameter,
    may_be_relative,
    resolve_names,
    scan_query,
)
from kg.ask.sparql.triples import PatternTriple, find_prologue, list_triples
from kg.ask.sparql.unbound import find_unbound

__all__ = [
    "CALLS",
    "DEEPEST",
    "DIVIDERS",
    "FORMS",
    "LONGEST",
    "MOST_PARTS",
    "NamedDataset",
    "PatternTriple",
    "Token",
    "ask_nothing",
    "bind_parameters",
    "check_query",
    "explain_refusal",
    "explain_syntax_error",
    "find_computed",
    "find_dataset",
    "find_glued_call",
    "find_glued_name",
    "find_graphs",
    "find_iris",
    "find_made",
    "find_merge",
    "find_mistake",
    "find_named",
    "find_prologue",
    "find_unbound",
    "forbid_call",
    "free_parameter",
    "list_triples",
    "may_be_relative",
    "resolve_names",
    "scan_query",
    "write_parameters",
]
