// Phrases that all panels share: links, modes, places, and the card of a claim.
const link = (kind, key, ...text) => make("a", { href: `#${KINDS[kind]}=${encodeURIComponent(key)}` }, ...text);
const linkTo = (key) => link("entity", key, nameOf(key));
const linkClaim = (id) => (numberOf.has(id) ? link("claim", id, statementOf(claimOf(id))) : make("code", null, id));
const modePill = (mode) => make("span", { class: `mode ${mode}` }, own(`modes.${mode}`));
const between = (items, sign) => items.flatMap((item, n) => (n ? [sign, item] : [item]));
const linksTo = (keys) => between(keys.map(linkTo), own("comma"));
const linkPlace = ({ source, address }) =>
  link("source", `${source}.${address}`, `${sourceName(source)}${own("remark")}${placeOf(source, address)}`);

// Where a claim stands: the first places, and how many there are more.
function linkPlaces(evidence, most) {
  const others = evidence.length - most;
  return [between(evidence.slice(0, most).map(linkPlace), "; "), others > 0 ? count("more-places", others) : ""];
}

function describeSubject(claim) {
  return claim.subjectClaim ? linkClaim(claim.subjectClaim) : linkTo(claim.subject);
}

function describeValue(claim) {
  const said = claim.object
    ? linkTo(claim.object)
    : claim.objectClaim
      ? linkClaim(claim.objectClaim)
      : inItsOwn(worded(claim.value), claim.valueLanguage ?? state.language);
  return claim.denied ? [make("s", null, said), " ", make("em", { class: "denied" }, own("line-denied"))] : [said];
}

function pairs(entries) {
  const told = entries.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return make(
    "dl",
    null,
    told.map(([name, value]) => make("div", null, make("dt", null, own(name)), make("dd", null, value))),
  );
}

function copyButton(kind, key) {
  const copy = (event) =>
    copyLink(writeAddress({ shown: { kind, key }, language: state.language }), event.currentTarget);
  return make("button", { type: "button", class: "copy", on: { click: copy } }, own("copy-link"));
}

async function copyLink(hash, button) {
  const address = location.href.split("#")[0] + hash;
  let done = true;
  try {
    await navigator.clipboard.writeText(address);
  } catch {
    const field = make("textarea", { class: "unseen", "aria-hidden": "true" });
    field.value = address;
    document.body.append(field);
    field.select();
    done = document.execCommand("copy");
    field.remove();
  }
  const before = button.textContent;
  button.textContent = own(done ? "copied" : "not-copied");
  setTimeout(() => (button.textContent = before), 1600);
}

const voiceOf = (evidence) => own(evidence.voice ? `voices.${evidence.voice}` : "source-voice");

function describeEvidence(evidence) {
  return make(
    "div",
    { class: "saying" },
    evidence.text ? make("blockquote", { lang: sources[evidence.source]?.language }, evidence.text) : null,
    pairs([
      ["place", [linkPlace(evidence), " (", voiceOf(evidence), ")"]],
      ["venue", evidence.venue ? linkTo(evidence.venue) : null],
      ["said", evidence.said ? worded(evidence.said.text) : own("unknown")],
      ["via", evidence.via ? linksTo(evidence.via) : null],
      ["clarity", evidence.clarity ? own(`clarities.${evidence.clarity}`) : null],
      ["note", noted(evidence.note)],
    ]),
  );
}

// A claim with all that is known of it.
function makeCard(number) {
  const claim = claims[number];
  const flags = [
    claim.conflict ? make("span", { class: "flag" }, `≠ ${own("conflict")}`) : null,
    claim.superseded ? make("span", null, own("superseded")) : null,
    claim.ownInterest ? make("span", null, own("own-interest")) : null,
  ];
  const about = aboutClaim.get(claim.id) ?? [];
  const stands = claim.stands ?? [];
  return make(
    "article",
    {
      class: `card claim${claim.conflict ? " conflict" : ""}${shows("claim") === claim.id ? " chosen" : ""}`,
      "data-claim": claim.id,
    },
    make("p", { class: "kicker" }, modePill(claim.mode), flags),
    make("p", null, describeSubject(claim), " ", make("span", { class: "property" }, propertyOf(claim))),
    make(
      "p",
      { class: "value" },
      describeValue(claim),
      timeBeside(claim) ? [" ", make("span", { class: "time" }, timeBeside(claim))] : null,
    ),
    pairs([
      ["speaker", linksTo(speakersOf(claim))],
      ["about-time", claim.unknownTime ? own("no-time") : null],
      [
        "decided-for",
        claim.decided
          ? [between(claim.decided.chosen.map(linkClaim), own("comma")), own("colon"), noted(claim.decided.because)]
          : null,
      ],
      ["inferred", claim.inferred ? between(claim.inferred.map(noted), "; ") : null],
      ["note", noted(claim.note)],
    ]),
    evidenceOf(claim).map(describeEvidence),
    stands.length
      ? [make("p", { class: "subhead" }, own("differs")), make("ul", null, stands.map(describeStand))]
      : null,
    about.length
      ? [
          make("p", { class: "subhead" }, own("used-by")),
          make(
            "ul",
            null,
            about.map((n) => make("li", null, linkClaim(claims[n].id), " ", modePill(claims[n].mode))),
          ),
        ]
      : null,
    make(
      "p",
      { class: "corner" },
      copyButton("claim", claim.id),
      make("code", { title: own("written") }, `${claim.id} · ${claim.file}`),
    ),
  );
}

// What tells a claim from others in the same words: its mode, its time, and who says so.
function tellApart(claim) {
  if (!claim) return null;
  const aside = [timeBeside(claim), speakersOf(claim).map(nameOf).join(own("comma"))].filter(Boolean).join(" · ");
  return [" ", modePill(claim.mode), make("span", { class: "who" }, ` ${aside}`)];
}

function describeStand({ relation, other, reason }) {
  const flag = relation === "conflict" ? { class: "flag" } : null;
  const why = `${flag ? "≠ " : ""}${worded(data.reasons[reason])}${own("colon")}`;
  return make("li", null, make("span", flag, why), linkClaim(other), tellApart(claimOf(other)));
}

// One line of a list: what a claim says, in which mode, who says so and where.
function makeLine(number, { speakers = true, places = true } = {}) {
  const claim = claims[number];
  const evidence = evidenceOf(claim);
  const quoted = evidence.some(({ voice }) => voice === "quote");
  const faults = [...new Set(evidence.map(({ clarity }) => clarity).filter(Boolean))];
  const unclear = faults.map((one) => own(`clarities.${one}`)).join(own("comma"));
  return make(
    "li",
    { class: claim.conflict ? "conflict" : null },
    link("claim", claim.id, statementOf(claim)),
    " ",
    modePill(claim.mode),
    claim.superseded ? make("small", null, ` ${own("superseded")}`) : null,
    claim.conflict ? make("span", { class: "flag" }, " ≠") : null,
    make(
      "span",
      { class: "who" },
      between(
        [
          quoted ? make("b", { class: "quoted" }, `“ ${own("voices.quote")}`) : null,
          unclear ? fill("unclear", { what: unclear }) : null,
          timeBeside(claim),
          speakers && claim.speakers ? linksTo(claim.speakers) : null,
          places && evidence.length ? linkPlaces(evidence, 2) : null,
        ].filter(Boolean),
        " · ",
      ),
    ),
  );
}

const MOST_LINES = 40;
const MOST_CARDS = 24;
// A box with what is made of each number; of many the first, the others behind a button.
function fillBox(box, numbers, most, makeOne) {
  box.append(...numbers.slice(0, most).map(makeOne));
  const rest = numbers.slice(most);
  const open = (event) => {
    box.append(...rest.map(makeOne));
    event.currentTarget.remove();
  };
  const button = () => make("button", { type: "button", on: { click: open } }, more(rest.length));
  return [box, rest.length ? button() : null];
}

const makeCards = (numbers, kind = "cards") =>
  fillBox(make("div", { class: kind }), numbers, MOST_CARDS, (number) => makeCard(number));

// A heading with the lines of claims.
function makeList(title, numbers, options) {
  if (!numbers.length) return null;
  return [
    make("h3", null, title, " ", make("span", { class: "count" }, grouped(numbers.length))),
    ...fillBox(make("ul", { class: "lines" }), numbers, MOST_LINES, (number) => makeLine(number, options)),
  ];
}
