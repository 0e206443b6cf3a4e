// Facets: what may be chosen, how many claims each choice would leave, and chips for what is chosen.
const TITLES = { f: "type", t: "type", p: "property", s: "source", b: "speaker", m: "mode", d: "disputed-only" };
const DISPUTED = { 1: "line-conflict", 2: "line-open", 3: "line-superseded" };
function nameValue(facet, value) {
if (facet === "f") return u("families." + value);
if (facet === "t") return own("k." + value);
if (facet === "p") return own("p." + value);
if (facet === "s") return own("s." + value);
if (facet === "b") return nameOf(value);
if (facet === "m") return u("modes." + value);
return u(DISPUTED[value] || value);
}
function showFacets() {
const chips = [];
for (const facet of FACETS) for (const value of state.facets[facet] || []) chips.push(make("button", { type: "button", on: { click: () => toggleFacet(facet, value) } }, nameValue(facet, value)));
if (state.from !== null || state.to !== null) chips.push(make("button", { type: "button", on: { click: () => change({ from: null, to: null }) } }, (state.from === null ? "…" : iso(state.from)) + " – " + (state.to === null ? "…" : iso(state.to))));
if (chips.length > 1) chips.push(make("button", { type: "button", on: { click: () => change({ facets: {}, from: null, to: null }) } }, u("clear")));
$("chips").replaceChildren(...chips);
for (const button of document.querySelectorAll("#legend button")) button.setAttribute("aria-pressed", String(Boolean(state.facets[button.dataset.facet] && state.facets[button.dataset.facet].has(button.dataset.value))));
const drawer = $("facets");
if (drawer.hidden) return;
const focus = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.choice : null;
drawer.replaceChildren(...["d", "t", "p", "s", "b", "m"].map((facet) => {
const counts = new Map();
claims.forEach((claim, n) => { if (passes(n, facet)) for (const value of new Set(values[n][facet])) counts.set(value, (counts.get(value) || 0) + 1); });
for (const value of state.facets[facet] || []) if (!counts.has(value)) counts.set(value, 0);
const choices = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
return make("fieldset", null, make("legend", null, u(TITLES[facet])), choices.map(([value, count]) => make("label", null,
make("input", { type: "checkbox", checked: Boolean(state.facets[facet] && state.facets[facet].has(value)), "data-choice": facet + value, on: { change: () => toggleFacet(facet, value) } }),
make("span", null, nameValue(facet, value)), make("span", { class: "count" }, String(count)))));
}));
if (focus) for (const input of drawer.querySelectorAll("input")) if (input.dataset.choice === focus) input.focus();
}
const iso = (day) => new Date((day - 719163) * 864e5).toISOString().slice(0, 10);
watchers.push(showFacets);
$("more").setAttribute("aria-expanded", "false");
$("more").setAttribute("aria-controls", "facets");
$("more").addEventListener("click", () => {
const drawer = $("facets");
drawer.hidden = !drawer.hidden;
$("more").setAttribute("aria-expanded", String(!drawer.hidden));
showFacets();
});
for (const button of document.querySelectorAll("#legend button")) button.addEventListener("click", () => toggleFacet(button.dataset.facet, button.dataset.value));
