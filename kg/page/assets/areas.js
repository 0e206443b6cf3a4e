// A large network as regions: closed ones are discs with their names; of the one that is open, and of what is in focus,
// the things are drawn.
const MOST_FOCUSED = 200; // things outside the open region that are drawn at once
const isOpen = (area) => shows("area") === area.key || areaOf.get(focused()) === area;

// The things and lines that are drawn: all of a small network.
function findDrawn() {
  if (!areas.size) return { nodes: new Set(ranked), lines: net.edges.map((edge) => edge.id) };
  const nodes = new Set(net.areas.filter(isOpen).flatMap((area) => area.members));
  const few = look.nodes && look.nodes.size <= MOST_FOCUSED ? look.nodes : [];
  const claim = shows("claim") ? claimOf(shows("claim")) : null;
  for (const key of [...few, focused(), claim?.object]) if (key) nodes.add(key);
  const touched = new Set([...nodes].flatMap((key) => linesOf.get(key)));
  const within = (line) => areaOf.get(ends[line][0]) === areaOf.get(ends[line][1]);
  const lines = [...touched].filter(
    (line) =>
      ends[line].every((key) => nodes.has(key)) && (within(line) || look.lines?.has(line) || chosenLines.has(line)),
  );
  return { nodes, lines };
}

// Brings what vis-network holds to what is to be drawn.
function syncDrawn() {
  if (!areas.size) return;
  const { nodes, lines } = findDrawn();
  const wanted = new Set(lines);
  const sync = (store, ids, makeOne) => {
    const held = new Set(store.getIds());
    store.remove([...held].filter((id) => !ids.has(id)));
    store.add([...ids].filter((id) => !held.has(id)).map(makeOne));
  };
  const gone = live.store.getIds().filter((line) => !wanted.has(line));
  for (const line of gone) painted.delete(line);
  live.store.remove(gone);
  sync(live.nodes, nodes, makeNode);
  sync(live.store, wanted, makeEdge);
}

// How many of a region's things pass the filters.
function countShown(area) {
  return look.nodes && !state.shown ? area.members.filter((key) => look.nodes.has(key)).length : area.members.length;
}

// Beneath the things: links between regions, and the discs.
function drawAreas(ctx) {
  if (!areas.size) return;
  const most = Math.max(...net.links.map(({ count: n }) => n), 1);
  const focus = areas.has(shows("area")) || Boolean(look.nodes && state.shown);
  ctx.strokeStyle = tint(data.supersededColours);
  ctx.globalAlpha = focus ? 0.15 : 0.55;
  for (const { ends: pair, count: n } of net.links) {
    const [a, b] = pair.map((place) => net.areas[place]);
    ctx.lineWidth = grow * (0.8 + (5 * n) / most);
    ctx.beginPath();
    ctx.moveTo(a.x, a.y);
    ctx.lineTo(b.x, b.y);
    ctx.stroke();
  }
  for (const area of net.areas) {
    const colour = tint(data.families[area.family].colours);
    const off = look.nodes && !countShown(area);
    ctx.beginPath();
    ctx.arc(area.x, area.y, area.radius, 0, 7);
    ctx.globalAlpha = 1;
    ctx.fillStyle = tint(GROUND);
    ctx.fill();
    ctx.globalAlpha = isOpen(area) ? 0.04 : area === pointed ? 0.3 : off || focus ? 0.06 : 0.16;
    ctx.fillStyle = colour;
    ctx.fill();
    ctx.globalAlpha = off || (focus && !isOpen(area)) ? 0.35 : 1;
    ctx.strokeStyle = colour;
    ctx.lineWidth = (isOpen(area) ? 3 : 1.6) * grow;
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
  nameAreas(ctx, focus);
}

function nameAreas(ctx, focus) {
  const screen = narrow.matches ? "wide" : screenNow();
  const letters = Math.min(net.letters[screen] * grow, 15 / live.network.getScale());
  ctx.textAlign = "center";
  ctx.textBaseline = "alphabetic";
  for (const area of net.areas) {
    if (isOpen(area)) continue;
    const lines = area.words[screen][state.language];
    const shown = countShown(area);
    const all = grouped(area.members.length);
    const size = shown === area.members.length ? all : `${grouped(shown)} / ${all}`;
    const top = area.y - (lines.length - 1) * letters * 0.6 + letters * 0.05;
    ctx.fillStyle = tint(INK);
    [...lines, size].forEach((line, n) => {
      ctx.font = `${n ? "" : "600"} ${letters}px ${FONT}`;
      ctx.globalAlpha = (n === lines.length ? 0.7 : 1) * (focus ? 0.4 : 1);
      ctx.fillText(line, area.x, top + n * letters * 1.15);
    });
  }
  ctx.globalAlpha = 1;
}

// The region at a place of the stage, in pixels.
let pointed = null;
function areaAt({ x, y }) {
  if (!live || !areas.size) return null;
  const at = live.network.DOMtoCanvas({ x, y });
  return net.areas.find((area) => Math.hypot(at.x - area.x, at.y - area.y) < area.radius) ?? null;
}

const nameArea = (area) => area.members.slice(0, 3).map(nameOf).join(own("comma"));

function pointAtArea(area) {
  if (area === pointed) return;
  pointed = area;
  const tip = $("tip");
  tip.hidden = !area || isOpen(area);
  if (!tip.hidden) {
    tip.textContent = `${nameArea(area)} · ${count("things", area.members.length)}`;
    placeTip();
  }
  redraw();
}

const toggleArea = (area) => (isOpen(area) ? show(null) : show("area", area.key));

function flyToArea(area, how) {
  const frame = $("live").getBoundingClientRect();
  const scale = Math.min(frame.width, frame.height) / (2.15 * area.radius);
  moveTo({ position: { x: area.x, y: area.y }, scale: Math.max(scale, wholeScale()) }, how);
}

function showArea(key) {
  const area = areas.get(key);
  const place = net.areas.indexOf(area);
  const related = net.links
    .filter(({ ends: pair }) => pair.includes(place))
    .map(({ ends: [a, b], count: n }) => [net.areas[a === place ? b : a], n]);
  const item = ([other, n]) =>
    make(
      "li",
      null,
      link("area", other.key, nameArea(other)),
      " ",
      make("span", { class: "count" }, count("relations", n)),
    );
  return [
    make("p", { class: "kicker" }, own("area")),
    make("h2", null, fill("area-of", { e: nameArea(area) })),
    make("div", { class: "tools-row" }, copyButton("area", key)),
    make("h3", null, count("things", area.members.length)),
    ...fillBox(make("ul", { class: "lines" }), area.members, MOST_LINES, (member) =>
      make(
        "li",
        null,
        linkTo(member),
        " ",
        make(
          "span",
          { class: "count" },
          (entities[member].classes ?? []).map((kind) => words().classes[kind] ?? kind).join(own("comma")),
        ),
      ),
    ),
    related.length ? [make("h3", null, own("area-links")), make("ul", { class: "lines" }, related.map(item))] : null,
  ];
}
