// The table of claims: only the rows that are on the screen are drawn, and all of them for the printer.
const COLUMNS = ["subject", "property", "value", "mode", "speaker", "about-time", "said", "source"];
const HIGH = 46; // pixels: the height of a row, as the style sheet has it
const SPARE = 12; // rows beyond the edges of the window
let tableOrder = { column: null, down: false };
let tableRows = [];
let drawnRows = "";
let printing = false;

const saidOf = (claim) => evidenceOf(claim)[0]?.said;
const CELLS = {
  subject: (claim) => describeSubject(claim),
  property: (claim) => propertyOf(claim),
  value: (claim) => describeValue(claim),
  mode: (claim) => [modePill(claim.mode), claim.conflict ? make("b", { class: "flag" }, " ≠") : null],
  speaker: (claim) => linksTo(speakersOf(claim)),
  "about-time": (claim) => timeOf(claim) || (claim.unknownTime ? own("no-time") : ""),
  said: (claim) => (saidOf(claim) ? worded(saidOf(claim).text) : own("unknown")),
  source: (claim) => linkPlaces(evidenceOf(claim), 1),
};
// Where a day stands among all, the years before year 0 too.
const orderOf = (iso) => (iso ? String(dayOf(iso) + 1e7) : "");
const KEYS = {
  subject: (claim) => (claim.subjectClaim ? statementOf(claimOf(claim.subjectClaim)) : nameOf(claim.subject)),
  value: (claim) => valueOf(claim),
  mode: (claim) => own(`modes.${claim.mode}`),
  speaker: (claim) => speakersOf(claim).map(nameOf).join(),
  "about-time": (claim) => orderOf(claim.time?.last ?? claim.time?.first ?? claim.counted),
  said: (claim) => orderOf(saidOf(claim)?.last ?? saidOf(claim)?.first),
  source: (claim) =>
    evidenceOf(claim)
      .map((e) => `${sourceName(e.source)} ${e.address}`)
      .join(),
  property: (claim) => propertyOf(claim),
};

function drawTable() {
  const grid = $("grid");
  if (!$("claims").open) return;
  const { column, down } = tableOrder;
  tableRows = claims.map((claim, number) => number).filter((number) => passes(number));
  if (column) {
    const collator = new Intl.Collator(state.language, { numeric: true });
    const keys = new Map(tableRows.map((number) => [number, KEYS[column](claims[number])]));
    tableRows.sort((a, b) => collator.compare(keys.get(a), keys.get(b)) * (down ? -1 : 1));
  }
  const sort = (name) => () => {
    tableOrder = { column: name, down: tableOrder.column === name && !tableOrder.down };
    drawTable();
    $("grid").querySelector(`[data-sort="${name}"]`).focus();
  };
  const head = COLUMNS.map((name) =>
    make(
      "th",
      { scope: "col", "aria-sort": column === name ? (down ? "descending" : "ascending") : "none" },
      make("button", { type: "button", "data-sort": name, on: { click: sort(name) } }, own(name)),
    ),
  );
  const table = make(
    "table",
    { id: "table", "aria-labelledby": "claims-name", "aria-rowcount": tableRows.length + 1 },
    make("thead", null, make("tr", { "aria-rowindex": 1 }, head)),
    make("tbody"),
  );
  grid.replaceChildren(table);
  drawnRows = "";
  drawRows();
}

function drawRow(number, n) {
  const claim = claims[number];
  const [first, ...others] = COLUMNS;
  const cell = (name) => make("td", null, make("div", null, CELLS[name](claim)));
  return make(
    "tr",
    { "data-claim": claim.id, "aria-rowindex": n + 2, class: shows("claim") === claim.id ? "chosen" : null },
    make("th", { scope: "row" }, make("div", null, CELLS[first](claim))),
    others.map(cell),
  );
}

function drawRows() {
  const grid = $("grid");
  const body = $("table")?.tBodies[0];
  if (!body) return;
  const first = printing ? 0 : Math.max(0, Math.floor(grid.scrollTop / HIGH) - SPARE);
  const last = printing
    ? tableRows.length
    : Math.min(tableRows.length, first + Math.ceil((grid.clientHeight || 600) / HIGH) + 2 * SPARE);
  const wanted = `${first} ${last}`;
  if (wanted === drawnRows) return;
  drawnRows = wanted;
  const space = (rows) =>
    rows > 0
      ? [
          make(
            "tr",
            { class: "space", "aria-hidden": "true" },
            make("td", { colspan: COLUMNS.length, height: rows * HIGH }),
          ),
        ]
      : [];
  body.replaceChildren(
    ...space(first),
    ...tableRows.slice(first, last).map((number, n) => drawRow(number, first + n)),
    ...space(tableRows.length - last),
  );
}

watchers.push(() => drawTable());
preparers.push(() => {
  $("claims").addEventListener("toggle", drawTable);
  $("grid").addEventListener("scroll", () => drawRows(), { passive: true });
  $("grid").addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-claim]");
    if (row && !event.target.closest("a,button")) show("claim", row.dataset.claim);
  });
});
addEventListener("beforeprint", () => {
  printing = true;
  $("claims").open = true;
  drawTable();
});
addEventListener("afterprint", () => {
  printing = false;
  drawTable();
});
