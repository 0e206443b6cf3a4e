// Start: read the address, show it, and listen.
document.documentElement.classList.add("with-script");
const LETTERS = new Map(Object.entries(KINDS).map(([kind, letter]) => [letter, kind]));

document.addEventListener("click", (event) => {
  const menu = $("downloads");
  if (menu.open && !menu.contains(event.target)) menu.open = false;
  const anchor = event.target.closest?.('a[href^="#"]');
  if (!anchor || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const [[letter, key] = []] = new URLSearchParams(anchor.getAttribute("href").slice(1));
  const kind = LETTERS.get(letter);
  if (!kind || !known[kind](key)) return;
  event.preventDefault();
  show(kind, key);
  if (kind === "question") return;
  if (narrow.matches) $("panel").scrollIntoView({ block: "start" });
  else if (anchor.closest(".sheets")) scrollTo({ top: 0 });
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("#language"))
    change({ language: LANGUAGES.find((language) => language !== state.language) });
});

function follow() {
  readAddress();
  tell();
}
addEventListener("popstate", follow);
addEventListener("hashchange", follow);

// Without a script an address leads to its place in the page; with one it opens the evidence, and the page stays.
const linked = location.hash.length > 1;
if (linked) history.scrollRestoration = "manual";
prepare();
readAddress();
tell();
if (linked && shows("question") === null) {
  scrollTo(0, 0);
  addEventListener("load", () => scrollTo(0, 0));
}
// The live drawing is there from the first second on; on a phone it waits for a tap, so that a finger scrolls.
if (!narrow.matches) setTimeout(wake, 60);
