// Filters: what may be chosen, how many claims each choice would leave, and chips for what is chosen.
const TITLES = {
  disputed: "disputed-only",
  mode: "mode",
  speaker: "speaker",
  source: "source",
  property: "property",
  type: "type",
  family: "kind",
};

function nameValue(filter, value) {
  if (filter === "family") return own(`families.${value}`);
  if (filter === "type") return words().classes[value] ?? value;
  if (filter === "property") return words().properties[value] ?? value;
  if (filter === "source") return sourceName(value);
  if (filter === "speaker") return nameOf(value);
  return own(filter === "mode" ? `modes.${value}` : `line-${value}`);
}

function chip(text, act) {
  return make("button", { type: "button", on: { click: act } }, text, make("span", { "aria-hidden": "true" }, " ×"));
}

function showChips() {
  const chips = Object.entries(state.filters).flatMap(([filter, values]) =>
    [...values].map((value) => chip(nameValue(filter, value), () => toggleFilter(filter, value))),
  );
  if (state.from || state.to)
    chips.push(chip(`${state.from ?? "…"} – ${state.to ?? "…"}`, () => change({ from: null, to: null })));
  if (chips.length > 1) chips.push(chip(own("clear"), () => change({ filters: {}, from: null, to: null })));
  $("chips").replaceChildren(...chips);
  const left = claims.filter((claim, number) => passes(number)).length;
  const all = [
    count("things", Object.keys(entities).length),
    count("claims", claims.length),
    count("sources", Object.keys(sources).length),
  ];
  $("shown").textContent = isFiltered()
    ? left
      ? fill("shown", { n: grouped(left), m: grouped(claims.length) })
      : own("nothing")
    : all.join(own("comma"));
}

const MOST_CHOICES = 40;
function showFilters() {
  showChips();
  const drawer = $("facets");
  if (drawer.hidden) return;
  const focus = document.activeElement?.dataset?.choice;
  const day = (end) =>
    make(
      "label",
      null,
      make("span", null, own(end)),
      make("input", {
        type: "date",
        value: state[end],
        "data-choice": end,
        on: { change: (event) => change({ [end]: event.currentTarget.value || null }) },
      }),
    );
  const close = make(
    "button",
    { type: "button", class: "close", on: { click: () => $("more").click() } },
    own("close"),
  );
  drawer.replaceChildren(
    close,
    ...Object.entries(countChoices()).map(showChoices),
    make("fieldset", null, make("legend", null, own("when")), day("from"), day("to")),
  );
  for (const input of drawer.querySelectorAll("input")) if (focus && input.dataset.choice === focus) input.focus();
}

// How many claims each value of a filter would leave: those that pass all the others.
function countChoices() {
  const start = (filter) => new Map([...(state.filters[filter] ?? [])].map((value) => [value, 0]));
  const counts = Object.fromEntries(Object.keys(TITLES).map((filter) => [filter, start(filter)]));
  missed.forEach((filters, number) => {
    if (filters.length > 1) return;
    for (const filter of filters.length ? filters : Object.keys(counts)) {
      const counted = counts[filter];
      for (const value of counted ? traits[number][filter] : []) counted.set(value, (counted.get(value) ?? 0) + 1);
    }
  });
  return counts;
}

function showChoices([filter, counts]) {
  const choices = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MOST_CHOICES);
  const choice = ([value, n]) =>
    make(
      "label",
      null,
      make("input", {
        type: "checkbox",
        checked: Boolean(state.filters[filter]?.has(value)),
        "data-choice": `${filter}=${value}`,
        on: { change: () => toggleFilter(filter, value) },
      }),
      make("span", null, nameValue(filter, value)),
      make("span", { class: "count" }, grouped(n)),
    );
  return make("fieldset", null, make("legend", null, own(TITLES[filter])), choices.map(choice));
}
watchers.push(showFilters);

// What the filters leave out is pale wherever it stands: answers, disputes, the panel's lines and cards, things.
const RESTS_ON = "#answers tbody tr, #disputes .side, #detail .lines li, #detail .claim, #stated li";
function fade() {
  const things = new Set();
  if (isFiltered()) {
    claims.forEach((claim, number) => {
      if (passes(number)) for (const key of [rootOf(claim), claim.object, ...speakersOf(claim)]) things.add(key);
    });
  }
  const claimAt = (element) =>
    element.dataset.claim
      ? [element.dataset.claim]
      : [...element.querySelectorAll('a[href^="#c="]')].map((anchor) => decodeURIComponent(anchor.hash.slice(3)));
  for (const element of document.querySelectorAll(RESTS_ON)) {
    const numbers = claimAt(element)
      .map((id) => numberOf.get(id))
      .filter((number) => number !== undefined);
    element.classList.toggle("off", isFiltered() && numbers.length > 0 && !numbers.some(passes));
  }
  for (const item of document.querySelectorAll("#disputes .contrast > ul > li"))
    item.classList.toggle("off", !item.querySelector(".side:not(.off)"));
  // There may be thousands of things: while they cannot be seen they wait.
  if (!$("things").open) return;
  for (const anchor of document.querySelectorAll('#things .index a[href^="#e="]')) {
    const key = decodeURIComponent(anchor.hash.slice(3));
    anchor.classList.toggle("off", isFiltered() && !things.has(key));
  }
}
watchers.push(fade);
preparers.push(() => $("things").addEventListener("toggle", fade));

preparers.push(() => {
  const more = $("more");
  more.addEventListener("click", () => {
    const drawer = $("facets");
    drawer.hidden = !drawer.hidden;
    more.setAttribute("aria-expanded", String(!drawer.hidden));
    showFilters();
    if (!drawer.hidden) drawer.querySelector("button").focus();
    else more.focus();
  });
});
