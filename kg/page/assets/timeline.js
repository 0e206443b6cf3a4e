// The strip of time: a brush that filters everything; two sliders do the same by keyboard.
const strip = $("strip");
if (strip && data.knots.length) {
const knots = data.knots;
const first = knots[0][0], last = knots[knots.length - 1][0];
const toX = (day) => {
for (let i = 1; i < knots.length; i++) if (day <= knots[i][0]) return knots[i - 1][1] + ((Math.max(day, knots[i - 1][0]) - knots[i - 1][0]) / (knots[i][0] - knots[i - 1][0])) * (knots[i][1] - knots[i - 1][1]);
return knots[knots.length - 1][1];
};
const toDay = (x) => {
for (let i = 1; i < knots.length; i++) if (x <= knots[i][1]) return Math.round(knots[i - 1][0] + ((Math.max(x, knots[i - 1][1]) - knots[i - 1][1]) / (knots[i][1] - knots[i - 1][1])) * (knots[i][0] - knots[i - 1][0]));
return last;
};
const said = make("output", null);
const slider = (key) => make("input", { type: "range", min: 0, max: 1000, step: 5, class: "slide", on: { input: (event) => {
const x = +event.target.value;
const day = x <= 0 || x >= 1000 ? null : toDay(x);
change(key === "from" ? { from: day } : { to: day }, true);
} } });
const from = slider("from"), to = slider("to");
$("time").querySelector("h2").append(make("span", { class: "slides" }, said, from, to, make("button", { type: "button", on: { click: () => change({ from: null, to: null }) } }, "×")));
const reset = $("time").querySelector(".slides button");
const showBrush = () => {
const on = state.from !== null || state.to !== null;
const x1 = state.from === null ? 0 : toX(state.from), x2 = state.to === null ? 1000 : toX(state.to);
$("brush").setAttribute("x", Math.min(x1, x2));
$("brush").setAttribute("width", on ? Math.max(2, x2 - x1) : 0);
said.textContent = on ? (state.from === null ? "…" : iso(state.from)) + " – " + (state.to === null ? "…" : iso(state.to)) : u("all-time");
from.value = x1;
to.value = x2;
from.setAttribute("aria-label", u("from"));
to.setAttribute("aria-label", u("to"));
from.setAttribute("aria-valuetext", state.from === null ? u("all-time") : iso(state.from));
to.setAttribute("aria-valuetext", state.to === null ? u("all-time") : iso(state.to));
reset.setAttribute("aria-label", u("reset"));
reset.hidden = !on;
for (const spot of strip.querySelectorAll("[data-claims]")) spot.classList.toggle("off", !spot.dataset.claims.split(" ").some((n) => passes(+n)));
};
watchers.push(showBrush);
let start = null;
const xOf = (event) => { const box = strip.getBoundingClientRect(); return Math.min(1000, Math.max(0, ((event.clientX - box.left) / box.width) * 1000)); };
strip.addEventListener("pointerdown", (event) => { start = xOf(event); strip.setPointerCapture(event.pointerId); });
strip.addEventListener("pointermove", (event) => {
if (start === null) return;
const x = xOf(event);
if (Math.abs(x - start) > 4) change({ from: toDay(Math.min(x, start)), to: toDay(Math.max(x, start)) }, true);
});
strip.addEventListener("pointerup", (event) => {
if (start !== null && Math.abs(xOf(event) - start) <= 4 && (state.from !== null || state.to !== null)) change({ from: null, to: null });
start = null;
});
strip.addEventListener("pointercancel", () => { start = null; });
}
