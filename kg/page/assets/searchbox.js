// The box to search in: its list of hits, by keys and by pointer. What is found and taken is told by the page.
let hits = [];
let at = -1;

function lookUp() {
  const text = $("search").value;
  hits = findHits(text);
  at = hits.length ? 0 : -1;
  const item = (hit, n) => {
    const press = (event) => {
      event.preventDefault();
      choose(n);
    };
    return make(
      "li",
      { role: "option", id: `hit-${n}`, "aria-selected": String(n === at), on: { pointerdown: press } },
      make("span", null, titleOf(hit)),
      " ",
      make("small", null, noteOf(hit)),
    );
  };
  const nothing = text.trim() && !hits.length;
  $("hits").replaceChildren(...hits.map(item));
  $("hits").hidden = !hits.length;
  $("nothing").textContent = nothing ? fill("found-nothing", { text: text.trim() }) : "";
  $("nothing").classList.toggle("unseen", !nothing);
  $("search").setAttribute("aria-expanded", String(Boolean(hits.length)));
  mark();
}

function mark() {
  const box = $("search");
  [...$("hits").children].forEach((item, n) => item.setAttribute("aria-selected", String(n === at)));
  if (at < 0) return box.removeAttribute("aria-activedescendant");
  box.setAttribute("aria-activedescendant", `hit-${at}`);
  $("hits").children[at].scrollIntoView({ block: "nearest" });
}

function shut() {
  hits = [];
  at = -1;
  $("hits").hidden = true;
  $("nothing").classList.add("unseen");
  $("search").setAttribute("aria-expanded", "false");
  $("search").removeAttribute("aria-activedescendant");
}

function choose(n) {
  const hit = hits[n];
  if (!hit) return;
  $("search").value = "";
  shut();
  take(hit);
}

function listenToSearch() {
  const box = $("search");
  box.addEventListener("input", lookUp);
  box.addEventListener("blur", shut);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!hits.length) return;
      at = (at + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length;
      mark();
    } else if (event.key === "Enter") choose(at);
    else if (event.key === "Escape") {
      box.value = "";
      shut();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
