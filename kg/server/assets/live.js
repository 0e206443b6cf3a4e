// The page that is served while its graph is curated: it tells what `kg check` finds, beside the things that it is
// about, and loads itself anew when there is another page.
(() => {
  "use strict";
  const page = document.querySelector('meta[name="kg-page"]').content;
  const box = document.createElement("aside");
  box.id = "kg-live";
  box.setAttribute("aria-label", "kg check");
  const summary = document.createElement("summary");
  const words = document.createElement("span");
  words.setAttribute("role", "status");
  summary.append(words);
  const list = document.createElement("ol");
  const fold = document.createElement("details");
  fold.append(summary, list);
  // the pages of the server: of all, and of what is shown here
  const ways = document.createElement("nav");
  ways.setAttribute("aria-label", "Pages of the server");
  box.append(fold, ways);
  let told = [];

  const make = (name, text, kind) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };

  function drawWays() {
    const shown = new URLSearchParams(location.hash.slice(1));
    const kind = ["e", "c"].find((one) => shown.get(one));
    const links = [
      ["/search", "Search"],
      ["/questions", "Questions"],
      ["/disputes", "Disputes"],
      ["/query", "SPARQL"],
    ];
    if (kind) links.unshift([`/resource?iri=${encodeURIComponent(`${kind}:${shown.get(kind)}`)}`, "All of this"]);
    ways.replaceChildren(
      ...links.flatMap(([href, text]) => {
        const link = make("a", text);
        link.href = href;
        return [link, " "];
      }),
    );
  }

  const count = (kind) => told.filter((one) => one.severity === kind).length;
  const plural = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

  function draw(stale) {
    const parts = ["error", "warning", "note"].map((kind) => [count(kind), kind]).filter(([number]) => number > 0);
    const found = parts.map(([number, kind]) => plural(number, kind)).join(", ") || "nothing to mend";
    words.textContent = stale ? `${found}; the graph is as it was before` : found;
    box.className = parts.length ? parts[0][1] : "well";
    list.replaceChildren(...told.map(drawItem));
    mark();
  }

  function drawItem(one) {
    const item = make("li", "", one.severity);
    item.append(make("strong", `${one.severity} `), make("code", one.code), " ", one.message);
    if (one.hint) item.append(make("em", ` ${one.hint}`));
    const place = make(one.about ? "a" : "span", one.place, "place");
    if (one.about) place.href = addressOf(one.about);
    item.append(" ", place);
    return item;
  }

  const addressOf = (about) => `#${new URLSearchParams({ [about.kind]: about.key })}`;

  // Beside what a diagnostic is about: rows of the claim, and the panel of what is shown.
  function mark() {
    watching.disconnect();
    for (const old of document.querySelectorAll(".kg-told")) old.remove();
    const shown = new URLSearchParams(location.hash.slice(1));
    for (const one of told) {
      if (!one.about) continue;
      const { kind, key } = one.about;
      const spots = kind === "c" ? [...document.querySelectorAll(`[data-claim="${CSS.escape(key)}"]`)] : [];
      const panel = document.getElementById("detail");
      if (panel && shown.get(kind) === key && !spots.some((spot) => panel.contains(spot))) spots.push(panel);
      for (const spot of spots) {
        const note = make("p", `${one.severity}: ${one.message}`, `kg-told ${one.severity}`);
        (spot.tagName === "TR" ? (spot.lastElementChild ?? spot) : spot).append(note);
      }
    }
    watching.observe(document.getElementById("page") ?? document.body, { childList: true, subtree: true });
  }

  let waiting = false;
  const watching = new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mark();
    });
  });

  const events = new EventSource("/live");
  events.onmessage = (event) => {
    const news = JSON.parse(event.data);
    if (news.page && news.page !== page) return location.reload();
    told = news.told;
    draw(news.stale);
  };
  events.onerror = () => {
    words.textContent = "the server does not answer";
    box.className = "error";
  };
  addEventListener("hashchange", () => {
    mark();
    drawWays();
  });
  document.body.append(box);
  drawWays();
  draw(false);
})();
