// Words in the reader's language.
const own = (key) => data.words[state.l][key] ?? data.words[data.lang][key] ?? key;
const u = (key) => own("u." + key);
const nameOf = (key) => own("e." + key);
const inWords = (text) => (Array.isArray(text) ? text[Object.keys(data.words).indexOf(state.l)] ?? text[0] : text ?? "");
// A text of the curator's, which stays in its language.
function inItsOwn(text, lang) {
const [words, tongue] = Array.isArray(text) ? text : [text, lang || data.lang];
return words ? make("span", { lang: tongue }, words) : null;
}
const propertyOf = (claim) => (claim.z ? u("negated") + " " : "") + own("p." + claim.p);
function valueOf(claim) {
const text = claim.o ? nameOf(claim.o) : claim.c ? claim.c : inWords(claim.v);
return (claim.z ? u("negated") + " " : "") + text;
}
let spoken = data.lang;
function translate() {
if (state.l === spoken) return;
spoken = state.l;
document.documentElement.lang = state.l;
document.title = own("x.title");
nameDots(state.l);
const each = (attribute, act) => { for (const element of document.querySelectorAll("[data-" + attribute + "]")) act(element, element.dataset[attribute]); };
const put = (element, text, lang) => { element.textContent = text; if (lang) element.lang = lang; else element.removeAttribute("lang"); };
each("w", (element, key) => { element.textContent = own(key); });
each("a", (element, key) => element.setAttribute("aria-label", own(key)));
each("v", (element, id) => { const claim = claims[claimAt.get(id)]; put(element, inWords(claim.v), claim.l); });
each("t", (element, id) => { element.textContent = inWords(claims[claimAt.get(id)].w); });
each("d", (element, key) => put(element, inWords(entities[key].d), entities[key].l));
each("p", (element, id) => { element.textContent = inWords(sources[id].d); });
for (const link of document.querySelectorAll('#overview a[href^="#e="],.sheets a[href^="#e="]')) link.textContent = nameOf(link.hash.slice(3));
for (const row of document.querySelectorAll("#table tbody tr[id]")) {
const claim = claims[claimAt.get(row.id.replace(/^(row-)?c=/, ""))];
const of = claim.e || [];
const cells = row.cells;
cells[2].textContent = own("p." + claim.p);
cells[3].replaceChildren(...describeValue(claim));
cells[4].firstChild.textContent = u("modes." + claim.m);
cells[6].textContent = timeOf(claim) || (claim.u ? u("no-time") : "");
cells[7].textContent = of[0] && of[0].d ? inWords(of[0].d) : u("unknown");
cells[8].replaceChildren(...of.flatMap((e, n) => [n ? ", " : "", e.s + " " + e.a, e.w ? " @ " + nameOf(e.w) : "", ...(e.c ? [" ", make("em", null, u("clarities." + e.c))] : [])]));
cells[9].replaceChildren(...[claim.x ? make("b", { class: "flag" }, "≠") : "", claim.g ? u("superseded") + "." : "", claim.q ? make("em", null, u("own-interest") + ".") : "", ...(claim.k ? [u("decided-for"), claim.k[0].join(", ") + ":", inItsOwn(claim.k[1])] : []), ...(claim.j ? [u("inferred") + ":", ...claim.j.map((one) => inItsOwn(one))] : []), claim.n ? inItsOwn(claim.n) : "", make("code", null, claim.y.replace(/^.*\//, ""))].filter(Boolean).flatMap((part, n) => (n ? [" ", part] : [part])));
}
$("search").placeholder = u("search");
$("language").lang = state.l === "zh" ? "en" : "zh";
}
function timeOf(claim) {
return [inWords(claim.w), claim.a ? u("as-of") + " " + inWords(claim.a) : ""].filter(Boolean).join(" ");
}
watchers.push(translate);
