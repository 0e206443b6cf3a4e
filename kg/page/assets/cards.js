// One card for each claim: its value, and for each saying of it who, where, when, in which words.
const linkTo = (key) => make("a", { href: "#e=" + key }, nameOf(key));
const linkClaim = (id) => make("a", { href: "#c=" + id, class: "id" }, id);
const modeMark = (mode) => make("span", { class: "mode " + mode }, u("modes." + mode));
const between = (items, sign) => items.flatMap((item, n) => (n ? [sign, item] : [item]));
function describeSubject(claim) {
return claim.s.startsWith("c:") ? [linkClaim(claim.s.slice(2))] : [linkTo(claim.s)];
}
function describeValue(claim) {
const text = claim.o ? linkTo(claim.o) : claim.c ? linkClaim(claim.c) : claim.l ? inItsOwn(claim.v, claim.l) : inWords(claim.v);
return claim.z ? [u("negated") + " ", text] : [text];
}
function pairs(entries) {
return make("dl", null, entries.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([name, value]) => [make("dt", null, u(name)), make("dd", null, value)]));
}
function describeSource(id) {
const source = sources[id];
const title = inItsOwn(source.t || id, source.l);
const link = source.u && /^(https?:\/\/|mailto:)/i.test(source.u);
return [
["source", link ? make("a", { href: source.u, rel: "noreferrer noopener" }, title) : make("cite", null, title)],
["publisher", source.p ? linkTo(source.p) : u("unknown")],
["author", source.a ? between(source.a.map(linkTo), ", ") : u("unknown")],
["published", source.d ? inWords(source.d) + (source.i ? " (" + u("inferred") + ")" : "") : u("unknown")],
];
}
function describeEvidence(evidence, n, all) {
const told = all.slice(0, n).some((other) => other.s === evidence.s);
return make("div", { class: "say" },
evidence.t ? make("blockquote", { lang: sources[evidence.s].l }, evidence.t) : null,
pairs([
["said", evidence.d ? inWords(evidence.d) : u("unknown")],
["venue", evidence.w ? linkTo(evidence.w) : null],
["via", evidence.u ? between(evidence.u.map(linkTo), ", ") : null],
["place", evidence.s + " " + evidence.a + " · " + (evidence.v ? u(evidence.v) : u("source-voice"))],
["clarity", evidence.c ? u("clarities." + evidence.c) : null],
["note", evidence.n ? inItsOwn(evidence.n) : null],
...(told ? [] : describeSource(evidence.s)),
]));
}
function makeCard(n, withSubject) {
const claim = claims[n];
const about = aboutClaim.get(claim.i) || [];
const card = make("article", { class: "card" + (claim.x ? " conflict" : "") + (state.c === claim.i ? " chosen" : ""), "data-claim": claim.i },
make("p", { class: "kicker" }, modeMark(claim.m), claim.x ? make("span", { class: "flag" }, "≠ " + u("conflict")) : null, claim.g ? make("span", null, u("superseded")) : null, claim.q ? make("span", { title: u("own-interest-why") }, u("own-interest")) : null),
withSubject ? make("p", null, describeSubject(claim), " ", make("span", { class: "property" }, own("p." + claim.p))) : null,
make("p", { class: "value" }, claim.h && claim.o ? (claim.z ? u("negated") + " " : "") + (inWords(claim.w) || u("no-time")) : describeValue(claim)),
pairs([
["speaker", between((claim.b || []).map(linkTo), ", ")],
["about-time", claim.h && claim.o ? null : inWords(claim.w) || null],
["as-of", claim.a ? inWords(claim.a) : null],
["decided-for", claim.k ? [...between(claim.k[0].map(linkClaim), ", "), ": ", inItsOwn(claim.k[1])] : null],
["inferred", claim.j ? between(claim.j.map((one) => inItsOwn(one)), "; ") : null],
["note", claim.n ? inItsOwn(claim.n) : null],
]),
(claim.e || []).map(describeEvidence),
make("div", { class: "say" }, pairs([["claim", linkClaim(claim.i)], ["written", make("code", null, claim.y)]])),
claim.d ? make("div", { class: "say" }, make("p", { class: "property" }, u("differs")), make("ul", null, claim.d.map(([relation, other, reason]) => make("li", null, make("span", relation === "conflict" ? { class: "flag" } : null, (relation === "conflict" ? "≠ " : "") + own("r." + reason) + " "), linkClaim(other))))) : null,
about.length ? make("div", { class: "say" }, make("p", { class: "property" }, u("used-by")), make("ul", null, about.map((m) => make("li", null, own("p." + claims[m].p), " ", describeValue(claims[m]), " ", linkClaim(claims[m].i))))) : null,
);
return card;
}
// Values of one property over time, as a small step line; only where there are two or more numbers with dates.
function makeSteps(members) {
const points = members.map((n) => {
const claim = claims[n];
const figure = /\d[\d,]*(\.\d+)?/.exec(inWords(claim.v) || "");
const evidence = (claim.e || [])[0] || {};
const day = evidence.D && (evidence.D[1] || evidence.D[0]);
return figure && day && claim.m === "fact" ? { y: parseFloat(figure[0].replace(/,/g, "")), x: dayOf(day), text: inWords(claim.v), when: inWords(evidence.d) } : null;
}).filter(Boolean).sort((a, b) => a.x - b.x);
if (points.length < 2 || points[0].x === points[points.length - 1].x) return null;
const top = Math.max(...points.map((p) => p.y)) || 1;
const first = points[0].x, last = points[points.length - 1].x;
const at = (p) => [40 + ((p.x - first) / (last - first)) * 230, 58 - (p.y / top) * 36];
let path = "";
points.forEach((p, i) => { const [x, y] = at(p); path += i ? "H" + x.toFixed(0) + "V" + y.toFixed(0) : "M" + x.toFixed(0) + " " + y.toFixed(0); });
const svg = draw("svg", { class: "steps", viewBox: "0 0 340 90", role: "img", "aria-label": points.map((p) => p.when + ": " + p.text).join("; ") }, draw("path", { d: path + "H320" }));
points.forEach((p, i) => {
const [x, y] = at(p);
const anchor = i === points.length - 1 && i ? "end" : "start";
const dot = draw("circle", { cx: x, cy: y, r: 4 });
const label = draw("text", { x: anchor === "end" ? x + 50 : x - 30, y: y - 9, "text-anchor": anchor });
label.textContent = p.text;
const date = draw("text", { x: anchor === "end" ? x + 50 : x - 30, y: 80, "text-anchor": anchor, class: "small" });
date.textContent = p.when;
svg.append(dot, label, date);
});
return svg;
}
