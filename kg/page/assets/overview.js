// The overview of a large graph: the search over all names, and the claims of the most central things.
const MOST_LINES = 200;
const opened = document.documentElement.lang;
const bodies = { [opened]: $("page").innerHTML };
const indexes = { [opened]: JSON.parse(await unpack("things")) };
let data = indexes[opened];
let placeOf = null;
const own = (key) => data.words[key];
const fill = (key, values) => own(key).replace(/\{(\w+)\}/g, (_, name) => values[name]);
const count = (n) => fill(`claims-${n === 1 ? 1 : "n"}`, { n: n.toLocaleString("en") });

// Named alike, the most central things come first.
let findable = null;
function findHits(text) {
  const { length } = data.things;
  findable ??= data.things.map(({ key, names, classes }, place) =>
    takeApart({ kind: "entity", key, names: [...names, key], also: classes, weight: 10 * (1 - place / length) }),
  );
  return findAmong(findable, text, own("idle-words").split(" "));
}
const titleOf = ({ key }) => data.things[placeOf.get(key)].names[0];
const noteOf = ({ key }) => {
  const { classes, count: n } = data.things[placeOf.get(key)];
  return `${classes.join(own("comma"))}${own("remark")}${count(n)}`;
};

function take({ key }) {
  const hash = `#e=${encodeURIComponent(key)}`;
  if (location.hash === hash) open(key);
  else location.hash = hash;
}

// A link to the thing that the address names already opens it again.
document.addEventListener("click", ({ target }) => {
  const anchor = target.closest('a[href^="#e="]');
  if (anchor?.getAttribute("href") === location.hash) follow();
});

function makeLine(claim) {
  const aside = [claim.time, claim.who, claim.where].filter(Boolean).join(" · ");
  return make(
    "li",
    { title: claim.id },
    claim.conflict ? make("b", { class: "flag" }, `≠ ${own("conflict")} `) : null,
    claim.denied ? [make("s", null, claim.says), " ", make("em", { class: "denied" }, own("line-denied"))] : claim.says,
    " ",
    make("span", { class: `mode ${claim.mode}` }, claim.word),
    make("span", { class: "who" }, ` ${aside}`),
  );
}

// A list of claims; a long one is turned by leaves, so that the document stays small.
function makeList(numbers) {
  const list = make("ul", null);
  const told = make("span", { role: "status" });
  let first = 0;
  const turn = (by) => {
    first += by;
    const leaf = numbers.slice(first, first + MOST_LINES);
    list.replaceChildren(...leaf.map((number) => makeLine(data.claims[number])));
    const [from, to, all] = [first + 1, first + leaf.length, numbers.length].map((n) => n.toLocaleString("en"));
    told.textContent = fill("overview.script-leaf", { from, to, all });
    back.disabled = first === 0;
    on.disabled = first + MOST_LINES >= numbers.length;
  };
  const back = make(
    "button",
    { type: "button", on: { click: () => turn(-MOST_LINES) } },
    own("overview.script-before"),
  );
  const on = make("button", { type: "button", on: { click: () => turn(MOST_LINES) } }, own("overview.script-next"));
  turn(0);
  return numbers.length > MOST_LINES ? [make("p", { class: "leaves" }, back, told, on), list] : [list];
}

function makeLists(place) {
  return data.parts.flatMap((part) => {
    const numbers = data.lists[place][part];
    const heading = part === "about" ? "" : own(`overview.script-${part}`);
    if (!numbers.length) return [];
    return [
      heading ? make("p", { class: "subhead" }, `${heading} (${count(numbers.length)})`) : null,
      ...makeList(numbers),
    ];
  });
}

// A thing by its key: one of the most central opens; of another it is told what there is, and how to see it.
function open(key) {
  const place = placeOf.get(key);
  $("found").hidden = true;
  if (place === undefined) return;
  const details = $(`e=${key}`);
  if (details) {
    details.open = true;
    details.scrollIntoView({ block: "start" });
    details.querySelector("summary").focus({ preventScroll: true });
    return;
  }
  const { names, classes, count: n } = data.things[place];
  const others = names.slice(1).join(" · ");
  $("found").replaceChildren(
    make("h2", null, names[0], " ", make("span", { class: "count" }, count(n))),
    make("p", { class: "who" }, [classes.join(own("comma")), others].filter(Boolean).join("; ")),
    make("p", null, `${own("overview.script-show")} `, make("code", null, `kg show ${key}`)),
    make("p", null, `${own("overview.script-around")} `, make("code", null, `kg export html --around ${key}`)),
  );
  $("found").hidden = false;
  $("found").scrollIntoView({ block: "nearest" });
  $("found").focus({ preventScroll: true });
}

// A body that is new listens. The thing that is open has its claims in the document; those that are closed have not.
function prepare() {
  placeOf = new Map(data.things.map((thing, place) => [thing.key, place]));
  findable = null;
  for (const details of document.querySelectorAll("#central-things details")) {
    details.addEventListener("toggle", () => {
      details.querySelector("div")?.remove();
      if (!details.open) return;
      for (const other of document.querySelectorAll("#central-things details[open]")) other.open = other === details;
      details.append(make("div", null, ...makeLists(placeOf.get(details.id.slice(2)))));
    });
  }
  $("language").addEventListener("click", () => turnTo($("language").lang));
  listenToSearch();
}

// What is the same in every language is told once.
function wordAnew({ things, claims, ...others }) {
  const mix = (all, worded) => all.map((one, place) => ({ ...one, ...worded[place] }));
  const first = indexes[opened];
  return { ...first, ...others, things: mix(first.things, things), claims: mix(first.claims, claims) };
}

// Another language is another body, and another index: the first time they are unpacked, then they are kept.
async function turnTo(language) {
  indexes[language] ??= wordAnew(JSON.parse(await unpack(`things-${language}`)));
  bodies[language] ??= await unpack(`page-${language}`);
  data = indexes[language];
  document.documentElement.lang = language;
  document.title = data.title;
  $("page").innerHTML = bodies[language];
  prepare();
  follow();
}

// A link names a thing (`#e=KEY`); what it does not know does nothing.
function follow() {
  const [[letter, key] = []] = new URLSearchParams(location.hash.slice(1));
  if (letter === "e") open(key);
}
addEventListener("hashchange", follow);
document.documentElement.classList.add("with-script");
prepare();
follow();
