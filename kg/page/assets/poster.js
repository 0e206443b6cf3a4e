// The drawing made at build time: what stands out is told by classes. It serves until the live one is there.
const picture = $("picture");
const dotOf = new Map([...picture.querySelectorAll('.dots [id^="n-"]')].map((path) => [path.id.slice(2), path]));
const strokeOf = new Map([...picture.querySelectorAll('.lines [id^="r-"]')].map((path) => [+path.id.slice(2), path]));
const badgesOf = [...picture.querySelectorAll(".badge")].map((badge) => [badge.id.slice(0, 1), badge.id.slice(2), badge]);
const namesOf = [];
// The labels of a language that the picture was not made in are drawn when it is first spoken.
function nameDots(lang) {
for (const [key, path] of dotOf) if (path.firstChild) path.firstChild.textContent = data.short[lang][key];
for (const screen of Object.keys(data.labels)) {
const list = data.labels[screen][lang];
if (picture.querySelector("." + screen + "[lang=" + lang + "]")) continue;
const like = picture.querySelector("." + screen);
const group = like.cloneNode(false);
group.setAttribute("lang", lang);
for (const [key, x, y, anchor, text] of list) {
const label = draw("text", { x, y, "text-anchor": { s: "start", m: "middle", e: "end" }[anchor], ...(entities[key].r < 6 ? { "font-weight": 600 } : {}) });
label.textContent = text || data.short[lang][key];
group.append(label);
namesOf.push([key, label]);
}
like.after(group);
}
}
for (const screen of Object.keys(data.labels)) [...picture.querySelector("." + screen).children].forEach((text, n) => namesOf.push([data.labels[screen][data.lang][n][0], text]));
function paintPoster(shown, centre, chosen) {
for (const [key, g] of dotOf) { g.classList.toggle("dim", Boolean(shown.nodes) && !shown.nodes.has(key)); g.classList.toggle("on", key === centre); }
for (const [key, text] of namesOf) text.classList.toggle("dim", Boolean(shown.nodes) && !shown.nodes.has(key));
for (const [number, g] of strokeOf) { g.classList.toggle("dim", Boolean(shown.edges) && !shown.edges.has(number)); g.classList.toggle("on", chosen.has(number)); }
for (const [kind, id, badge] of badgesOf) { const set = kind === "a" ? shown.nodes : shown.edges; badge.classList.toggle("dim", Boolean(set) && !set.has(kind === "a" ? id : +id)); }
}
function hitPoster(target) {
const path = target.closest && target.closest('#picture [id^="n-"],#picture [id^="r-"]');
if (!path) return null;
return path.id.startsWith("n-") ? { node: path.id.slice(2) } : { edge: +path.id.slice(2) };
}
