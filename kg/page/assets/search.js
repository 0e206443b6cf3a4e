// Search over labels and other names in every language; a combobox with a list.
const box = $("search"), hits = $("hits");
const folded = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const findable = Object.keys(entities).map((key) => {
const names = Object.values(data.words).map((words) => words["e." + key]).filter(Boolean);
for (const [, text] of entities[key].a || []) names.push(text);
return { key, names: [...new Set(names)].map((name) => [name, folded(name)]) };
});
let found = [], at = -1;
function look_up() {
const wanted = folded(box.value.trim());
found = [];
if (wanted) for (const { key, names } of findable) {
let best = null;
for (const [name, text] of names) {
const place = text.indexOf(wanted);
if (place < 0) continue;
const score = (text === wanted ? 0 : place === 0 ? 1 : /[\s'’-]/.test(text[place - 1]) ? 2 : 3) * 1000 + rankOf.get(key);
if (!best || score < best.score) best = { key, name, score };
}
if (best) found.push(best);
}
found.sort((a, b) => a.score - b.score);
found = found.slice(0, 12);
at = found.length ? 0 : -1;
hits.replaceChildren(...found.map((hit, n) => make("li", { role: "option", id: "hit-" + n, "aria-selected": String(n === at), on: { pointerdown: (event) => { event.preventDefault(); choose(n); } } }, make("span", null, hit.name), make("small", null, hit.name === nameOf(hit.key) ? u("families." + entities[hit.key].f) : nameOf(hit.key)))));
hits.hidden = !found.length;
box.setAttribute("aria-expanded", String(Boolean(found.length)));
mark();
}
function mark() {
[...hits.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === at)));
if (at >= 0) { box.setAttribute("aria-activedescendant", "hit-" + at); hits.children[at].scrollIntoView({ block: "nearest" }); }
else box.removeAttribute("aria-activedescendant");
}
function shut() { hits.hidden = true; box.setAttribute("aria-expanded", "false"); box.removeAttribute("aria-activedescendant"); found = []; at = -1; }
function choose(n) {
const hit = found[n];
if (!hit) return;
box.value = "";
shut();
change({ e: hit.key, c: null, path: null, k: state.k || 1 });
stage.focus({ preventScroll: true });
}
box.addEventListener("input", look_up);
box.addEventListener("blur", shut);
box.addEventListener("keydown", (event) => {
if (event.key === "ArrowDown" || event.key === "ArrowUp") {
if (!found.length) return;
at = (at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
mark();
event.preventDefault();
} else if (event.key === "Enter") { choose(at); event.preventDefault(); }
else if (event.key === "Escape") { if (box.value) { box.value = ""; shut(); } else { box.blur(); stage.focus({ preventScroll: true }); } event.stopPropagation(); event.preventDefault(); }
});
