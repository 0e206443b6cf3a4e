// What the reader looks at, and the page's address after `#`, which says the same.
// e entity, c claim, k radius of the neighbourhood, path two entities, q question, l language;
// f t p s b m d are facets (family, class, property, source, speaker, mode, disputed); from and to are days.
const FACETS = ["f", "t", "p", "s", "b", "m", "d"];
const state = { e: null, c: null, k: 0, path: null, l: data.lang, from: null, to: null, facets: {} };
const watchers = [];
function readAddress() {
const given = new URLSearchParams(location.hash.slice(1));
const known = (key) => (given.get(key) in entities && Object.hasOwn(entities, given.get(key)) ? given.get(key) : null);
state.e = known("e");
state.c = claimAt.has(given.get("c")) ? given.get("c") : null;
state.k = Math.min(9, Math.max(0, parseInt(given.get("k"), 10) || 0));
const path = (given.get("path") || "").split("~");
state.path = path.length === 2 && path.every((key) => Object.hasOwn(entities, key)) ? path : null;
state.l = data.words[given.get("l")] ? given.get("l") : data.lang;
const day = (key) => (/^\d+$/.test(given.get(key) || "") ? +given.get(key) : null);
state.from = day("from");
state.to = day("to");
state.facets = {};
for (const facet of FACETS) {
const wanted = given.getAll(facet).filter((value) => offered[facet].has(value));
if (wanted.length) state.facets[facet] = new Set(wanted);
}
}
function writeAddress() {
const out = new URLSearchParams();
if (state.c) out.set("c", state.c);
else if (state.e) out.set("e", state.e);
if (state.k) out.set("k", state.k);
if (state.path) out.set("path", state.path.join("~"));
if (state.from !== null) out.set("from", state.from);
if (state.to !== null) out.set("to", state.to);
for (const facet of FACETS) for (const value of state.facets[facet] || []) out.append(facet, value);
if (state.l !== data.lang) out.set("l", state.l);
return "#" + out.toString().replace(/%7E/g, "~");
}
// Every change goes through here: the address follows, and all views are told.
function change(values, replace) {
Object.assign(state, values);
const address = writeAddress();
if (address !== location.hash && !(address === "#" && !location.hash)) {
if (replace) history.replaceState(null, "", address);
else history.pushState(null, "", address);
}
tell();
}
function tell() { for (const watcher of watchers) watcher(); }
function toggleFacet(facet, value) {
const facets = { ...state.facets };
const values = new Set(facets[facet]);
if (!values.delete(value)) values.add(value);
if (values.size) facets[facet] = values;
else delete facets[facet];
change({ facets });
}
// Which claims pass: one of the values in each facet that is set, and a time within the brush.
const values = claims.map((claim, n) => {
const root = rootOf(claim);
const types = (keys, of) => keys.flatMap((key) => (key && entities[key] ? of(entities[key]) : []));
const both = [root, claim.o];
const disputed = [];
if (claim.x) disputed.push("1");
if (claim.h) disputed.push("2");
if (claim.g) disputed.push("3");
return {
f: types(both, (e) => [e.f]), t: types(both, (e) => e.k || []), p: [claim.p], s: (claim.e || []).map((e) => e.s),
b: claim.b || [], m: [claim.m], d: disputed,
};
});
// A link may be older than the graph, or mistyped: what no claim has is no choice.
const offered = Object.fromEntries(FACETS.map((facet) => [facet, new Set(values.flatMap((value) => value[facet]))]));
const dayOf = (iso) => Math.round(Date.parse(iso + "T00:00Z") / 864e5) + 719163;
const spans = claims.map((claim) => {
const found = [];
for (const evidence of claim.e || []) if (evidence.D && (evidence.D[1] || evidence.D[0])) found.push(dayOf(evidence.D[1] || evidence.D[0]));
if (claim.W && (claim.W[1] || claim.W[0])) found.push(dayOf(claim.W[1] || claim.W[0]));
return found;
});
function passes(n, but) {
for (const facet of FACETS) {
const wanted = facet === but ? null : state.facets[facet];
if (wanted && !values[n][facet].some((value) => wanted.has(value))) return false;
}
if (state.from === null && state.to === null) return true;
return spans[n].some((day) => (state.from === null || day >= state.from) && (state.to === null || day <= state.to));
}
const isFiltered = () => Object.keys(state.facets).length > 0 || state.from !== null || state.to !== null;
// What stands out in the graph: null where everything does.
function findShown() {
let nodes = null;
let edges = null;
if (isFiltered()) {
nodes = new Set();
edges = new Set();
claims.forEach((claim, n) => {
if (!passes(n)) return;
if (lineOf.has(n)) edges.add(lineOf.get(n));
for (const key of [rootOf(claim), claim.o]) if (key) nodes.add(key);
for (const key of claim.b || []) if (!linesOf.get(key) || !linesOf.get(key).length) nodes.add(key);
});
}
if (state.path) {
const steps = findPath(...state.path);
return { nodes: new Set(steps.nodes.length ? steps.nodes : state.path), edges: new Set(steps.edges), path: steps };
}
const centre = focused();
if (centre && state.k) {
let near = new Set([centre]);
for (let i = 0; i < state.k; i++) {
const more = new Set(near);
for (const key of near) for (const line of linesOf.get(key) || []) if (!edges || edges.has(line)) ends[line].forEach((end) => more.add(end));
near = more;
}
const within = new Set();
ends.forEach(([a, b], line) => { if (near.has(a) && near.has(b) && (!edges || edges.has(line))) within.add(line); });
return { nodes: near, edges: within };
}
return { nodes, edges };
}
function focused() {
if (state.c) { const claim = claims[claimAt.get(state.c)]; return rootOf(claim); }
return state.e;
}
// A shortest path along lines in either direction.
function findPath(start, end) {
const before = new Map([[start, null]]);
const queue = [start];
while (queue.length && !before.has(end)) {
const here = queue.shift();
for (const line of linesOf.get(here)) {
const there = ends[line][0] === here ? ends[line][1] : ends[line][0];
if (!before.has(there)) { before.set(there, [here, line]); queue.push(there); }
}
}
const nodes = [];
const edges = [];
if (!before.has(end)) return { nodes, edges };
for (let at = end; at !== null; ) {
nodes.unshift(at);
const step = before.get(at);
if (step) edges.unshift(step[1]);
at = step ? step[0] : null;
}
return { nodes, edges };
}
