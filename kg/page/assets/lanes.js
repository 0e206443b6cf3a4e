// Answer lanes: hovering an answer lights its sentences and its line; a measure has its development as steps.
const preparers = [];
const prepare = () => preparers.forEach((make_ready) => make_ready());

function lightSentences(ids) {
  for (const block of document.querySelectorAll(".block.lit")) block.classList.remove("lit");
  const lit = new Set(ids.flatMap((id) => evidenceOf(claimOf(id) ?? {}).map((e) => `${e.source}.${e.address}`)));
  for (const sentence of lit) blockOf(sentence)?.classList.add("lit");
}

const blockOf = (sentence) => document.querySelector(`.block[data-sentence="${CSS.escape(sentence)}"]`);

preparers.push(() => {
  const panel = $("panel");
  panel.addEventListener("pointerover", (event) => {
    const row = event.target.closest("[data-claims],[data-claim]");
    if (!row) return;
    const ids = (row.dataset.claims ?? row.dataset.claim).split(" ");
    lightSentences(ids);
    const line = ids.map((id) => lineOf.get(numberOf.get(id))).find((found) => found !== undefined);
    setHover(line === undefined ? null : { line }, { quiet: true });
  });
  panel.addEventListener("pointerleave", () => {
    lightSentences([]);
    setHover(null);
  });
});

// The lanes say which of their answers pass the filters.
watchers.push(() => {
  for (const row of document.querySelectorAll("#lanes .answer")) {
    const on = row.dataset.claims.split(" ").some((id) => passes(numberOf.get(id)));
    row.classList.toggle("off", !on);
  }
  for (const card of document.querySelectorAll("#lanes .lane")) {
    card.classList.toggle("off", !card.querySelector(".answer:not(.off)"));
  }
});

function showFinding(key) {
  const lane = laneOf.get(key);
  const numbers = lane.claims.map((id) => numberOf.get(id));
  const card = document.getElementById(`f=${key}`);
  const copy = card.cloneNode(true);
  copy.removeAttribute("id");
  for (const details of copy.querySelectorAll("details")) details.open = true;
  return [
    make("div", { class: "tools-row" }, copyButton("finding", key)),
    copy,
    drawSteps(numbers),
    make("h3", null, own("evidence")),
    makeCards(numbers),
  ];
}

// What was counted, as steps over time, with each promise as a line; only where there are two counts or more. What has
// no day of counting is no step: two who disagree on a price have said so on two days, and it has not changed.
const DAY = 864e5;
function dayOf(iso) {
  const [, year, month, day] = /^(-?\d+)-(\d\d)-(\d\d)$/.exec(iso); // Date.parse reads no year before 0
  return new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(day)) / DAY;
}

function drawSteps(numbers) {
  const counts = new Map();
  for (const number of numbers) {
    const claim = claims[number];
    if (claim.figure === undefined || claim.denied || claim.mode !== "fact" || !claim.counted) continue;
    push(counts, `${claim.property}|${rootOf(claim)}`, {
      figure: claim.figure,
      day: dayOf(claim.counted),
      text: worded(claim.value),
      claim,
    });
  }
  const steps = [...counts.values()]
    .map((points) => points.sort((a, b) => a.day - b.day))
    .find((points) => points.length > 1);
  if (!steps || steps[0].day === steps.at(-1).day) return null;
  const unit = steps[0].claim.unit;
  const ahead = claims.filter(
    (claim) => claim.unit === unit && claim.figure > 0 && !claim.denied && data.strokes[claim.mode].tense === "ahead",
  );
  const lines = ahead.filter((claim) => numbers.includes(numberOf.get(claim.id)) || related(claim, steps[0].claim));
  return drawChart(steps, lines);
}

// A promise of a company is about the counts of its products: their entities are neighbours.
function related(one, other) {
  const [a, b] = [rootOf(one), rootOf(other)];
  return a === b || (linesOf.get(a) ?? []).some((line) => ends[line].includes(b));
}

const whenOf = (claim) => worded(claim.asOf);

function drawChart(steps, promises) {
  const [wide, high, left, bottom] = [460, 154, 12, 118];
  const top = Math.max(...steps.map((point) => point.figure), ...promises.map((claim) => claim.figure));
  const [first, last] = [steps[0].day, steps.at(-1).day];
  const x = (day) => left + ((day - first) / (last - first)) * (wide * 0.62);
  const y = (figure) => bottom - (figure / top) * 84;
  const told = [
    ...steps.map((point) => `${whenOf(point.claim)}: ${point.text}`),
    ...promises.map((claim) => `${own(`modes.${claim.mode}`)}: ${worded(claim.value)}`),
  ];
  const svg = draw("svg", {
    class: "steps",
    viewBox: `0 0 ${wide} ${high}`,
    role: "img",
    "aria-label": told.join("; "),
  });
  const write = (text, at) => {
    const label = draw("text", at);
    label.textContent = text;
    svg.append(label);
  };
  // One line for each figure that was promised, with all the modes in which it was.
  const figures = new Map();
  for (const claim of promises) push(figures, claim.figure, claim);
  for (const [figure, alike] of [...figures].slice(0, 3)) {
    const modes = [...new Set(alike.map((claim) => own(`modes.${claim.mode}`)))].join(own("comma"));
    svg.append(draw("path", { class: "promise", d: `M${left} ${y(figure)}H${wide - 6}` }));
    write(`${worded(alike[0].value)} (${modes})`, { x: left, y: y(figure) - 6, class: "promised" });
  }
  let path = "";
  for (const point of steps)
    path += path ? `H${x(point.day)}V${y(point.figure)}` : `M${x(point.day)} ${y(point.figure)}`;
  svg.append(
    draw("path", { class: "axis", d: `M${left} ${bottom}H${wide - 6}` }),
    draw("path", { d: `${path}H${wide - 6}` }),
  );
  steps.forEach((point, n) => {
    svg.append(draw("circle", { cx: x(point.day), cy: y(point.figure), r: 4 }));
    if (n > 0 && n < steps.length - 1) return;
    const end = n > 0 ? { x: wide - 6, "text-anchor": "end" } : { x: x(point.day) };
    write(point.text, { ...end, y: y(point.figure) - 8 });
    write(whenOf(point.claim), { ...end, y: bottom + 16 + (n ? 15 : 0), class: "small" });
  });
  return svg;
}
