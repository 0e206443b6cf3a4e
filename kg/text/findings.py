"""`Findings`: the one collector of mistakes, which every stage that reads or compiles tells what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.text.diagnostic import Diagnostic, Mark, Related, has_errors


@dataclass
class Findings:
    """The mistakes found so far, each once, in the order in which they were found.

    A reader that meets a mistake tells it here and goes on with what it can still use; whoever called the reader takes
    *diagnostics*. A rule that only looks yields its diagnostics, and the caller adds them.

    >>> from kg.text.diagnostic import SourceText, mark_of_file
    >>> findings = Findings()
    >>> findings.tell("unknown-entity", mark_of_file(SourceText("a.yaml", "")), "no entity `su77`", "is it `su7`?")
    >>> findings.has_errors, [d.message for d in findings]
    (True, ['no entity `su77`'])
    """

    found: dict[Diagnostic, None] = field(default_factory=dict, repr=False)

    def tell(self, code: str, mark: Mark, message: str, hint: str | None = None, *related: Related) -> None:
        """Add one mistake. Raises KeyError for a *code* that `kg/text/codes/*.toml` does not describe."""
        self.found[Diagnostic(code=code, mark=mark, message=message, hint=hint, related=related)] = None

    def add(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add the mistakes that somebody else found."""
        self.found.update(dict.fromkeys(diagnostics))

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All mistakes that were found so far."""
        return tuple(self.found)

    @property
    def has_errors(self) -> bool:
        """Whether one of the mistakes is an error; an accepted warning and a note are none."""
        return has_errors(self.found)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.found)
