// The network as the reader meets it: pointer and keys on the stage, whichever drawing is shown.
const both = (a, b) => (a && b ? new Set([...a].filter((x) => b.has(x))) : (a ?? b));
let pointer = { x: 0, y: 0 };
let flown = null;

function paint() {
  look = findShown();
  const claim = shows("claim");
  const path = shows("path");
  const line = claim ? lineOf.get(numberOf.get(claim)) : undefined;
  chosenLines = new Set(path ? findPath(...path.split("~")).lines : line === undefined ? [] : [line]);
  paintPoster(look, focused(), chosenLines);
  if (pointed) pointAtArea(null);
  paintLive();
  placeValues();
  const wanted = JSON.stringify([state.shown, state.steps]);
  if (wanted !== flown && live) {
    // The whole stands there from the first on: a flight to it would undo a drag that comes at once.
    const there = flown === null && !state.shown;
    flown = wanted;
    if (there) return;
    flyToShown();
    setTimeout(placeValues, 300);
  }
}

// To what is shown: a region, the things of a finding or around a thing; a claim of a small network is seen in the whole.
function flyToShown(how) {
  movedByHand = false;
  if (shows("area")) return flyToArea(areas.get(shows("area")), how);
  const claim = shows("claim");
  if (claim) return flyTo(areas.size ? findDrawnClaim() : null, how);
  flyTo(state.shown ? look.nodes : null, how);
}
watchers.push(paint);

function setHover(hit, { quiet = false } = {}) {
  hovered = hit;
  const tip = $("tip");
  if (!hit) lit = { nodes: null, lines: null };
  else if (hit.node !== undefined) {
    const lines = linesOf.get(hit.node) ?? [];
    lit = { nodes: new Set([hit.node, ...lines.flatMap((line) => ends[line])]), lines: new Set(lines) };
    tip.textContent = nameOf(hit.node);
  } else {
    lit = { nodes: new Set(ends[hit.line]), lines: new Set([hit.line]) };
    const claim = claims[net.claims[hit.line][0]];
    tip.textContent = [statementOf(claim), own(`modes.${claim.mode}`), timeBeside(claim)].filter(Boolean).join(" · ");
  }
  tip.hidden = !hit || quiet;
  if (!tip.hidden) placeTip();
  if (live) paintLive();
  else paintPoster({ nodes: both(look.nodes, lit.nodes), lines: both(look.lines, lit.lines) }, focused(), chosenLines);
}

function placeTip() {
  const tip = $("tip");
  const right = pointer.x > $("stage").clientWidth - 260;
  tip.style.setProperty("left", `${Math.max(4, pointer.x + (right ? -tip.offsetWidth - 12 : 14))}px`);
  tip.style.setProperty("top", `${Math.max(4, pointer.y + 16)}px`);
}

// The ends of the claim that is shown: where a large network flies to.
function findDrawnClaim() {
  const claim = claimOf(shows("claim"));
  return new Set([rootOf(claim), claim.object].filter(Boolean));
}

function pick(hit, { shift = false } = {}) {
  if (!hit) {
    if (state.shown) show(null);
  } else if (hit.node === undefined) show("claim", claims[net.claims[hit.line][0]].id);
  else {
    const from = focused();
    if (shift && from && from !== hit.node) show("path", `${from}~${hit.node}`);
    else show("entity", hit.node);
  }
}

function clickLive({ nodes, edges, event }) {
  const shift = Boolean(event.srcEvent?.shiftKey);
  const area = nodes.length || edges.length ? null : areaAt(pointer);
  if (area) return toggleArea(area);
  pick(nodes.length ? { node: nodes[0] } : edges.length ? { line: edges[0] } : null, { shift });
}

const isAlive = () => $("stage").classList.contains("alive");

// Arrows go to the neighbour that lies that way; without a thing in focus they begin at the most central one.
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
function walk(way) {
  const here = focused();
  if (!here && areas.size) {
    const from = areas.get(shows("area"));
    const next = from ? nearestThatWay(from, net.areas, way, (area) => area) : net.areas[0];
    return next && show("area", next.key);
  }
  if (!here) return show("entity", ranked[0]);
  const near = new Set(linesOf.get(here).flatMap((line) => ends[line]));
  const best = nearestThatWay(origin.get(here), near.size > 1 ? near : ranked, way, (key) => origin.get(key));
  if (best) show("entity", best);
}

// Of some candidates the one that lies nearest in a direction; null where none does.
function nearestThatWay(from, candidates, [dx, dy], placeOf) {
  let best = null;
  let least = Infinity;
  for (const one of candidates) {
    const to = placeOf(one);
    const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
    const across = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
    if (along > 0 && across < along * 2.5 && along + across * 2 < least) {
      least = along + across * 2;
      best = one;
    }
  }
  return best;
}

// Keys of the stage alone: nothing happens while it is not in focus.
function pressKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const centre = focused();
  if (ARROWS[event.key]) walk(ARROWS[event.key]);
  else if (event.key === "Enter" && centre) {
    const number = (bySubject.get(centre) ?? byObject.get(centre) ?? [])[0];
    if (number !== undefined) show("claim", claims[number].id);
    $("panel").focus();
  } else if (event.key === "Enter" && shows("area")) show("entity", shows("area"));
  else if (/^[1-9]$/.test(event.key) && centre) change({ steps: Number(event.key) });
  else if (/^[+=]$/.test(event.key) && centre) change({ steps: Math.min(9, state.steps + 1) });
  else if (/^[-_]$/.test(event.key) && centre) change({ steps: Math.max(0, state.steps - 1) });
  else if (event.key === "Escape") show(null);
  else return;
  event.preventDefault();
}

preparers.push(() => {
  const stage = $("stage");
  if (live) stage.classList.add("alive");
  stage.addEventListener("pointermove", (event) => {
    const box = stage.getBoundingClientRect();
    pointer = { x: event.clientX - box.left, y: event.clientY - box.top };
    if (!isAlive()) {
      const hit = hitPoster(event.target);
      if (JSON.stringify(hit) !== JSON.stringify(hovered)) setHover(hit);
    } else if (!hovered) pointAtArea(areaAt(pointer));
    if (!$("tip").hidden) placeTip();
  });
  stage.addEventListener("pointerleave", () => {
    setHover(null);
    if (isAlive()) pointAtArea(null);
  });
  stage.addEventListener("click", (event) => {
    if (!isAlive()) pick(hitPoster(event.target), { shift: event.shiftKey });
    wake();
  });
  // The wheel scrolls the page; it zooms with Ctrl, and while the network is in use.
  const passWheel = (event) => {
    if (!event.ctrlKey && document.activeElement !== stage) event.stopPropagation();
  };
  stage.addEventListener("wheel", passWheel, { capture: true, passive: true });
  // On a phone a finger scrolls the page until the network was tapped.
  stage.addEventListener("pointerdown", () => stage.focus({ preventScroll: true }));
  stage.addEventListener("keydown", pressKey);
  $("fit").addEventListener("click", () => {
    movedByHand = false;
    fit();
  });
  $("rearrange")?.addEventListener("click", rearrange);
  if (live?.moved) $("rearrange").textContent = own("undo");
});
