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
  box.append(fold, ways);
  let told = [];
  let isStale = false;
  let isLost = false;
  const WORDS = {
    en: {
      pages: "Pages of the server",
      search: "Search",
      questions: "Questions",
      disputes: "Disputes",
      whole: "All of this",
      well: "nothing to mend",
      stale: "; the graph is as it was before",
      lost: "the server does not answer",
      between: ", ",
      error: ["error", "{n} error", "{n} errors"],
      warning: ["warning", "{n} warning", "{n} warnings"],
      note: ["note", "{n} note", "{n} notes"],
    },
    zh: {
      pages: "服务器的页面",
      search: "搜索",
      questions: "问题",
      disputes: "分歧",
      whole: "关于它的全部",
      well: "没有需要修正之处",
      stale: "；图仍是先前的样子",
      lost: "服务器没有回应",
      between: "，",
      error: ["错误", "{n} 个错误", "{n} 个错误"],
      warning: ["警告", "{n} 个警告", "{n} 个警告"],
      note: ["提示", "{n} 条提示", "{n} 条提示"],
    },
  };
  const language = () => (document.documentElement.lang === "zh" ? "zh" : "en");
  const own = (key) => WORDS[language()][key];

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
      ["/search", own("search"), {}],
      ["/questions", own("questions"), {}],
      ["/disputes", own("disputes"), {}],
      ["/query", "SPARQL", {}],
    ];
    if (kind) links.unshift(["/resource", own("whole"), { iri: `${kind}:${shown.get(kind)}` }]);
    ways.setAttribute("aria-label", own("pages"));
    ways.replaceChildren(
      ...links.flatMap(([path, text, given]) => {
        const link = make("a", text);
        link.href = `${path}?${new URLSearchParams({ ...given, l: language() })}`;
        return [link, " "];
      }),
    );
  }

  const count = (kind) => told.filter((one) => one.severity === kind).length;
  const plural = (number, kind) => own(kind)[number === 1 ? 1 : 2].replace("{n}", number);

  function draw() {
    const parts = ["error", "warning", "note"].map((kind) => [count(kind), kind]).filter(([number]) => number > 0);
    const found = parts.map(([number, kind]) => plural(number, kind)).join(own("between")) || own("well");
    words.textContent = isStale ? found + own("stale") : found;
    box.className = parts.length ? parts[0][1] : "well";
    list.replaceChildren(...told.map(drawItem));
    mark();
  }

  function drawItem(one) {
    const item = make("li", "", one.severity);
    const message = make("span", one.message); // in English, as `kg check` says it
    message.lang = "en";
    item.append(make("strong", `${own(one.severity)[0]} `), make("code", one.code), " ", message);
    if (one.hint) message.append(make("em", ` ${one.hint}`));
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
        const note = make("p", `${own(one.severity)[0]}: `, `kg-told ${one.severity}`);
        const message = make("span", one.message);
        message.lang = "en";
        note.append(message);
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
    isStale = news.stale;
    isLost = false;
    draw();
  };
  function lose() {
    isLost = true;
    words.textContent = own("lost");
    box.className = "error";
  }
  events.onerror = lose;
  new MutationObserver(() => {
    drawWays();
    if (isLost) lose();
    else draw();
  }).observe(document.documentElement, { attributeFilter: ["lang"] });
  addEventListener("hashchange", () => {
    mark();
    drawWays();
  });
  document.body.append(box);
  drawWays();
  draw();
})();
