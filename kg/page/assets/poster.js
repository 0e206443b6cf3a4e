// The drawing made at build time: what stands out is told by classes. It serves until the live one is there.
const picture = $("picture");
const dotOf = new Map([...picture.querySelectorAll(".dots>g")].map((g) => [g.id.slice(2), g]));
const strokeOf = new Map([...picture.querySelectorAll(".lines>g")].map((g) => [+g.id.slice(2), g]));
function paintPoster(shown, centre, chosen) {
for (const [key, g] of dotOf) { g.classList.toggle("dim", Boolean(shown.nodes) && !shown.nodes.has(key)); g.classList.toggle("on", key === centre); }
for (const [number, g] of strokeOf) { g.classList.toggle("dim", Boolean(shown.edges) && !shown.edges.has(number)); g.classList.toggle("on", chosen.has(number)); }
}
function hitPoster(target) {
const g = target.closest && target.closest("#picture .dots>g,#picture .lines>g");
if (!g) return null;
return g.id.startsWith("n-") ? { node: g.id.slice(2) } : { edge: +g.id.slice(2) };
}
