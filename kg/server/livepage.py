"""The page of a graph that is served: the export's own, which hears of changes and of what `kg check` finds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from html import escape, unescape

from kg.text.markup import name_digest, read_asset

_POLICY = re.compile(r'(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(">)')


def enliven(page: str) -> str:
    """A page of `kg.page` with the script that listens to this server; its policy admits that script, and no other.

    The page names its own digest, by which the script knows whether there is another page.
    """
    script, style = read_asset("kg.server", "live.js"), read_asset("kg.server", "live.css")
    tag = sha256(page.encode()).hexdigest()[:24]

    def widen(found: re.Match[str]) -> str:
        policy = found[2].replace("script-src &#x27;none&#x27;", "script-src")  # an overview without a script
        policy = policy.replace("script-src", f"script-src {escape(name_digest(script))}", 1)
        policy = policy.replace("style-src ", f"style-src {escape(name_digest(style))} ", 1)
        return f"{found[1]}{policy}; connect-src &#x27;self&#x27;{found[3]}"

    page, changed = _POLICY.subn(widen, page, count=1)
    assert changed == 1, "the page is bound by a policy"
    head = f'<meta name="kg-page" content="{tag}"><style>{style}</style></head>'
    body = f"<script>{script}</script></body>"
    return body.join(head.join(page.split("</head>", 1)).rsplit("</body>", 1))


@dataclass(frozen=True)
class LivePage:
    """A page that was enlivened."""

    text: str

    @property
    def digest(self) -> str:
        """The digest by which its script knows it."""
        found = re.search(r'<meta name="kg-page" content="([0-9a-f]+)">', self.text)
        assert found is not None
        return found[1]

    def write_policy(self, frames: str = "'none'") -> str:
        """The policy of the page as a header, which also says which pages may frame it."""
        found = _POLICY.search(self.text)
        assert found is not None
        return f"{unescape(found[2])}; frame-ancestors {frames}"
