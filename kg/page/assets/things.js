// A thing: what happened, what is ahead, what is thought of it; what it said, and what was said there.
function familyMark(family) {
  const { outline } = data.families[family];
  return draw(
    "svg",
    { viewBox: "-13 -13 26 26", "aria-hidden": "true", class: `f-${family}` },
    draw("path", { d: outline }),
  );
}

const byTense = (numbers, tense) => numbers.filter((number) => data.strokes[claims[number].mode].tense === tense);
const inOrder = (numbers) =>
  [...numbers].sort((a, b) => firstPlaceOf(a).localeCompare(firstPlaceOf(b), "en", { numeric: true }));
const firstPlaceOf = (number) => {
  const [first] = evidenceOf(claims[number]);
  return first ? `${first.source} ${first.address}` : "";
};

function showEntity(key) {
  const entity = entities[key];
  const name = nameOf(key);
  const of = inOrder((bySubject.get(key) ?? []).filter((number) => !claims[number].subjectClaim));
  const on = inOrder((byObject.get(key) ?? []).filter((number) => !of.includes(number)));
  const said = inOrder(bySpeaker.get(key) ?? []);
  const there = saidThere(key);
  const other = LANGUAGES.find((language) => language !== state.language);
  const elsewhere = data.words[other]?.entities[key];
  const lists = [
    makeList(own("panel-happened"), byTense([...of, ...on], "happened")),
    drawSteps(of),
    makeList(own("panel-ahead"), byTense([...of, ...on], "ahead")),
    makeList(own("panel-view"), byTense([...of, ...on], "view")),
  ];
  const saying = makeList(fill("panel-said", { e: name }), said, { speakers: false });
  const place = makeList(own("panel-there"), there);
  return [
    make(
      "p",
      { class: "kicker" },
      familyMark(entity.family),
      (entity.classes ?? []).map((kind) => words().classes[kind] ?? kind).join(", "),
    ),
    make("h2", null, name, elsewhere && elsewhere !== name ? make("small", { lang: other }, ` ${elsewhere}`) : null),
    entity.description
      ? make("p", null, inItsOwn(worded(entity.description), entity.descriptionLanguage ?? state.language))
      : null,
    entity.when ? make("p", { class: "names" }, worded(entity.when)) : null,
    (entity.names ?? []).length ? make("ul", { class: "names" }, entity.names.map(describeName)) : null,
    entity.note ? make("p", { class: "note" }, noted(entity.note)) : null,
    entityTools(key),
    // What a person said comes first, what was said at an event right after what happened there.
    entity.family === "person" || entity.family === "voice"
      ? [saying, lists]
      : [lists.slice(0, 2), place, lists.slice(2), saying],
    entity.family === "person" || entity.family === "voice" ? place : null,
    listStated("stated", entity.stated, entity.statedMore),
    listStated("contradicted-tables", entity.rows),
    make(
      "p",
      { class: "corner" },
      make("code", { title: own("written") }, `${key} · ${entity.file}`),
      (entity.same ?? []).map((same) => [" = ", make("code", null, same)]),
    ),
  ];
}

// What files of RDF state of a thing, which nobody in particular says, and rows of tables against its facts.
function listStated(heading, stated, statedMore) {
  if (!stated) return null;
  const lines = stated.map((one) =>
    make(
      "li",
      null,
      `${words().properties[one.property] ?? one.predicate ?? one.property} `,
      one.object ? linkTo(one.object) : one.value,
      one.contradicted ? make("em", null, ` ≠ ${own("contradicted-flag")}`) : null,
      " ",
      make("code", null, one.file),
    ),
  );
  const rest = statedMore ? make("li", null, more(statedMore)) : null;
  return [make("h3", null, own(heading)), make("ul", null, lines, rest)];
}

const describeName = ({ kind, text, language, places }) =>
  make(
    "li",
    null,
    `${own(kind)} `,
    make("q", { lang: language }, text),
    (places ?? []).length ? make("small", null, ` ${places.map(placeWords).join("; ")}`) : null,
  );

function placeWords(place) {
  const [, source, address] = /^(.+)\.(p\d+s\d+)$/.exec(place) ?? [];
  return has(sources, source) ? `${sourceName(source)}${own("remark")}${placeOf(source, address)}` : place;
}

// What was said at an event; for a place at all events that are there.
function saidThere(key) {
  const events = new Set([key]);
  if (entities[key].family === "place") {
    for (const number of byObject.get(key) ?? []) {
      const root = rootOf(claims[number]);
      if (root && entities[root]?.family === "event" && !claims[number].denied) events.add(root);
    }
  }
  return inOrder(new Set([...events].flatMap((event) => byVenue.get(event) ?? [])));
}

function entityTools(key) {
  const others = Object.keys(entities).filter((other) => other !== key);
  const go = ({ currentTarget }) => {
    const other = others.find((candidate) => nameOf(candidate) === currentTarget.value);
    if (other) show("path", `${key}~${other}`);
  };
  const step = (k) =>
    make(
      "button",
      {
        type: "button",
        "aria-pressed": String(state.steps === k),
        "aria-label": fill("steps-of", { n: k }),
        on: { click: () => change({ steps: state.steps === k ? 0 : k }) },
      },
      String(k),
    );
  return make(
    "div",
    { class: "tools-row" },
    copyButton("entity", key),
    make("span", { role: "group", "aria-label": own("focus") }, `${own("focus")} `, [1, 2, 3].map(step)),
    make("input", {
      list: "others",
      "aria-label": own("path-to"),
      placeholder: `${own("path-to")} …`,
      on: { change: go },
    }),
    make(
      "datalist",
      { id: "others" },
      others.map((other) => make("option", { value: nameOf(other) })),
    ),
  );
}

function showPath(key) {
  const [start, end] = key.split("~");
  const found = findPath(start, end);
  const title = make("h2", null, `${nameOf(start)} – ${nameOf(end)}`);
  if (!found.nodes.length) return [title, make("p", null, own("path-none"))];
  const step = (line) => {
    const claim = claims[net.claims[line][0]];
    return make("li", null, link("claim", claim.id, statementOf(claim)), " ", modePill(claim.mode));
  };
  return [
    make("p", { class: "kicker" }, own("path")),
    title,
    make("div", { class: "tools-row" }, copyButton("path", key)),
    make("ol", { class: "walk" }, found.lines.map(step)),
  ];
}
