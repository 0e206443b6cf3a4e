// The table of all claims: sorts, follows the filters, and is linked with the graph both ways.
const body = $("table").tBodies[0];
const rows = [...body.querySelectorAll("tr[id]")].map((row) => ({ row, said: row.nextElementSibling && row.nextElementSibling.classList.contains("said") ? row.nextElementSibling : null, n: claimAt.get(row.id.replace(/^(row-)?c=/, "")) }));
let filteredBy = "";
function filterTable() {
const now = JSON.stringify([FACETS.map((facet) => [...(state.facets[facet] || [])]), state.from, state.to]);
if (now !== filteredBy) {
filteredBy = now;
let shown = 0;
for (const { row, said, n } of rows) {
const on = passes(n);
shown += on;
row.hidden = !on;
if (said) said.hidden = !on;
}
$("shown").textContent = u("shown").replace("{n}", shown).replace("{m}", rows.length);
if (!isFiltered()) $("shown").textContent = String(rows.length);
}
const old = body.querySelector(".chosen");
if (old) old.classList.remove("chosen");
if (state.c) { const row = $("row-c=" + state.c); if (row) row.classList.add("chosen"); }
}
filteredBy = JSON.stringify([FACETS.map(() => []), null, null]);
watchers.push(filterTable);
const collator = new Intl.Collator(undefined, { numeric: true });
for (const button of document.querySelectorAll("#table [data-sort]")) button.addEventListener("click", () => {
const column = +button.dataset.sort;
const head = button.closest("th");
const down = head.getAttribute("aria-sort") === "ascending";
for (const other of head.parentElement.children) other.setAttribute("aria-sort", "none");
head.setAttribute("aria-sort", down ? "descending" : "ascending");
const text = new Map(rows.map((r) => [r, column === 7 ? String((spans[r.n][0] || 0)).padStart(9, "0") : r.row.cells[column].textContent]));
rows.sort((a, b) => collator.compare(text.get(a), text.get(b)) * (down ? -1 : 1));
body.append(...rows.flatMap((r) => (r.said ? [r.row, r.said] : [r.row])));
});
body.addEventListener("pointerover", (event) => {
const row = event.target.closest("tr[id]");
if (!row) return;
const n = claimAt.get(row.id.replace(/^(row-)?c=/, ""));
if (lineOf.has(n)) setHover({ edge: lineOf.get(n) });
else setHover(rootOf(claims[n]) ? { node: rootOf(claims[n]) } : null);
tip.hidden = true;
});
body.addEventListener("pointerleave", () => setHover(null));
