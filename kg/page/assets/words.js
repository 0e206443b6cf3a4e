// Words in the reader's language.
const own = (key) => data.words[state.l][key] ?? data.words[data.lang][key] ?? key;
const u = (key) => own("u." + key);
const nameOf = (key) => own("e." + key);
const inWords = (text) => (Array.isArray(text) ? text[Object.keys(data.words).indexOf(state.l)] ?? text[0] : text ?? "");
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
for (const element of document.querySelectorAll("[data-w]")) element.textContent = own(element.dataset.w);
for (const link of document.querySelectorAll('#overview a[href^="#e="],.sheets a[href^="#e="]')) link.textContent = nameOf(link.hash.slice(3));
for (const row of document.querySelectorAll("#table tbody tr[id]")) {
const claim = claims[claimAt.get(row.id.replace(/^(row-)?c=/, ""))];
const cells = row.cells;
cells[2].textContent = own("p." + claim.p);
cells[4].firstChild.textContent = u("modes." + claim.m);
if (claim.v) cells[3].textContent = valueOf(claim);
if (claim.w || claim.a) cells[6].textContent = timeOf(claim);
const evidence = (claim.e || [])[0];
cells[7].textContent = evidence && evidence.d ? inWords(evidence.d) : u("unknown");
}
const search = $("search");
search.placeholder = u("search");
search.setAttribute("aria-label", u("search-hint"));
$("language").lang = state.l === "zh" ? "en" : "zh";
}
function timeOf(claim) {
return [inWords(claim.w), claim.a ? u("as-of") + " " + inWords(claim.a) : ""].filter(Boolean).join(" ");
}
watchers.push(translate);
