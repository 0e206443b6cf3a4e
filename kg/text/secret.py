"""Passwords, starred out wherever a text is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

KEYS = frozenset({"password", "passwd", "pwd"})
YAML_ENDINGS = (".yaml", ".yml", ".yarrrml")

# where a password begins, and how it ends: in a URL, in quotes, in a query, in YAML's flow and block style
_SECRET = re.compile(
    r"""://[^\s/:@"'<>]*:(?P<url>[^\s"'<>]+)@
    |\b(?:postgres(?:ql)?|mysql|mariadb|sqlserver|mssql|oracle|jdbc(?::\w+)?)(?:\+\w+)?:/{0,3}(?!/)
      [^\s/:@"'<>]*[:/](?P<dsn>[^\s"'<>]+)@   # malformed ones too
    |\b(?:password|passwd|pwd)\b(?:
      (?:["']?[ \t]*[:=][ \t]*|\s+)(?:(?P<long>\"\"\"|''')(?P<lines>(?s:.*?))(?:(?P=long)|\Z)
                                   |(?P<quote>["']+)(?P<quoted>(?:\\.|[^\\\n]|\\$)*?)(?:(?P=quote)|$))
      |=(?P<query>[^&;\s"'<>]+)
      |["']?[ \t]*:[ \t]+(?![|>][-+0-9]*[ \t\r]*$)(?P<plain>\S.*)$)""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_GROUPS = ("url", "dsn", "lines", "quoted", "query", "plain")
_NEXT_KEY = re.compile(r""",\s*["']?[\w-]+["']?\s*:(?:\s|$)|\}""")  # what ends a plain value in `{...}`
_KEY_IN_YAML = r"\b(?:password|passwd|pwd)\b[\"']?\s*:\s"
_PERHAPS = re.compile("password|passwd|pwd|:[^\\s]*@", re.IGNORECASE)


def hide_secrets(text: str, name: str = "") -> str:
    """A text with `*` for each character of a password, so that nothing moves; *name* tells YAML by its ending.

    >>> hide_secrets('access: "jdbc:mysql://me:secret@host/db"  # password: 123')
    'access: "jdbc:mysql://me:******@host/db"  # password: ***'
    >>> print(hide_secrets(r'd2rq:password "a\\"b" .'))
    d2rq:password "****" .
    >>> hide_secrets("dsn: postgresql:me:secret@host")
    'dsn: postgresql:me:******@host'
    >>> hide_secrets("{username: me, password: secret, type: mysql}")
    '{username: me, password: ******, type: mysql}'
    >>> print(hide_secrets("password: |\\n  secret\\ntype: mysql", "m.yaml"))
    password: |
      ******
    type: mysql
    """
    if not _PERHAPS.search(text):
        return text
    if name.lower().endswith(YAML_ENDINGS):
        for start, end in find_in_yaml(text):
            text = star(text, start, end)
    for match in _SECRET.finditer(text):
        start, end = next(match.span(group) for group in _GROUPS if match[group] is not None)
        line = text[text.rfind("\n", 0, start) + 1 : start]
        if match["plain"] is not None and "{" in line:  # flow style
            following = _NEXT_KEY.search(match["plain"])
            end = start + following.start() if following else end
        text = star(text, start, end)
    return text


def star(text: str, start: int, end: int) -> str:
    """The text with stars from *start* to *end*; lines stay, and so does their indentation."""
    stars = re.sub(r"(?m)(^[ \t]+)|[^\r\n]", lambda found: found[1] or "*", text[start:end])
    return text[:start] + stars + text[end:]


def find_in_yaml(text: str) -> Iterator[tuple[int, int]]:
    """Where the values of passwords stand in a YAML text, in whatever style, over however many lines.

    Behind a mistake nobody knows what ends a value: there all is taken for one, from the first password on.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    anchors: dict[str, tuple[int, int]] = {}
    key, value, read = False, False, 0  # whether the last event was a password's key or value, and where it ended
    whole = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is for another to tell
    try:
        for event in yaml.parse(whole, Loader=loader):
            read, value = index_of(event.end_mark), key
            if isinstance(event, yaml.ScalarEvent):
                span = span_of_value(text, event)
                anchors[event.anchor or ""] = span
                if key:
                    yield span
                key = not key and event.value.lower() in KEYS
            else:
                if key and isinstance(event, yaml.AliasEvent) and event.anchor in anchors:
                    yield anchors[event.anchor]
                key = False
    except yaml.YAMLError:
        start = "" if value else r"\s*[\"']?\s*:" if key else _KEY_IN_YAML
        begun = re.compile(start, re.IGNORECASE).search(text, read)
        if begun is not None:
            yield begun.end(), len(text)


def index_of(mark: Any) -> int:
    """The place of PyYAML's mark in the text."""
    return int(mark.index)


def span_of_value(text: str, event: Any) -> tuple[int, int]:
    """Where the text of a scalar stands: between its quotes, or below the head of a block."""
    start, end = index_of(event.start_mark), index_of(event.end_mark)
    if event.style in {"|", ">"}:
        return text.find("\n", start, end) + 1 or end, end
    if event.style in {"'", '"'}:
        return text.index(event.style, start) + 1, end - 1  # behind an anchor or a tag
    return start, end
