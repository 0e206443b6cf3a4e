// Start: read the address, show it, and listen.
document.documentElement.classList.add("scripted");
document.addEventListener("click", (event) => {
const link = event.target.closest && event.target.closest('a[href^="#"]');
if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
const given = new URLSearchParams(link.getAttribute("href").slice(1));
if (given.has("e")) change({ e: given.get("e"), c: null, path: null, k: state.k || 1 });
else if (given.has("c")) change({ c: given.get("c"), path: null });
else return;
event.preventDefault();
if (innerWidth <= 860 && link.closest(".sheets,#overview,#detail")) $("panel").scrollIntoView({ block: "start" });
else if (link.closest(".sheets")) scrollTo({ top: 0 });
});
document.addEventListener("pointerdown", (event) => { const menu = $("downloads"); if (menu.open && !menu.contains(event.target)) menu.open = false; });
$("language").addEventListener("click", () => change({ l: state.l === "zh" ? "en" : "zh" }));
const follow = () => { readAddress(); tell(); };
addEventListener("popstate", follow);
addEventListener("hashchange", follow);
// Without scripts an address leads to its row in the table; with them it opens the evidence, and the page stays.
for (const row of document.querySelectorAll("#table tr[id],#things [id]")) row.id = "row-" + row.id;
if (location.hash.length > 1) { history.scrollRestoration = "manual"; scrollTo(0, 0); addEventListener("load", () => scrollTo(0, 0)); }
readAddress();
if (innerWidth <= 860) $("legend").open = false;
if (location.hash.length > 1) tell();
else for (const watcher of watchers.slice(3)) watcher();
