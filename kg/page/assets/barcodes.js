// The texts as barcodes: a block opens its sentence; sentences that speak to one question light each other.
preparers.push(() => {
  const texts = $("texts");
  if (!texts) return;
  texts.addEventListener("pointerover", (event) => {
    const matter = event.target.closest(".matter");
    const block = event.target.closest(".block");
    const found = new Set(
      matter ? [matter.dataset.matter] : [...(block?.querySelectorAll(".matter") ?? [])].map((b) => b.dataset.matter),
    );
    for (const other of texts.querySelectorAll(".block")) {
      const shares = [...other.querySelectorAll(".matter")].some((b) => found.has(b.dataset.matter));
      other.classList.toggle("joined", shares);
    }
  });
  texts.addEventListener("pointerleave", () => {
    for (const block of texts.querySelectorAll(".joined")) block.classList.remove("joined");
  });
});

watchers.push(() => {
  const chosen = shows("claim") ? [shows("claim")] : shows("finding") ? laneOf.get(shows("finding")).claims : [];
  lightSentences(chosen);
  for (const block of document.querySelectorAll(".block")) {
    const numbers = bySentence.get(block.dataset.sentence) ?? [];
    block.classList.toggle("chosen", shows("source") === block.dataset.sentence);
    block.classList.toggle("off", isFiltered() && !numbers.some((number) => passes(number)));
  }
});

// A source with all it says, paragraph by paragraph; or one sentence of it.
function showSource(key) {
  const sentence = isSentence(key) ? key : null;
  const id = sentence ? key.replace(/\.p\d+s\d+$/, "") : key;
  const source = sources[id];
  const about = pairs([
    ["publisher", source.publisher ? linkTo(source.publisher) : own("unknown")],
    ["author", source.authors ? linksTo(source.authors) : own("unknown")],
    [
      "published",
      source.published
        ? [
            worded(source.published),
            source.inferred ? [own("remark"), own("inferred"), own("colon"), noted(source.inferred)] : null,
          ]
        : own("unknown"),
    ],
    ["note", noted(source.note)],
  ]);
  const title = inItsOwn(source.title ?? own("no-title"), source.language);
  const named = source.link
    ? make("a", { href: source.link, rel: "noreferrer noopener" }, title)
    : make("cite", null, title);
  if (sentence) {
    const address = key.slice(id.length + 1);
    const numbers = bySentence.get(key) ?? [];
    const skipped = source.skipped?.[address];
    return [
      make("p", { class: "kicker" }, link("source", id, sourceName(id))),
      make("h2", null, capital(placeOf(id, address))),
      make("p", { class: "names" }, named),
      make("div", { class: "tools-row" }, copyButton("source", key)),
      skipped ? make("p", { class: "note" }, own("key-skipped"), own("colon"), inItsOwn(skipped, data.language)) : null,
      makeCards(numbers),
    ];
  }
  const groups = new Map();
  for (const number of claimsOfSource(id)) {
    for (const evidence of evidenceOf(claims[number]))
      if (evidence.source === id) push(groups, evidence.address, number);
  }
  const order = ([a], [b]) => a.localeCompare(b, "en", { numeric: true });
  return [
    make("p", { class: "kicker" }, own("source")),
    make("h2", null, sourceName(id)),
    make("p", { class: "names" }, named),
    about,
    make("div", { class: "tools-row" }, copyButton("source", id)),
    [...groups].sort(order).map(([address, numbers]) => [
      make("h3", null, link("source", `${id}.${address}`, capital(placeOf(id, address)))),
      make(
        "ul",
        { class: "lines" },
        numbers.map((number) => makeLine(number, { places: false })),
      ),
    ]),
    make("p", { class: "corner" }, make("code", null, source.file)),
  ];
}

const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
