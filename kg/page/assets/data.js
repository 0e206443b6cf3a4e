// What the page was given, and what follows from it: indexes from things to claims and lines.
const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const { claims, entities, sources, lines, net } = data;
// Dates stand in a table of their own: here each claim gets its words and its days back.
for (const claim of claims) {
for (const key of ["w", "a"]) if (claim[key] !== undefined) { const date = data.dates[claim[key]]; claim[key] = date[0]; if (key === "w") claim.W = date.slice(1); }
for (const evidence of claim.e || []) if (evidence.d !== undefined) { const date = data.dates[evidence.d]; evidence.d = date[0]; evidence.D = date.slice(1); }
claim.y = data.folder[claim.y.replace(/:\d+$/, "")] + "/" + claim.y;
}
const claimAt = new Map(claims.map((claim, n) => [claim.i, n]));
const rootOf = (claim) => claim.t || (claim.s.startsWith("c:") ? null : claim.s);
// Every entity that a claim names, in any part of it.
const namedIn = claims.map((claim) => {
const found = new Set(claim.b);
for (const key of [rootOf(claim), claim.o]) if (key) found.add(key);
for (const evidence of claim.e || []) for (const key of [evidence.w, ...(evidence.u || [])]) if (key) found.add(key);
return found;
});
const lineOf = new Map();
lines.forEach((members, number) => members.forEach((n) => lineOf.set(n, number)));
const ends = net.edges.map((edge) => [edge.from, edge.to]);
const linesOf = new Map(Object.keys(entities).map((key) => [key, []]));
ends.forEach(([a, b], number) => { linesOf.get(a).push(number); if (a !== b) linesOf.get(b).push(number); });
const aboutClaim = new Map();
claims.forEach((claim, n) => {
for (const id of [claim.s.startsWith("c:") ? claim.s.slice(2) : null, claim.c])
if (id) aboutClaim.set(id, (aboutClaim.get(id) || []).concat(n));
});
// An element with attributes and children. Text goes in as text, never as HTML.
function make(tag, attributes, ...children) {
const element = document.createElement(tag);
for (const [name, value] of Object.entries(attributes || {})) {
if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
}
for (const child of children.flat(Infinity)) if (child !== null && child !== undefined && child !== "") element.append(child);
return element;
}
function draw(tag, attributes, ...children) {
const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
element.append(...children);
return element;
}
