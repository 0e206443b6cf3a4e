// The live drawing: vis-network, given the same positions, shapes, colours and labels as the poster.
let live = null;
let waking = null;
let look = { nodes: null, edges: null };
let hovered = null;
let lit = { nodes: null, edges: null };
const dark = matchMedia("(prefers-color-scheme: dark)");
let shade = dark.matches ? 1 : 0;
const tint = (pair) => pair[shade];
async function unpack(text) {
const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}
const rest = () => new Promise((resolve) => setTimeout(resolve));
// Unpacks and runs the library once, then builds the network; each in a task of its own, so that nothing stalls.
function wake() {
waking = waking || (async () => {
const code = await unpack($("vis").textContent);
await rest();
const script = document.createElement("script");
script.textContent = code;
document.head.append(script);
script.remove();
await rest();
if (window.vis) build(window.vis);
})().catch((problem) => console.warn("the live drawing is not available:", problem));
return waking;
}
const outlines = new Map();
function outline(path) {
if (!outlines.has(path)) outlines.set(path, new Path2D(path));
return outlines.get(path);
}
function strokeFor(number) {
const claim = claims[lines[number][0]];
const badge = data.badges[number];
const [dashes, light, night, round] = data.strokes[claim.m];
const conflict = badge && badge[1];
const grey = greys.has(number);
return { dashes: dashes.length ? dashes : false, colour: conflict ? tint(data.dispute) : grey ? tint(data.superseded) : tint([light, night]), conflict, round };
}
const greys = new Set(data.grey);
const thin = new Set(data.thin);
const alarms = new Set(data.alarm);
const isLit = (set, id) => !set || set.has(id);
function build(vis) {
const nodes = net.nodes.map((node) => ({ ...node, shape: "custom", ctxRenderer: renderNode }));
const edges = net.edges.map((edge) => ({ smooth: false, ...edge, ...edgeLook(edge.id) }));
const store = new vis.DataSet(edges);
const placed = new vis.DataSet(nodes);
live = { vis, store, placed, network: null, scale: 1 };
const options = { ...net.options, autoResize: true };
const network = new vis.Network($("live"), { nodes: placed, edges: store }, options);
live.network = network;
fit(false);
network.on("click", (event) => clickLive(event));
network.on("hoverNode", ({ node }) => setHover({ node }));
network.on("blurNode", () => setHover(null));
network.on("hoverEdge", ({ edge }) => setHover({ edge }));
network.on("blurEdge", () => setHover(null));
network.on("afterDrawing", drawOver);
network.once("afterDrawing", () => { $("stage").classList.add("alive"); });
network.on("stabilized", () => network.setOptions({ physics: { enabled: false } }));
paint();
}
function edgeLook(number) {
const stroke = strokeFor(number);
const on = isLit(look.edges, number) && isLit(lit.edges, number);
const chosen = chosenLines.has(number);
const colour = on ? stroke.colour : tint(["#1c232b", "#e9ecef"]);
const width = (net.edges[number].width || 1.4) + (stroke.conflict ? 1.6 : 0) + (stroke.round ? 1 : 0) - (thin.has(number) ? 0.4 : 0) + (chosen ? 2 : 0);
return { id: number, color: { color: colour, opacity: on ? 1 : 0.07, hover: colour, highlight: colour, inherit: false }, dashes: stroke.dashes, width, arrows: { to: { enabled: true, scaleFactor: 0.42, type: "arrow" } } };
}
let chosenLines = new Set();
function basic() { const box = $("live").getBoundingClientRect(); return Math.min((box.width - 12) / data.size[0], (box.height - 12) / data.size[1]); }
function fit(animate) {
if (!live) return;
const to = { position: { x: data.size[0] / 2, y: data.size[1] / 2 }, scale: basic() };
live.network.moveTo(animate && !calm.matches ? { ...to, animation: { duration: 250 } } : to);
}
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const GROUND = ["#ffffff", "#1a1f25"];
function renderNode({ ctx, id, x, y, style }) {
const node = entities[id];
const size = style.size;
const on = isLit(look.nodes, id) && isLit(lit.nodes, id);
const [light, night, hollow, path] = data.families[node.f];
const part = size / 10;
return {
drawNode() {
ctx.save();
ctx.globalAlpha = on ? 1 : 0.1;
ctx.translate(x, y);
ctx.scale(part, part);
const centre = id === focused();
ctx.lineWidth = (centre || hollow ? 3 : 1.5) / part;
ctx.strokeStyle = centre ? tint(["#1c232b", "#e9ecef"]) : hollow ? tint([light, night]) : tint(GROUND);
ctx.fillStyle = hollow ? tint(GROUND) : tint([light, night]);
ctx.fill(outline(path));
ctx.stroke(outline(path));
ctx.scale(1 / part, 1 / part);
if (alarms.has(id)) badge(ctx, size * 0.8, -size * 0.8, "≠", tint(data.dispute));
ctx.restore();
},
nodeDimensions: { width: size * 2, height: size * 2 },
};
}
const sizeOf = new Map(net.nodes.map((node) => [node.id, node.size]));
function badge(ctx, x, y, sign, colour) {
ctx.beginPath();
ctx.arc(x, y, 7.5, 0, 7);
ctx.fillStyle = colour;
ctx.fill();
ctx.fillStyle = tint(GROUND);
ctx.font = "700 11px system-ui,sans-serif";
ctx.textAlign = "center";
ctx.textBaseline = "alphabetic";
ctx.fillText(sign, x, y + 4);
}
const screens = [matchMedia("(max-width:860px)"), matchMedia("(max-width:1180px)")];
const screenNow = () => (screens[0].matches ? "narrow" : screens[1].matches ? "middle" : "wide");
const spotsOf = (screen) => new Map(data.labels[screen][state.l].map(([key, ...spot]) => [key, spot]));
// Badges on lines, then labels: above everything, where the poster has them; more of them as one comes nearer.
const grow = data.size[0] / 1040;
function drawOver(ctx) {
const { network } = live;
const scale = network.getScale();
const where = network.getPositions();
for (const [number, [sign, conflict, at]] of Object.entries(data.badges)) {
if (!isLit(look.edges, +number) || !isLit(lit.edges, +number)) continue;
const [from, to] = ends[number];
const m = pointOn(where[from], where[to], net.edges[number].smooth, sizeOf.get(from), from === to, at || 0.5);
badge(ctx, m.x, m.y, sign, conflict ? tint(data.dispute) : strokeFor(+number).colour);
}
const screen = screenNow();
const narrow = screen === "narrow";
const own = data.letters[narrow ? "wide" : screen] * grow;
const size = Math.min(own, 16 / scale);
const letters = narrow ? Math.max(size, 11.5 / scale) : size;
const spots = spotsOf(narrow ? "wide" : screen);
const close = scale > basic() * 1.35;
const taken = [];
ctx.textBaseline = "alphabetic";
ctx.lineJoin = "round";
for (const key of ranked) {
const spot = spots.get(key);
const forced = look.nodes && look.nodes.has(key) && look.nodes.size < 40;
if (!spot && !close && !forced && key !== hovered?.node) continue;
const on = isLit(look.nodes, key) && isLit(lit.nodes, key);
if (!on && (look.nodes || lit.nodes)) continue;
const p = where[key];
const first = origin.get(key);
const moved = !spot || Math.abs(p.x - first.x) > 1 || Math.abs(p.y - first.y) > 1 || narrow || size !== own;
let x = moved ? p.x : spot[0];
let y = moved ? p.y + sizeOf.get(key) + letters * 1.05 : spot[1];
const align = moved ? "center" : { s: "left", m: "center", e: "right" }[spot[2]];
ctx.font = (rankOf.get(key) < 6 ? "600 " : "") + letters + "px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Sans CJK SC',sans-serif";
const text = (!moved && spot[3]) || data.short[state.l][key];
if (moved) {
const wide = text.length * letters * 0.62;
const box = [x - wide / 2, y - letters, x + wide / 2, y + letters * 0.3];
if (taken.some((t) => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3])) continue;
taken.push(box);
}
ctx.textAlign = align;
ctx.lineWidth = letters / 3.6;
ctx.strokeStyle = tint(GROUND);
ctx.strokeText(text, x, y);
ctx.fillStyle = tint(["#1c232b", "#e9ecef"]);
ctx.fillText(text, x, y);
}
}
const origin = new Map(net.nodes.map((node) => [node.id, { x: node.x, y: node.y }]));
const rankOf = new Map(Object.entries(entities).map(([key, entity]) => [key, entity.r || 0]));
const ranked = Object.keys(entities).sort((a, b) => rankOf.get(a) - rankOf.get(b));
// A point of a line, by the formula the drawing at build time uses too.
function pointOn(a, b, smooth, size, loop, at) {
if (loop) return { x: a.x + size * 1.7, y: a.y - size * 1.7 };
const mix = (p, c, q) => (1 - at) ** 2 * p + 2 * (1 - at) * at * c + at ** 2 * q;
if (!smooth) return { x: mix(a.x, (a.x + b.x) / 2, b.x), y: mix(a.y, (a.y + b.y) / 2, b.y) };
const bend = smooth.roundness, part = bend * 0.5 + 0.5;
const dx = b.x - a.x, dy = a.y - b.y, length = Math.hypot(dx, dy);
const angle = Math.atan2(dy, dx) + ((smooth.type === "curvedCW" ? bend : -bend) * 0.5 + 0.5) * Math.PI;
return { x: mix(a.x, a.x + part * length * Math.sin(angle), b.x), y: mix(a.y, a.y + part * length * Math.cos(angle), b.y) };
}
let painted = "";
function paintLive() {
if (!live) return;
const wanted = edgeKey();
if (wanted !== painted) {
painted = wanted;
live.store.update(net.edges.map((edge) => edgeLook(edge.id)));
} else live.network.redraw();
}
const edgeKey = () => JSON.stringify([look.edges && [...look.edges], lit.edges && [...lit.edges], [...chosenLines], shade]);
dark.addEventListener("change", () => { shade = dark.matches ? 1 : 0; paintLive(); });
function clickLive({ nodes, edges, event }) {
const shift = event.srcEvent && event.srcEvent.shiftKey;
if (nodes.length) pick({ node: nodes[0] }, shift);
else if (edges.length) pick({ edge: edges[0] }, shift);
else pick(null, shift);
}
function rearrange() {
wake().then(() => {
if (!live) return;
$("stage").classList.add("alive");
live.network.setOptions({ physics: { enabled: true, solver: "forceAtlas2Based", forceAtlas2Based: { springLength: 90 * grow, gravitationalConstant: -70 }, stabilization: { enabled: true, iterations: 200 }, minVelocity: 1 } });
setTimeout(() => live.network.setOptions({ physics: { enabled: false } }), 4000);
});
}
