// The drawing made at build time: what stands out is told by classes. It serves until the live one is there.
const poster = { picture: null, dots: null, lines: null, badges: null, names: null };

preparers.push(() => {
  const picture = $("picture");
  const byId = (selector) =>
    new Map([...picture.querySelectorAll(selector)].map((shape) => [shape.id.slice(2), shape]));
  const labels = Object.entries(net.labels).flatMap(([screen, named]) => {
    const texts = picture.querySelectorAll(`.labels.${screen} text`);
    return named[state.language].map(({ key }, n) => [key, texts[n]]);
  });
  Object.assign(poster, { picture, dots: byId(".dots > g > path"), lines: byId(".lines > g > path"), names: labels });
  poster.badges = [...picture.querySelectorAll(".badge")].map((badge) => [
    badge.id.slice(0, 1),
    badge.id.slice(2),
    badge,
  ]);
});

function paintPoster(shown, centre, chosen) {
  const dims = (shape, set, key) => shape?.classList.toggle("dim", Boolean(set) && !set.has(key));
  for (const [key, dot] of poster.dots) {
    dims(dot, shown.nodes, key);
    dot.classList.toggle("on", key === centre);
  }
  for (const [key, text] of poster.names) dims(text, shown.nodes, key);
  for (const [line, path] of poster.lines) {
    dims(path, shown.lines, Number(line));
    path.classList.toggle("on", chosen.has(Number(line)));
  }
  for (const [kind, id, badge] of poster.badges) {
    if (kind === "a") dims(badge, shown.nodes, id);
    else dims(badge, shown.lines, Number(id));
  }
}

function hitPoster(target) {
  const path = target.closest?.('#picture [id^="n-"],#picture [id^="r-"]');
  if (!path) return null;
  return path.id.startsWith("n-") ? { node: path.id.slice(2) } : { line: Number(path.id.slice(2)) };
}
