"""The table of tools: what each is for, the form of its arguments, and what it does."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kg.drafts.proposal
from kg.agent import asking, proposing, reading
from kg.agent.told import Told
from kg.agent.window import ToolRefusedError, Window
from kg.text.diagnostic import did_you_mean, list_known

LONGEST = 100_000  # characters of an argument

Schema = dict[str, Any]

_OFFSET: Schema = {
    "type": "integer", "minimum": 0, "default": 0, "description": "where to go on: `next_offset` of the page before",
}  # fmt: skip


def _text(description: str, **more: object) -> Schema:
    return {"type": "string", "description": description, **more}


def load_row_schema() -> Schema:
    """The JSON Schema of a proposal, as `kg import` documents it."""
    path = Path(kg.drafts.proposal.__file__).parent / "proposal.schema.json"
    schema: Schema = json.loads(path.read_text(encoding="utf-8"))
    return {key: value for key, value in schema.items() if key not in {"$schema", "$id"}}


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A tool: its *name*, what it is for, the JSON Schemas of its arguments, which of them must be there, what it does.

    Only one that *writes* changes a file.
    """

    name: str
    says: str
    arguments: Mapping[str, Schema]
    required: tuple[str, ...]
    run: Callable[..., Told]
    writes: bool = False

    @property
    def schema(self) -> Schema:
        """The JSON Schema of an object of its arguments."""
        return {
            "type": "object",
            "properties": dict(self.arguments),
            "required": list(self.required),
            "additionalProperties": False,
        }


TOOLS = (
    Tool(
        name="search", required=("text",), run=reading.search,
        says="Find entities, sources, claims, properties and classes by any name in any language; typos are met.",
        arguments={"text": _text("a name, or a part of one"),
                   "kind": _text("only these", enum=list(reading.KINDS)), "offset": _OFFSET},
    ),
    Tool(
        name="read_entity", required=("entity",), run=reading.read_entity,
        says="An entity with what is claimed of it: who says it, how it is meant (fact, promise ...), in which "
        "sentence of which source, in which words.",
        arguments={"entity": _text("its id, or any of its names"),
                   "said": {"type": "boolean", "description": "the claims that it makes of others, instead"},
                   "offset": _OFFSET},
    ),
    Tool(
        name="read_claim", required=("claim",), run=reading.read_claim,
        says="One claim with all its evidence, what it is compared with, and whether the graph states it itself.",
        arguments={"claim": _text("its id, such as eqo.orders")},
    ),
    Tool(
        name="read_source", required=("source",), run=reading.read_source,
        says="A source, sentence by sentence: what is claimed in each, what is to do, its words if they are at hand.",
        arguments={"source": _text("its id"), "offset": _OFFSET},
    ),
    Tool(
        name="list_questions", required=(), run=asking.list_questions,
        says="The questions that the project can answer, with their parameters.",
        arguments={"offset": _OFFSET},
    ),
    Tool(
        name="ask", required=("question",), run=asking.ask,
        says="The answer to one of the project's questions, with the claims that its rows name and their evidence.",
        arguments={"question": _text("its name"),
                   "parameters": {"type": "object", "additionalProperties": {"type": "string"},
                                  "description": "terms by name, such as {\"thing\": \"e:bridge\"}"},
                   "offset": _OFFSET},
    ),
    Tool(
        name="query", required=("sparql",), run=asking.query,
        says="A SPARQL 1.1 query (SELECT, ASK, CONSTRUCT, DESCRIBE) over the graph, within bounds of time, memory and "
        "size. Prefixes are known: e: entities, r: properties, c: claims, s: sources, kg:, prov:, skos: ... A claim is "
        "rdf:subject, rdf:predicate, rdf:object, kg:mode, prov:wasAttributedTo; select ?claim for its evidence.",
        arguments={"sparql": _text("the query"), "offset": _OFFSET},
    ),
    Tool(
        name="disputes", required=(), run=reading.list_disputes,
        says="Where claims conflict, develop or differ, and questions that speakers answer differently.",
        arguments={"entity": _text("only those about this entity"), "offset": _OFFSET},
    ),
    Tool(
        name="todo", required=(), run=reading.list_todo,
        says="What is to do: errors and warnings, sentences and figures that nobody has claimed, drafts to review.",
        arguments={"source": _text("only of this source"), "offset": _OFFSET},
    ),
    Tool(
        name="propose", required=("claims",), run=proposing.propose, writes=True,
        says="Propose claims. Each is judged against its sentence: new, same, conflict or rejected with the reason. "
        "What is accepted becomes a draft for a person to review; nothing else is ever written.",
        arguments={"claims": {"type": "array", "minItems": 1, "maxItems": proposing.MOST_ROWS,
                              "items": load_row_schema(), "description": "the claims"},
                   "by": _text("who proposes, as the drafts name it", minLength=1),
                   "tool": _text("with what they were made: a model, a program", minLength=1),
                   "dry_run": {"type": "boolean", "description": "judge only, write nothing"}},
    ),
)  # fmt: skip
"""All tools, in the order in which they are listed."""


def find_tool(name: str) -> Tool:
    """The tool of this name. Raises ToolRefusedError where there is none, with the nearest."""
    for tool in TOOLS:
        if tool.name == name:
            return tool
    names = [tool.name for tool in TOOLS]
    raise ToolRefusedError(f"no tool `{name}`", did_you_mean(name, names) or f"the tools are {list_known(names)}")


def run_tool(window: Window, name: str, arguments: Mapping[str, object]) -> Told:
    """What a tool tells. Raises ToolRefusedError where it, or an argument, is none."""
    tool = find_tool(name)
    check_arguments(tool, arguments)
    return tool.run(window, **arguments)


def check_arguments(tool: Tool, arguments: Mapping[str, object]) -> None:
    """Raises ToolRefusedError for the first argument that is not what the tool takes."""
    for key in arguments:
        if key not in tool.arguments:
            near = did_you_mean(key, tool.arguments) if len(key) > 2 else None  # `id` is no more than half of `said`
            hint = near or f"it takes {list_known(tool.arguments) or 'none'}"
            raise ToolRefusedError(f"`{tool.name}` has no argument `{key}`", hint)
    for key in tool.required:
        if key not in arguments:
            raise ToolRefusedError(f"`{tool.name}` needs the argument `{key}`", str(tool.arguments[key]["description"]))
    for key, value in arguments.items():
        _check_value(key, value, tool.arguments[key])


_TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
_NAMES = {"string": "a text", "integer": "a whole number", "boolean": "true or false", "array": "a list",
          "object": "an object"}  # fmt: skip


def _check_value(key: str, value: object, schema: Schema) -> None:
    wanted = _TYPES[schema["type"]]
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise ToolRefusedError(
            f"`{key}` is {_word_type(value)}", f"give {_NAMES[schema['type']]}: {schema['description']}"
        )
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise ToolRefusedError(f"`{key}` is longer than {LONGEST:,} characters", "give less at once")
        if "enum" in schema and value not in schema["enum"]:
            hint = did_you_mean(value, schema["enum"]) or f"known: {list_known(schema['enum'])}"
            raise ToolRefusedError(f"`{key}` is `{value}`", hint)
        if not value.strip() and (schema.get("minLength") or key in {"text", "entity", "claim", "source", "sparql"}):
            raise ToolRefusedError(f"`{key}` is empty", str(schema["description"]))
    if isinstance(value, int) and not isinstance(value, bool) and value < schema.get("minimum", value):
        raise ToolRefusedError(f"`{key}` is below {schema['minimum']}", str(schema["description"]))
    if isinstance(value, list) and not schema["minItems"] <= len(value) <= schema["maxItems"]:
        many = f"1 to {schema['maxItems']} at once"
        raise ToolRefusedError(f"`{key}` has {len(value)} items", f"give {many}, and the rest in another call")
    if isinstance(value, dict):
        for inner, text in value.items():
            if not isinstance(text, str):
                raise ToolRefusedError(
                    f"`{inner}` in `{key}` is {_word_type(text)}", 'write terms as texts: "e:bridge", "73.6"'
                )


def _word_type(value: object) -> str:
    names = {bool: "a truth", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}
    return names.get(type(value), "nothing")
