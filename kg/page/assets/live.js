// The live drawing: vis-network, given the same positions, shapes, colours and labels as the poster.
let live = null;
let waking = null;
let look = { nodes: null, lines: null };
let hovered = null;
let lit = { nodes: null, lines: null };
let chosenLines = new Set();
const dark = matchMedia("(prefers-color-scheme: dark)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const narrow = matchMedia("(max-width:860px)");
const middle = matchMedia("(max-width:1180px)");
const tint = (pair) => pair[dark.matches ? 1 : 0];
const INK = ["#1c232b", "#e9ecef"];
const GROUND = ["#ffffff", "#1a1f25"];
const FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Sans CJK SC',sans-serif";
const BADGE = 7.5;
const MOST_DOTS = 150; // the most central dots, which no name that was moved covers
const LEAST_DOT = 5; // pixels: of a large network no dot is smaller
const LEAST = 10; // pixels: no letter of the live drawing is smaller
const grow = net.width / 1120;
const sizeOf = new Map(net.nodes.map((node) => [node.id, node.size]));
const origin = new Map(net.nodes.map((node) => [node.id, { x: node.x, y: node.y }]));
const rankOf = new Map(Object.entries(entities).map(([key, entity]) => [key, entity.rank]));
const ranked = Object.keys(entities).sort((a, b) => rankOf.get(a) - rankOf.get(b));
const conflicts = new Set(net.conflicts);
const greys = new Set(net.superseded);
const thin = new Set(net.lifted);
const alarms = new Set(net.alarms);
const badgeOf = new Map(net.badges.map((badge) => [badge.line, badge]));
const isLit = (set, id) => !set || set.has(id);
const rest = () => new Promise((resolve) => setTimeout(resolve));

// Unpacks and runs the library once, then builds the network; each in a task of its own, so that nothing stalls.
function wake() {
  waking ??= (async () => {
    const code = await unpack("vis");
    await rest();
    const script = document.createElement("script");
    script.textContent = code;
    document.head.append(script);
    script.remove();
    await rest();
    build(window.vis);
  })().catch((problem) => console.warn("the live drawing is not available:", problem));
  return waking;
}

const nodeOf = new Map(net.nodes.map((node) => [node.id, node]));
const makeNode = (key) => ({ ...nodeOf.get(key), shape: "custom", ctxRenderer: renderNode });
const makeEdge = (line) => ({ smooth: false, ...net.edges[line], ...paintEdge(line) });

function build(vis) {
  const drawn = findDrawn();
  const nodes = new vis.DataSet([...drawn.nodes].map(makeNode));
  const store = new vis.DataSet(drawn.lines.map(makeEdge));
  const network = new vis.Network($("live"), { nodes, edges: store }, { ...net.options, autoResize: true });
  live = { nodes, store, network };
  fit({ animate: false });
  // The frame changes with the window, and with what stands around it: filters, another language.
  new ResizeObserver(() => movedByHand || flyToShown({ animate: false })).observe($("live"));
  network.on("click", clickLive);
  network.on("hoverNode", ({ node }) => setHover({ node }));
  network.on("blurNode", () => setHover(null));
  network.on("hoverEdge", ({ edge }) => setHover({ line: edge }));
  network.on("blurEdge", () => setHover(null));
  network.on("beforeDrawing", drawAreas);
  network.on("afterDrawing", drawOver);
  network.on("animationFinished", () => (flying = false));
  network.on("dragStart", land);
  network.on("zoom", land);
  network.on("dragging", placeValues);
  network.on("zoom", placeValues);
  $("live").firstElementChild.removeAttribute("tabindex"); // the stage takes the keys
  network.once("afterDrawing", () => $("stage").classList.add("alive"));
  paint();
}

const styleOf = (line) => data.strokes[claims[net.claims[line][0]].mode];

function colourOf(line) {
  if (conflicts.has(line)) return tint(data.conflictColours);
  return greys.has(line) ? tint(data.supersededColours) : tint(styleOf(line).colours);
}

function edgeLook(line) {
  const on = isLit(look.lines, line) && isLit(lit.lines, line);
  const colour = on ? colourOf(line) : tint(INK);
  const more = (conflicts.has(line) ? 1.6 : 0) - (thin.has(line) ? 0.4 : 0) + (chosenLines.has(line) ? 2 : 0);
  const { dashes } = styleOf(line);
  return {
    id: line,
    color: { color: colour, opacity: on ? 1 : 0.07, hover: colour, highlight: colour, inherit: false },
    dashes: dashes.length ? dashes : false,
    width: (net.edges[line].width ?? 1.4) + more,
    arrows: { to: { enabled: true, scaleFactor: 0.42, type: "arrow" } },
  };
}

// The scale at which the whole picture stands in its frame.
function wholeScale() {
  const frame = $("live").getBoundingClientRect();
  return Math.max(0.01, Math.min((frame.width - 12) / net.width, (frame.height - 12) / net.height));
}

let flying = false;
let movedByHand = false;
function moveTo(to, { animate = true } = {}) {
  flying = animate && !calm.matches;
  live.network.moveTo(flying ? { ...to, animation: { duration: 250, easingFunction: "easeInOutQuad" } } : to);
}

// A hand on the network ends a flight where it is; else the flight would take back what the hand does.
function land() {
  movedByHand = true;
  if (!flying) return;
  flying = false;
  live.network.moveTo({ position: live.network.getViewPosition(), scale: live.network.getScale() });
}

function fit(how) {
  if (live) moveTo({ position: { x: net.width / 2, y: net.height / 2 }, scale: wholeScale() }, how);
}

// Brings what is shown to the middle, as near as it still fits; back to the whole where nothing is.
function flyTo(keys, how) {
  if (!keys?.size || keys.size > 60) return fit(how);
  const where = Object.values(live.network.getPositions([...keys]));
  const [left, right] = [Math.min(...where.map((p) => p.x)), Math.max(...where.map((p) => p.x))];
  const [top, bottom] = [Math.min(...where.map((p) => p.y)), Math.max(...where.map((p) => p.y))];
  const frame = $("live").getBoundingClientRect();
  const room = 150 * grow;
  const scale = Math.min(
    frame.width / (right - left + 2 * room),
    frame.height / (bottom - top + room),
    wholeScale() * 1.8,
  );
  moveTo({ position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale: Math.max(scale, wholeScale()) }, how);
}

const outlines = new Map();
function outlineOf(path) {
  if (!outlines.has(path)) outlines.set(path, new Path2D(path));
  return outlines.get(path);
}

function renderNode({ ctx, id, x, y, style: { size } }) {
  const { colours, hollow, outline } = data.families[entities[id].family];
  const on = isLit(look.nodes, id) && isLit(lit.nodes, id);
  const centre = id === focused();
  const part = (areas.size ? Math.max(size, LEAST_DOT / live.network.getScale()) : size) / 10;
  return {
    drawNode() {
      ctx.save();
      ctx.globalAlpha = on ? 1 : 0.1;
      ctx.translate(x, y);
      ctx.scale(part, part);
      ctx.lineWidth = (centre || hollow ? 3 : 1.5) / part;
      ctx.strokeStyle = centre ? tint(INK) : tint(hollow ? colours : GROUND);
      ctx.fillStyle = tint(hollow ? GROUND : colours);
      ctx.fill(outlineOf(outline));
      ctx.stroke(outlineOf(outline));
      ctx.scale(1 / part, 1 / part);
      if (alarms.has(id)) drawBadge(ctx, size * 0.8, -size * 0.8, "≠", tint(data.conflictColours));
      ctx.restore();
    },
    nodeDimensions: { width: size * 2, height: size * 2 },
  };
}

function drawBadge(ctx, x, y, sign, colour) {
  ctx.beginPath();
  ctx.arc(x, y, BADGE, 0, 7);
  ctx.fillStyle = colour;
  ctx.fill();
  ctx.fillStyle = tint(GROUND);
  ctx.font = "700 11px system-ui,sans-serif";
  ctx.textAlign = "center";
  ctx.textBaseline = "alphabetic";
  ctx.fillText(sign, x, y + 4);
}

function write(ctx, text, x, y, letters, { align = "center", weight = "", colour = INK } = {}) {
  ctx.font = `${weight} ${letters}px ${FONT}`;
  ctx.textAlign = align;
  ctx.lineWidth = letters / 3.2;
  ctx.strokeStyle = tint(GROUND);
  ctx.strokeText(isolate(text), x, y);
  ctx.fillStyle = tint(colour);
  ctx.fillText(isolate(text), x, y);
}

const screenNow = () => (narrow.matches ? "narrow" : middle.matches ? "middle" : "wide");

// Above the drawing: badges, then names, where the poster has them as long as nothing was moved, then words on lines.
function drawOver(ctx) {
  const { network } = live;
  const scale = network.getScale();
  const where = network.getPositions();
  const isDrawn = (line) => ends[line].every((key) => key in where);
  const middleOf = (line, at) =>
    pointOn(where[ends[line][0]], where[ends[line][1]], net.edges[line].smooth, sizeOf.get(ends[line][0]), at);
  const badges = [];
  for (const [line, { sign, at }] of badgeOf) {
    if (!isDrawn(line) || !isLit(look.lines, line) || !isLit(lit.lines, line)) continue;
    const { x, y } = middleOf(line, at);
    drawBadge(ctx, x, y, sign, colourOf(line));
    badges.push([x - BADGE, y - BADGE, x + BADGE, y + BADGE]);
  }
  const taken = [...badges, ...drawNames(ctx, where, scale)];
  const few = look.lines && look.lines.size <= 40 ? look.lines : lit.lines;
  if (few && few.size <= 40) drawWords(ctx, [...few].filter(isDrawn), middleOf, taken, scale);
}

function drawNames(ctx, where, scale) {
  const screen = narrow.matches ? "wide" : screenNow();
  const own = net.letters[screen] * grow;
  const whole = !narrow.matches && scale < wholeScale() * 1.02;
  const letters = whole ? own : Math.max(Math.min(own, 15 / scale), LEAST / scale);
  const atHome = Math.abs(letters - own) < 0.01;
  const places = new Map(net.labels[screen][state.language].map((label) => [label.key, label]));
  const drawn = ranked.filter((key) => key in where);
  const near = scale > wholeScale() * 1.35;
  const [start, end] = [
    { x: 0, y: 0 },
    { x: $("live").clientWidth, y: $("live").clientHeight },
  ].map((corner) => live.network.DOMtoCanvas(corner));
  const isInside = ([left, top, right, bottom]) =>
    left >= start.x && right <= end.x && top >= start.y && bottom <= end.y;
  // Names that moved keep off the dots, too.
  const dots = drawn
    .filter((key) => isLit(look.nodes, key))
    .slice(0, MOST_DOTS)
    .map((key) => {
      const [{ x, y }, size] = [where[key], sizeOf.get(key)];
      return { key, box: [x - size, y - size, x + size, y + size] };
    });
  const taken = [];
  ctx.textBaseline = "alphabetic";
  ctx.lineJoin = "round";
  for (const key of drawn) {
    const place = places.get(key);
    const forced = (look.nodes?.has(key) && look.nodes.size < 40) || lit.nodes?.has(key);
    if ((!place && !near && !forced) || !isLit(look.nodes, key) || !isLit(lit.nodes, key)) continue;
    const { x, y } = where[key];
    const home = origin.get(key);
    const still = place && atHome && Math.abs(x - home.x) < 1 && Math.abs(y - home.y) < 1;
    const weight = rankOf.get(key) < 6 ? "600" : "";
    const text = still ? place.text : net.names[state.language][key];
    ctx.font = `${weight} ${letters}px ${FONT}`;
    const wide = ctx.measureText(text).width;
    const isFree = (box) =>
      isInside(box) && !meets(box, taken) && !dots.some((dot) => dot.key !== key && meets(box, [dot.box]));
    const found = still ? place : findRoom(isFree, x, y, sizeOf.get(key), wide, letters);
    if (!found) continue;
    const align = { start: "left", middle: "center", end: "right" }[found.anchor];
    const left = found.x - (align === "left" ? 0 : align === "center" ? wide / 2 : wide);
    taken.push([left, found.y - letters, left + wide, found.y + letters * 0.3]);
    write(ctx, text, found.x, found.y, letters, { align, weight });
  }
  return taken;
}

const meets = (box, taken) => taken.some((t) => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3]);

// Below, beside or above its dot, wherever no other name lies.
function findRoom(isFree, x, y, size, wide, letters) {
  const away = size + letters * 0.3;
  const places = [
    { anchor: "middle", x, y: y + size + letters * 1.05, left: x - wide / 2 },
    { anchor: "start", x: x + away, y: y + letters * 0.35, left: x + away },
    { anchor: "end", x: x - away, y: y + letters * 0.35, left: x - away - wide },
    { anchor: "middle", x, y: y - size - letters * 0.4, left: x - wide / 2 },
  ];
  return places.find(({ left, y: base }) => isFree([left, base - letters, left + wide, base + letters * 0.3]));
}

// The words on the lines of what is in focus: the property, and the mode where it is no fact.
function drawWords(ctx, lines, middleOf, taken, scale) {
  const letters = 11.5 / scale;
  for (const line of lines) {
    const claim = claims[net.claims[line][0]];
    const mode = claim.mode === "fact" ? "" : fill("in-brackets", { text: own(`modes.${claim.mode}`) });
    const text = `${claim.denied ? own("line-denied") + own("colon") : ""}${propertyOf(claim).slice(0, 40)}${mode}`;
    ctx.font = `${letters}px ${FONT}`;
    const wide = ctx.measureText(text).width;
    for (const at of [0.5, 0.38, 0.62, 0.28, 0.72]) {
      const { x, y } = middleOf(line, at);
      const box = [x - wide / 2, y - letters * 0.7, x + wide / 2, y + letters * 0.6];
      if (meets(box, taken)) continue;
      taken.push(box);
      write(ctx, text, x, y + letters * 0.3, letters, { colour: styleOf(line).colours });
      break;
    }
  }
}

// A point of a line, by the formula the drawing at build time uses too.
function pointOn(a, b, smooth, size, at) {
  if (a === b) return { x: a.x + size * 1.7, y: a.y - size * 1.7 };
  const mix = (p, c, q) => (1 - at) ** 2 * p + 2 * (1 - at) * at * c + at ** 2 * q;
  if (!smooth) return { x: mix(a.x, (a.x + b.x) / 2, b.x), y: mix(a.y, (a.y + b.y) / 2, b.y) };
  const bend = smooth.roundness;
  const part = bend * 0.5 + 0.5;
  const [dx, dy] = [b.x - a.x, a.y - b.y];
  const length = Math.hypot(dx, dy);
  const angle = Math.atan2(dy, dx) + ((smooth.type === "curvedCW" ? bend : -bend) * 0.5 + 0.5) * Math.PI;
  return {
    x: mix(a.x, a.x + part * length * Math.sin(angle), b.x),
    y: mix(a.y, a.y + part * length * Math.cos(angle), b.y),
  };
}

// The look that each line has now: only those whose look changes are told to vis-network.
const painted = new Map();
const lookOf = (line) =>
  [isLit(look.lines, line) && isLit(lit.lines, line), chosenLines.has(line), dark.matches].map(Number).join("");
function paintEdge(line) {
  painted.set(line, lookOf(line));
  return edgeLook(line);
}

function paintLive() {
  if (!live) return;
  syncDrawn();
  const changed = [...painted].filter(([line, before]) => lookOf(line) !== before);
  if (changed.length) live.store.update(changed.map(([line]) => paintEdge(line)));
  else redraw();
}

// Once a frame: a drawing asks for the size of its frame, and so for the layout of all that has just changed.
let redrawing = false;
function redraw() {
  if (redrawing) return;
  redrawing = true;
  requestAnimationFrame(() => {
    redrawing = false;
    live.network.redraw();
  });
}
dark.addEventListener("change", paintLive);

// What is said of the thing in focus in figures and texts, as small cards beside it.
const MOST_VALUES = 4;
function placeValues() {
  let box = $("values");
  const centre = shows("entity");
  const numbers = (bySubject.get(centre) ?? []).filter(
    (n) => !claims[n].object && !claims[n].objectClaim && !claims[n].subjectClaim && passes(n),
  );
  box?.remove();
  if (!live || !numbers.length || narrow.matches) return;
  const chosen = numbers
    .sort((a, b) => (claims[a].figure === undefined) - (claims[b].figure === undefined))
    .slice(0, MOST_VALUES);
  const item = (n) =>
    make("li", null, `${propertyOf(claims[n])} `, make("b", { lang: claims[n].valueLanguage }, valueOf(claims[n])));
  const rest = numbers.length - chosen.length;
  box = make(
    "ul",
    { id: "values", "aria-hidden": "true" },
    chosen.map(item),
    rest > 0 ? make("li", null, more(rest)) : null,
  );
  $("stage").append(box);
  const [stage, high, wide] = [$("stage"), box.offsetHeight, box.offsetWidth];
  const shown = look.nodes ?? new Set([centre]);
  const dots = [...shown].map((key) => live.network.canvasToDOM(live.network.getPositions([key])[key]));
  const covered = ([left, top]) =>
    dots.filter(({ x, y }) => x > left - 60 && x < left + wide + 60 && y > top - 12 && y < top + high + 24).length;
  const [right, bottom] = [stage.clientWidth - wide - 8, stage.clientHeight - high - 8];
  const corners = [
    [right, 8],
    [8, 8],
    [right, bottom],
    [8, bottom],
  ].map((corner) => [covered(corner), corner]);
  const [, [left, top]] = corners.reduce((best, corner) => (corner[0] < best[0] ? corner : best));
  box.style.setProperty("left", `${left}px`);
  box.style.setProperty("top", `${top}px`);
}

// Rearranges by forces, and puts what comes out into the frame; a second click takes it back.
async function rearrange() {
  await wake();
  if (!live) return;
  const { network } = live;
  if (live.moved) {
    place((key) => origin.get(key));
    live.moved = false;
  } else {
    const forces = { springLength: 90 * grow, gravitationalConstant: -70, avoidOverlap: 0.6 };
    network.setOptions({
      physics: { enabled: true, solver: "forceAtlas2Based", forceAtlas2Based: forces, stabilization: false },
    });
    network.stabilize(120);
    network.setOptions({ physics: { enabled: false } });
    const where = network.getPositions();
    const inside = (axis, room, margin) => {
      const values = Object.values(where).map((point) => point[axis]);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      return (point) => margin + ((point[axis] - low) / (high - low || 1)) * (room - 2 * margin);
    };
    const [toX, toY] = [inside("x", net.width, 120 * grow), inside("y", net.height, 48 * grow)];
    place((key) => ({ x: toX(where[key]), y: toY(where[key]) }));
    live.moved = true;
  }
  $("rearrange").textContent = own(live.moved ? "undo" : "live");
  fit();
}

function place(at) {
  for (const key of Object.keys(entities)) {
    const { x, y } = at(key);
    live.network.moveNode(key, x, y);
  }
}
