"""What is wrong with a YAML text, in our words, at the place of the cause rather than of its discovery."""

from __future__ import annotations

import re

import yaml

from kg.text.diagnostic import Diagnostic, Mark, Related, SourceText, mark_at, mark_of_file
from kg.text.lookalike import SPACES, explain_lookalike, name_character

# YAML 1.1 ends a line at these, YAML 1.2 and every editor do not: lines would be counted differently.
_BAD_CHARACTER = re.compile("[\ud800-\udfff\x85\u2028\u2029]|\r(?!\n)")

# The library's words; `tests/test_foreign.py` pins them, with the version in which they were seen.
_PROBLEMS = {
    "found character that cannot start any token": "a character that cannot begin a value",
    "mapping values are not allowed in this context": "a `:` where no key can stand",
    "did not find expected ',' or '}'": "expected `,` or `}`",
    "did not find expected ',' or ']'": "expected `,` or `]`",
    "did not find expected key": "expected a key",
    "could not find expected ':'": "expected `:` after the key",
    "did not find expected node content": "expected a value",
    "did not find expected comment or line break": "a block text begins on the next line",
    "did not find expected alphabetic or numeric character": "a name is missing",
    "did not find expected '-' indicator": "expected `-`: an item of the list",
    "did not find expected <document start>": "expected the end of the file",
    "found a tab character that violates indentation": "a tab in the indentation",
    "found unknown escape character": "an escape that YAML does not know",
    "found invalid Unicode character escape code": "an escape that stands for no character",
    "did not find expected hexdecimal number": "an escape that lacks hexadecimal digits",
}
_CONTEXTS = {
    "while parsing a flow mapping": "the `{` opens here",
    "while parsing a flow sequence": "the `[` opens here",
    "while parsing a quoted scalar": "the quote opens here",
    "while scanning a quoted scalar": "the quote opens here",
    "while parsing a block mapping": "the mapping begins here",
    "while parsing a block collection": "the list begins here",
}


# Where a look-alike stands in the place of a sign of YAML; quoted texts and comments are blanked out before. It is
# compiled where a text that is not ASCII has a mistake, since that takes longer than the rest of this module.
_KEY = r"[A-Za-z0-9_.-]+(?:[ ][0-9a-f]{8})?"
_DISGUISED = rf"""(?x)^[ \t]*(?P<indent>{SPACES})
    |(?:^[ \t]*(?:-[ ])?|[{{,][ \t]*){_KEY}[ \t]*(?P<colon>：)
    |(?P<comma>[，、；])\s*{_KEY}[ \t]*[:：]
    |(?:^[ \t]*(?:-[ ])?|[{{,][ \t]*){_KEY}:(?P<space>{SPACES})
    |:[ ]*(?P<open>[｛［])
    |[:：,{{\[]\s*(?P<quote>[“”„«»「『‘])
    |[}}\]](?P<after>[。；，、．])
    |(?P<close>[｝］])\s*$"""
_QUOTED_OR_COMMENT = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^']|\'\')*'|(?:^|(?<=[ \t]))\#.*""")


def find_disguised(source: SourceText, line: int, start: int = 1, end: int | None = None) -> Diagnostic | None:
    """A character in a line that looks like a sign of YAML in its place, and is another; columns from *start* to *end*.

    >>> find_disguised(SourceText("a.yaml", "source： post"), 1).message
    '`：` (U+FF1A, fullwidth colon) is not `:`'
    """
    text = source.lines[line - 1]
    if text.isascii():
        return None
    bare = _QUOTED_OR_COMMENT.sub(lambda found: "x" * len(found[0]), text)
    for found in re.finditer(_DISGUISED, bare):
        kind = str(found.lastgroup)
        at = found.start(kind)
        if at + 1 < start or (end is not None and at + 1 >= end):
            continue
        message, hint = explain_lookalike(found[kind])
        if kind == "indent":
            message, hint = f"{name_character(found[kind])} in the indentation", "indent with plain spaces"
        elif kind == "after":
            message, hint = f"{name_character(found[kind])} after the end of the brackets", "take it away"
        elif kind == "colon":
            hint = "write `: `, a colon and a space"
        mark = Mark(source=source, line=line, column=at + 1, end_line=line, end_column=at + 2)
        return Diagnostic(code="yaml-syntax", mark=mark, message=message, hint=hint)
    return None


def _find_disguised_before(source: SourceText, here: Mark, start: Mark | None) -> Diagnostic | None:
    """A disguised character in the line of a mistake or in one before: a line that went wrong is told at the next."""
    lines = [n for n in range(here.line, max(0, here.line - 6), -1) if source.lines[n - 1].strip()][:3]
    lines += [start.line] if start is not None and start.line not in lines else []
    return next(filter(None, (find_disguised(source, line) for line in lines)), None)


def _find_comment(start: Mark, here: Mark) -> Mark | None:
    """The comment that cuts off a line of what was opened at *start*."""
    closer = "}" if start.excerpt == "{" else "]"
    for line in range(start.line, min(here.line, start.line + 20) + 1):
        text = start.source.lines[line - 1]
        ahead = start.column if line == start.line else 0
        for found in _QUOTED_OR_COMMENT.finditer(text, ahead):
            if found[0].startswith("#") and closer in found[0]:
                at = found.start() + 1
                return Mark(source=start.source, line=line, column=at, end_line=line, end_column=at + 1)
    return None


def find_bad_character(source: SourceText) -> Diagnostic | None:
    """The first character that no two readers take alike: half a surrogate pair, a rare line end."""
    found = _BAD_CHARACTER.search(source.text)
    if found is None:
        return None
    mark = mark_at(source, found.start(), found.end())
    if found[0] == "\r":
        hint = "save the file with LF or CR LF at the ends of lines"
        return Diagnostic(code="encoding", mark=mark, message="a carriage return alone is no line end", hint=hint)
    if "\ud800" <= found[0] <= "\udfff":
        return Diagnostic(code="encoding", mark=mark, message="half of a surrogate pair", hint="leave it out")
    message = f"the character U+{ord(found[0]):04X} ends a line for some readers and not for others"
    hint = f'leave it out, or write it as an escape in double quotes ("\\u{ord(found[0]):04x}")'
    return Diagnostic(code="encoding", mark=mark, message=message, hint=hint)


def explain_yaml_error(source: SourceText, error: yaml.YAMLError) -> Diagnostic:
    """A YAML library's complaint in our words."""
    if isinstance(error, yaml.reader.ReaderError):
        return _explain_character(source, error)
    place = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or error)
    if place is None:
        return Diagnostic(code="yaml-syntax", mark=mark_of_file(source), message=_plain_words(problem))
    here = _mark(source, place.line, place.column)
    context, begun = getattr(error, "context", None), getattr(error, "context_mark", None)
    start = _mark(source, begun.line, begun.column) if begun is not None else None
    disguised = _find_disguised_before(source, here, start)
    if disguised is not None:
        return disguised
    if "block sequence entries" in problem or (start is not None and start.excerpt == "-"):
        hint = "a list after a key is written `[a, b]`; a text that begins with `- ` needs quotes"
        place = start if start is not None and start.excerpt == "-" else here
        return Diagnostic(code="yaml-syntax", mark=place, message="a `-` where no list can stand", hint=hint)
    # The library puts the end of a text that lacks its last line end at the beginning of the line.
    if start is not None and (here.line, here.column) <= (start.line, start.column) and "flow" in str(context):
        return _tell_unclosed(start, here)
    if start is not None and start != here:
        cause = _find_cause(str(context), problem, start, here)
        if cause is not None:
            return cause
        if context in _CONTEXTS:
            related = (Related(mark=start, message=_CONTEXTS[context]),)
            return _diagnose(problem, here, *related)
    return _diagnose(problem, here)


def _diagnose(problem: str, mark: Mark, *related: Related) -> Diagnostic:
    return Diagnostic(
        code="yaml-syntax", mark=mark, message=_plain_words(problem), hint=_guess_cause(problem, mark), related=related
    )


def _explain_character(source: SourceText, error: yaml.reader.ReaderError) -> Diagnostic:
    """A character that YAML's grammar leaves out; the library tells its position only of some."""
    position = error.position if isinstance(error.position, int) else 0
    if "control" in str(error.reason):  # then the position counts bytes, as the library reads them
        position = len(source.text.encode("utf-8", "surrogatepass")[:position].decode("utf-8", "ignore"))
    elif isinstance(error.character, int):
        position = next((i for i, c in enumerate(source.text) if ord(c) == error.character), position)
    position = min(position, len(source.text))
    hint = 'write it as an escape in double quotes ("\\x07"), or leave it out'
    if source.text[position : position + 1] == "\0":
        hint = "is the file UTF-16? save it as UTF-8"
    mark = mark_at(source, position, position + 1)
    return Diagnostic(code="encoding", mark=mark, message="a character that YAML does not allow", hint=hint)


def _mark(source: SourceText, line: int, column: int) -> Mark:
    """The mark of one character; a line behind the text's end becomes its last one."""
    line = min(line, len(source.lines) - 1)
    return Mark(source=source, line=line + 1, column=column + 1, end_line=line + 1, end_column=column + 2)


def _line(mark: Mark) -> str:
    return mark.source.lines[mark.line - 1]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _find_cause(context: str, problem: str, start: Mark, here: Mark) -> Diagnostic | None:
    """What was opened and is not closed: it is told where it was opened."""
    sign = start.excerpt
    if "quoted scalar" in context and "unexpected end of stream" in problem:
        return Diagnostic(code="yaml-syntax", mark=start, message=f"the quote `{sign}` is not closed")
    if "block scalar" in context or "an alias" in context or "an anchor" in context:
        return _diagnose(problem, start)
    if "flow" in context and here.line > start.line:
        text = _line(here)
        ended = not text[here.column - 1 :].strip() and here.line == len(here.source.lines)
        if ended or _indent(text) <= _indent(_line(start)):
            return _tell_unclosed(start, here, () if ended else ("what stands here does not belong into it",))
    return None


def _tell_unclosed(start: Mark, here: Mark, noticed: tuple[str, ...] = ()) -> Diagnostic:
    """A bracket that is not closed; where a comment swallows its end, that is told."""
    comment = _find_comment(start, here)
    if comment is not None:
        message = f"a comment begins here, and the end of `{start.excerpt}` is in it"
        hint = "` #` begins a comment: put a text that holds it into quotes"
        related = (Related(mark=start, message="opened here"),)
        return Diagnostic(code="yaml-syntax", mark=comment, message=message, hint=hint, related=related)
    message = f"the bracket `{start.excerpt}` is not closed"
    seen = tuple(Related(mark=here, message=words) for words in noticed)
    return Diagnostic(code="yaml-syntax", mark=start, message=message, related=seen)


def _plain_words(problem: str) -> str:
    return _PROBLEMS.get(problem, problem[:1].lower() + problem[1:].rstrip("."))


def _guess_cause(problem: str, mark: Mark) -> str | None:
    line, column = _line(mark), mark.column - 1
    sign, before = line[column : column + 1], line[:column].rstrip()[-1:]
    if "\t" in line[: column + 1]:
        return "indent with spaces: YAML allows no tab here"
    if "mapping values" in problem:
        return "put a text that holds `: ` into quotes"
    if "expected ','" in problem and sign == ":":
        return "put a text that holds `: ` into quotes, or is a comma missing before the key?"
    if "escape" in problem:
        return "in double quotes a backslash begins an escape: write `\\\\`, or use single quotes"
    if before in {'"', "'"} and "expected" in problem:
        inside = '\\"' if before == '"' else "''"
        return f"the quoted text ends before this; a quote inside it is written `{inside}`"
    if sign == "`":
        return "a value that begins with a backtick needs quotes"
    if sign and sign in "@%*&!|>?":
        return f"a value that begins with `{sign}` needs quotes"
    if "node content" in problem and sign == ",":
        return "there is a comma too many"
    if "expected ','" in problem:
        return "is a comma missing, or a bracket not closed?"
    if "expected key" in problem and line[column:].strip() and _indent(line) == column:
        return "indent the line as its neighbours are"
    return None


def hint_at_lone_key(key: str, before: str | None) -> str:
    """What may have been meant by a key without a value inside `{...}`; *before* is the plain value before it.

    >>> hint_at_lone_key("600 order", "75")
    'write the number without separators: `75600 order`'
    >>> hint_at_lone_key("5 million EUR", "about 4")
    'a decimal point is a full stop: `about 4.5 million EUR`; put a text that holds a comma into quotes'
    >>> hint_at_lone_key("2020", "built in 2019")
    'a comma splits a plain value; put it into quotes: "built in 2019, 2020"'
    """
    name, colon, value = key.partition(":")
    if colon and value and name.isalpha() and name != "c":
        return f"a space belongs after the colon: `{name}: {value}`"
    if before is None and key.isdigit() and len(key) <= 3:
        return f"write numbers without separators (`{key}000`), or put a text that holds a comma into quotes"
    if before is None:
        return f"write `{key}: ...`, or put a text that holds a comma into quotes"
    if re.search(r"(?<![\d.])\d{1,3}$", before) and re.match(r"\d{3}(?!\d)", key):
        return f"write the number without separators: `{before}{key}`"
    if re.fullmatch(r"(?:[a-z ]+ )?-?\d+", before) and re.match(r"\d{1,2}(?!\d)", key):
        return f"a decimal point is a full stop: `{before}.{key}`; put a text that holds a comma into quotes"
    whole = f"{before}, {key}"
    quoted = "'" + whole.replace("'", "''") + "'" if '"' in whole or "\\" in whole else f'"{whole}"'
    return f"a comma splits a plain value; put it into quotes: {quoted}"
