"""Strings that would run or break something in a page that is careless; each calls `harm` if it runs."""

from __future__ import annotations

import random

_RUN = "(window.harmed=window.harmed||[]).push(1)"

KNOWN = (
    f"<img src=x onerror={_RUN}>",
    f"<script>{_RUN}</script>",
    f"</script><script>{_RUN}</script>",
    f"</SCRIPT ><script>{_RUN}</script>",
    f"<!--<script>{_RUN}</script>-->",
    "<!-- <script>",
    "]]><script>" + _RUN + "</script>",
    f"</title><script>{_RUN}</script>",
    f"</style><script>{_RUN}</script>",
    f"</textarea><script>{_RUN}</script>",
    f"</svg><script>{_RUN}</script>",
    f"<svg onload={_RUN}>",
    f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    f"<a href=javascript:{_RUN}>href</a>",
    f'"><img src=x onerror={_RUN}>',
    f"'><img src=x onerror={_RUN}>",
    f'" onmouseover={_RUN} x="',
    f"' onfocus={_RUN} autofocus tabindex=0 x='",
    f"`onclick={_RUN}",
    f'"></select><img src=x onerror={_RUN}>',
    f"<option><img src=x onerror={_RUN}></option>",
    f"<iframe srcdoc='<script>parent.{_RUN}</script>'>",
    f"<math><mtext></mtext><script>{_RUN}</script></math>",
    f"<template><script>{_RUN}</script></template>",
    f"<details open ontoggle={_RUN}>",
    f"<body onload={_RUN}>",
    "<style>@import 'https://evil.example/';*{background:url(https://evil.example/)}</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<form action=https://evil.example/><button>x",
    f"javascript:{_RUN}",
    f"JaVaScRiPt:{_RUN}//",
    f"data:text/html,<script>{_RUN}</script>",
    f"${{{_RUN}}}",
    f"{{{{constructor.constructor('{_RUN}')()}}}}",
    f"{{% raw %}}<script>{_RUN}</script>",
    f"\\u003cscript\\u003e{_RUN}\\u003c/script\\u003e",
    f"&lt;script&gt;{_RUN}&lt;/script&gt;",
    f"&#60;script&#62;{_RUN}&#60;/script&#62;",
    f"\u2028{_RUN}\u2029",
    f"\u202e<script>{_RUN}</script>\u202c",
    f"\ud800<script>{_RUN}</script>",
    f"\x00<scr\x00ipt>{_RUN}</script>",
    f"＜script＞{_RUN}＜/script＞",
    f"</p><p onclick={_RUN}>",
    "__proto__",
    "constructor",
    "toString",
    "=HYPERLINK(\"https://evil.example/\")",
    "@import url(https://evil.example/)",
    "*/}</style><script>" + _RUN + "</script>",
    "A" * 3_000,
    "𝕏" * 500,
    "é̂" * 300,
    "雷" * 400,
    "%00%3Cscript%3E",
    "#e=x&c=y\"'<>",
    " ",
)  # fmt: skip


def hostile_strings(count: int = 240) -> tuple[str, ...]:
    """The known ones, then as many as are wanting made of their parts; the same every time."""
    draw = random.Random(0)
    strings = list(KNOWN)
    parts = ["<", ">", '"', "'", "`", "/", "=", " ", "\n", "\t", "&", ";", "<!--", "-->", "</script", "<svg", "</"]
    parts += ["onload", "onerror", f"={_RUN}", "javascript:", "href", "<img src=x ", "{{", "}}", "{%", "]]>"]
    parts += ["\u2028", "\u202e", "\x0b"]
    while len(strings) < count:
        pieces = [draw.choice(parts) for _ in range(draw.randrange(3, 14))]
        whole = draw.choice(KNOWN[:44])
        cut = draw.randrange(len(whole))
        strings.append(whole[:cut] + "".join(pieces) + whole[cut:])
    return tuple(strings)
