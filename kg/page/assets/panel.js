// The panel at the right: the overview, an entity, a relation, or a path.
function familyMark(family) {
const mark = document.querySelector('#legend button[data-value="' + family + '"] svg');
return mark ? mark.cloneNode(true) : null;
}
function sortedBy(list, key) { return list.slice().sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)); }
function showEntity(key) {
const entity = entities[key];
const ofIt = [], toIt = [], said = [];
claims.forEach((claim, n) => {
if (claim.s === key) ofIt.push(n);
else if (claim.o === key) toIt.push(n);
else if ((claim.b || []).includes(key)) said.push(n);
});
const kinds = (entity.k || []).map((kind) => own("k." + kind)).join(", ");
const names = (entity.a || []).map(([kind, text, tongue, places]) => make("li", null, u(kind) + " ", make("q", { lang: tongue }, text), places.length ? make("small", null, " " + places.join(", ")) : null));
const other = Object.keys(data.words).find((lang) => lang !== state.l);
const elsewhere = other ? data.words[other]["e." + key] : "";
return [
make("p", { class: "kicker" }, familyMark(entity.f), kinds),
make("h2", null, nameOf(key), elsewhere && elsewhere !== nameOf(key) ? make("small", { class: "property", lang: other }, " " + elsewhere) : null),
entity.d ? make("p", null, entity.l ? inItsOwn(inWords(entity.d), entity.l) : inWords(entity.d)) : null,
entity.w ? make("p", { class: "names" }, u("when") + ": " + inWords(entity.w)) : null,
names.length ? make("ul", { class: "names" }, names) : null,
entity.n ? make("p", { class: "note" }, inItsOwn(entity.n)) : null,
(entity.x || []).length ? make("p", { class: "names" }, "= " + entity.x.join(", ")) : null,
focusTools(key),
group(ofIt, (n) => own("p." + claims[n].p), (n) => [describeValue(claims[n])]),
group(toIt, (n) => propertyOf(claims[n]) + " → " + nameOf(key), (n) => [describeSubject(claims[n])]),
said.length ? [make("h3", null, u("says-of").replace("{e}", nameOf(key)) + " (" + said.length + ")"), make("ul", { class: "rel" }, said.slice(0, 60).map((n) => line(n, [describeSubject(claims[n]), " ", make("span", { class: "property" }, own("p." + claims[n].p)), " ", describeValue(claims[n])])))] : null,
(entity.z || []).length ? [make("h3", null, u("stated")), make("ul", { class: "rel" }, entity.z.map(statedLine)), entity.more ? make("p", { class: "names" }, u("more-rows").replace("{n}", entity.more)) : null] : null,
make("p", { class: "reason" }, make("code", null, entity.y)),
];
}
function statedLine([predicate, value, key, place, flag]) {
return make("li", { class: flag ? "conflict" : null }, make("span", { class: "property" }, predicate.startsWith("p.") ? own(predicate) : predicate), " ", key ? linkTo(key) : value, flag ? make("span", { class: "flag" }, " ≠ " + u("contradicted")) : null, " ", make("code", null, place));
}
function line(n, what) {
const claim = claims[n];
return make("li", { class: claim.x ? "conflict" : null }, make("span", { class: claim.g ? "old" : null }, what), " ", modeMark(claim.m), claim.g ? make("span", { class: "who" }, " " + u("superseded")) : null, inWords(claim.w) ? make("span", { class: "time" }, " " + inWords(claim.w)) : null, claim.x ? make("span", { class: "flag" }, " ≠") : null,
make("br"), make("span", { class: "who" }, between((claim.b || []).map(linkTo), ", "), " "), linkClaim(claim.i));
}
function group(members, title, what) {
const groups = new Map();
for (const n of sortedBy(members, (m) => title(m))) groups.set(title(n), (groups.get(title(n)) || []).concat(n));
return [...groups].map(([name, of]) => [make("h3", null, name), makeSteps(of), make("ul", { class: "rel" }, of.map((n) => line(n, what(n))))]);
}
function focusTools(key) {
const list = make("datalist", { id: "others" }, Object.keys(entities).map((other) => make("option", { value: nameOf(other) })));
const input = make("input", { list: "others", "aria-label": u("path-to"), placeholder: u("path-to") + " …", on: { change: () => {
const other = Object.keys(entities).find((k) => nameOf(k) === input.value);
if (other && other !== key) change({ path: [key, other], e: key, c: null });
} } });
return make("div", { class: "tools-row", role: "group", "aria-label": u("focus") }, u("focus") + " ",
[1, 2, 3].map((k) => make("button", { type: "button", "aria-pressed": String(state.k === k), on: { click: () => change({ k: state.k === k ? 0 : k }) } }, String(k))), input, list);
}
// A relation: the card of each claim on the same subject and property; two columns where they disagree or differ.
function showClaim(id) {
const n = claimAt.get(id);
const claim = claims[n];
const kin = new Set([n]);
claims.forEach((other, m) => { if (other.s === claim.s && other.p === claim.p && (other.o === claim.o || !claim.o || claim.x)) kin.add(m); });
for (const [relation, other] of claim.d || []) if (relation !== "compatible" && claimAt.has(other)) kin.add(claimAt.get(other));
const members = [n, ...[...kin].filter((m) => m !== n)];
const differ = members.length > 1 && members.some((m) => claims[m].x || claims[m].h || (claims[m].d || []).length);
const subject = claim.s.startsWith("c:") ? claim.s.slice(2) : nameOf(claim.s);
const oneSubject = members.every((m) => claims[m].s === claim.s);
return [
make("p", { class: "kicker" }, u("evidence")),
make("h2", null, subject + " ", make("span", { class: "property" }, members.every((m) => claims[m].z) ? propertyOf(claim) : own("p." + claim.p)), claim.o && members.every((m) => claims[m].o === claim.o) ? " " + nameOf(claim.o) : null),
make("p", { class: "names" }, describeSubject(claim), claim.o ? [" → ", linkTo(claim.o)] : null, members.length > 1 ? " · " + members.length + " " + u("claims") : null),
makeSteps(members),
make("div", { class: "cards" + (differ ? " two" : "") }, members.slice(0, 24).map((m) => makeCard(m, !oneSubject))),
];
}
function showPath() {
const steps = findPath(...state.path);
const name = nameOf(state.path[0]) + " – " + nameOf(state.path[1]);
if (!steps.nodes.length) return [make("h2", null, name), make("p", null, u("path-none"))];
return [make("p", { class: "kicker" }, u("path")), make("h2", null, name), make("ol", { class: "walk" }, steps.edges.map((edge) => {
const claim = claims[lines[edge][0]];
return make("li", null, linkTo(ends[edge][0]), " ", make("span", { class: "property" }, propertyOf(claim)), " ", linkTo(ends[edge][1]), " ", modeMark(claim.m), " ", linkClaim(claim.i));
}))];
}
let panelShows = "";
function showPanel() {
const detail = $("detail");
const wanted = state.path || state.c || state.e;
const now = JSON.stringify([state.path, state.c, state.e, state.k, state.l]);
if (now === panelShows) return;
const moved = now.split(state.k)[0] !== panelShows.split(state.k)[0];
panelShows = now;
$("overview").hidden = Boolean(wanted);
detail.hidden = !wanted;
if (!wanted) { detail.replaceChildren(); return; }
const content = state.path ? showPath() : state.c ? showClaim(state.c) : showEntity(state.e);
const back = make("button", { type: "button", class: "back", on: { click: () => change({ e: null, c: null, path: null, k: 0 }) } }, "← " + u("back"));
detail.replaceChildren(make("div", { class: "top" }, back), ...content.flat(Infinity).filter(Boolean));
if (moved) $("panel").scrollTop = 0;
}
watchers.push(showPanel);
