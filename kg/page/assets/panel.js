// The panel: the overview, or the one thing that the address names.
let panelShows = "";

// A claim with the others on the same subject and property, side by side where they disagree.
function showClaim(id) {
  const number = numberOf.get(id);
  const claim = claims[number];
  const kin = new Set([number]);
  for (const other of bySubject.get(rootOf(claim)) ?? []) {
    const alike = claims[other].property === claim.property && claims[other].subjectClaim === claim.subjectClaim;
    if (alike && (claim.conflict || !claim.object || claims[other].object === claim.object)) kin.add(other);
  }
  for (const { relation, other } of claim.stands ?? []) {
    if (relation !== "compatible" && numberOf.has(other)) kin.add(numberOf.get(other));
  }
  const members = [number, ...[...kin].filter((other) => other !== number)];
  const differ = members.length > 1 && members.some((n) => claims[n].conflict || claims[n].open || claims[n].stands);
  return [
    make("p", { class: "kicker" }, own("evidence")),
    make("h2", null, statementOf(claim)),
    drawSteps(members),
    makeCards(members, differ ? "cards two" : "cards"),
  ];
}

const VIEWS = {
  entity: showEntity,
  claim: showClaim,
  source: showSource,
  finding: showFinding,
  path: showPath,
  area: showArea,
};

function showPanel() {
  const view = VIEWS[state.shown?.kind];
  const now = JSON.stringify([state.shown, state.steps, state.language]);
  if (now === panelShows) return;
  const moved = JSON.stringify(state.shown) !== JSON.stringify(JSON.parse(panelShows || "[null]")[0]);
  panelShows = now;
  const detail = $("detail");
  $("overview").hidden = Boolean(view);
  detail.hidden = !view;
  const back = make("button", { type: "button", class: "back", on: { click: () => show(null) } }, `← ${own("back")}`);
  detail.replaceChildren(...(view ? [back, ...view(state.shown.key).flat(Infinity).filter(Boolean)] : []));
  if (moved) $("panel").scrollTop = 0;
  if (moved && state.shown?.kind === "question") openQuestion(state.shown.key);
}
watchers.push(showPanel);
preparers.push(() => (panelShows = ""));
