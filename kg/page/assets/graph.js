// The graph as the reader meets it: pointer and keys on the stage, whichever drawing is shown.
const stage = $("stage");
const tip = $("tip");
function paint() {
look = findShown();
const centre = focused();
chosenLines = new Set(state.c && lineOf.has(claimAt.get(state.c)) ? [lineOf.get(claimAt.get(state.c))] : look.path ? look.path.edges : []);
paintPoster(look, centre, chosenLines);
paintLive();
}
watchers.push(paint);
function pick(hit, shift) {
if (!hit) { if (state.e || state.c || state.path) change({ e: null, c: null, path: null, k: 0 }); return; }
if (hit.node !== undefined) {
const from = focused();
if (shift && from && from !== hit.node) change({ path: [from, hit.node], c: null });
else change({ e: hit.node, c: null, path: null, k: state.k || 1 });
} else change({ c: claims[lines[hit.edge][0]].i, path: null });
}
let pointer = { x: 0, y: 0 };
function placeTip() {
const box = stage.getBoundingClientRect();
const right = pointer.x > box.width - 260;
tip.style.setProperty("left", Math.max(4, pointer.x + (right ? -tip.offsetWidth - 12 : 14)) + "px");
tip.style.setProperty("top", Math.max(4, pointer.y + 16) + "px");
}
function setHover(hit) {
hovered = hit;
if (!hit) { lit = { nodes: null, edges: null }; tip.hidden = true; }
else if (hit.node !== undefined) {
const near = new Set([hit.node]);
const of = linesOf.get(hit.node) || [];
for (const line of of) ends[line].forEach((end) => near.add(end));
lit = { nodes: near, edges: new Set(of) };
tip.textContent = nameOf(hit.node);
tip.hidden = false;
} else {
lit = { nodes: new Set(ends[hit.edge]), edges: new Set([hit.edge]) };
const claim = claims[lines[hit.edge][0]];
tip.textContent = nameOf(ends[hit.edge][0]) + " " + propertyOf(claim) + " " + nameOf(ends[hit.edge][1]) + " · " + u("modes." + claim.m) + (claim.w ? " · " + inWords(claim.w) : "");
tip.hidden = false;
}
if (hit) placeTip();
if (live) paintLive();
}
stage.addEventListener("pointermove", (event) => {
const box = stage.getBoundingClientRect();
pointer = { x: event.clientX - box.left, y: event.clientY - box.top };
if (!stage.classList.contains("alive")) {
const hit = hitPoster(event.target);
const same = JSON.stringify(hit) === JSON.stringify(hovered);
if (!same) { setHover(hit); paintPoster(hit ? { nodes: both(look.nodes, lit.nodes), edges: both(look.edges, lit.edges) } : look, focused(), chosenLines); }
}
if (!tip.hidden) placeTip();
});
const both = (a, b) => (a && b ? new Set([...a].filter((x) => b.has(x))) : a || b);
stage.addEventListener("pointerleave", () => { setHover(null); paintPoster(look, focused(), chosenLines); });
for (const reach of ["pointerenter", "pointerdown", "focus", "keydown", "wheel"]) stage.addEventListener(reach, wake, { once: true, passive: true });
stage.addEventListener("click", (event) => { if (!stage.classList.contains("alive")) pick(hitPoster(event.target), event.shiftKey); });
// Arrows go to the neighbour that lies that way; without a thing in focus they begin at the most central one.
function walk(dx, dy) {
const here = focused();
if (!here) { change({ e: ranked[0], c: null, path: null, k: state.k || 1 }); return; }
const from = origin.get(here);
let best = null, least = Infinity;
const near = new Set((linesOf.get(here) || []).flatMap((line) => ends[line]));
for (const key of near.size > 1 ? near : ranked) {
if (key === here) continue;
const to = origin.get(key);
const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
const across = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
if (along > 0 && across < along * 2.5 && along + across * 2 < least) { least = along + across * 2; best = key; }
}
if (best) change({ e: best, c: null, path: null });
}
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
stage.addEventListener("keydown", (event) => {
if (event.ctrlKey || event.metaKey || event.altKey) return;
if (ARROWS[event.key]) { walk(...ARROWS[event.key]); event.preventDefault(); }
else if (event.key === "Enter" && focused()) {
const first = (linesOf.get(focused()) || [])[0];
const own = claims.findIndex((claim) => claim.s === focused());
const n = first !== undefined ? lines[first][0] : own;
if (n >= 0) change({ c: claims[n].i });
$("panel").focus();
}
});
addEventListener("keydown", (event) => {
if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
if (event.key === "/") { $("search").focus(); event.preventDefault(); }
else if (/^[1-9]$/.test(event.key) && focused()) change({ k: +event.key });
else if ((event.key === "+" || event.key === "=") && focused()) change({ k: Math.min(9, state.k + 1) });
else if ((event.key === "-" || event.key === "_") && focused()) change({ k: Math.max(0, state.k - 1) });
else if (event.key === "Escape") {
if (!$("facets").hidden) $("more").click();
else change({ e: null, c: null, path: null, k: 0 });
}
});
$("fit").addEventListener("click", () => { fit(true); });
$("rearrange").addEventListener("click", rearrange);
addEventListener("resize", () => { if (live) fit(false); });
