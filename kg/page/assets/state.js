// What the reader looks at, and the page's address after `#`, which says the same.
// One thing is shown: e entity, c claim, s source or sentence, f finding, q question, r region, or the path between two entities.
// Beside it: k the steps of the neighbourhood, l the language, and the filters by their names.
const KINDS = { entity: "e", claim: "c", source: "s", finding: "f", question: "q", area: "r", path: "path" };
const FILTERS = ["family", "type", "property", "source", "speaker", "mode", "disputed"];
const state = { shown: null, steps: 0, language: data.language, from: null, to: null, filters: {} };
const watchers = [];

const laneOf = new Map(data.lanes.map((lane) => [lane.key, lane]));
const questionOf = new Map(data.questions.map((question) => [question.name, question]));
const questions = new Set(data.questions.flatMap(({ name, choices }) => [name, ...choices]));

// Whether there is something that an address names.
const known = {
  entity: (key) => has(entities, key),
  claim: (key) => numberOf.has(key),
  source: (key) => has(sources, key) || isSentence(key),
  finding: (key) => laneOf.has(key),
  question: (key) => questions.has(key),
  area: (key) => areas.has(key),
  path: (key) => {
    const both = new Set(key.split("~"));
    return both.size === 2 && key.split("~").length === 2 && [...both].every((end) => has(entities, end));
  },
};

function isSentence(key) {
  const [, source, address] = /^(.+)\.(p\d+s\d+)$/.exec(key) ?? [];
  return has(sources, source) && (bySentence.has(key) || has(sources[source].skipped ?? {}, address));
}

// A day that the calendar has: browsers read the 30th of February as another day.
function isDay(text) {
  const date = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(NaN);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  state.shown = null;
  for (const [kind, letter] of Object.entries(KINDS)) {
    const key = given.get(letter);
    if (key !== null && known[kind](key)) state.shown ??= { kind, key };
  }
  const steps = given.get("k") ?? "";
  state.steps = /^[0-9]$/.test(steps) ? Number(steps) : state.shown?.kind === "entity" ? 1 : 0;
  state.language = has(data.words, given.get("l")) ? given.get("l") : data.language;
  for (const end of ["from", "to"]) state[end] = isDay(given.get(end) ?? "") ? given.get(end) : null;
  state.filters = {};
  for (const filter of FILTERS) {
    const wanted = given.getAll(filter).filter((value) => offered[filter].has(value));
    if (wanted.length) state.filters[filter] = new Set(wanted);
  }
}

function writeAddress(wanted = state) {
  const out = new URLSearchParams();
  if (wanted.shown) out.set(KINDS[wanted.shown.kind], wanted.shown.key);
  if (wanted.steps || (wanted.steps === 0 && wanted.shown?.kind === "entity")) out.set("k", wanted.steps);
  for (const end of ["from", "to"]) if (wanted[end]) out.set(end, wanted[end]);
  for (const filter of FILTERS) for (const value of wanted.filters?.[filter] ?? []) out.append(filter, value);
  if (wanted.language !== data.language) out.set("l", wanted.language);
  return "#" + out.toString().replace(/%7E/g, "~");
}

// Every change goes through here: the address follows, and all views are told.
function change(values, { replace = false } = {}) {
  Object.assign(state, values);
  const address = writeAddress();
  if (address !== (location.hash || "#")) history[replace ? "replaceState" : "pushState"](null, "", address);
  tell();
}

const show = (kind, key) =>
  change({ shown: kind ? { kind, key } : null, steps: kind === "entity" ? state.steps || 1 : 0 });

function tell() {
  missed = claims.map((claim, number) => missesOf(number));
  if (state.language !== spoken) translate();
  else for (const watcher of watchers) watcher();
}

const shows = (kind) => (state.shown?.kind === kind ? state.shown.key : null);

// The thing in the middle of what is shown.
function focused() {
  const claim = shows("claim");
  return claim ? rootOf(claimOf(claim)) : shows("entity");
}

function toggleFilter(filter, value) {
  const filters = { ...state.filters };
  const chosen = new Set(filters[filter]);
  if (!chosen.delete(value)) chosen.add(value);
  if (chosen.size) filters[filter] = chosen;
  else delete filters[filter];
  change({ filters });
}

// What each claim offers to the filters, and the days that it is of.
const traits = claims.map((claim) => {
  const both = [rootOf(claim), claim.object].filter((key) => has(entities, key));
  const disputed = [claim.conflict && "conflict", claim.open && "open", claim.superseded && "superseded"];
  const once = (values) => [...new Set(values)];
  return {
    family: once(both.map((key) => entities[key].family)),
    type: once(both.flatMap((key) => entities[key].classes ?? [])),
    property: [claim.property],
    source: once(evidenceOf(claim).map((evidence) => evidence.source)),
    speaker: speakersOf(claim),
    mode: [claim.mode],
    disputed: disputed.filter(Boolean),
  };
});
const offered = Object.fromEntries(
  FILTERS.map((filter) => [filter, new Set(traits.flatMap((trait) => trait[filter]))]),
);
// The stretches of time that a claim speaks of, is counted on, or was said in; an end that is open or unknown is none.
const spans = claims.map((claim) => {
  const counted = claim.counted && { first: claim.counted, last: claim.counted };
  const times = [claim.time, counted, ...evidenceOf(claim).map((evidence) => evidence.said)];
  return times.filter((time) => time?.first || time?.last);
});

// The filters that a claim does not pass; the days are one of them.
function missesOf(number) {
  const missed = FILTERS.filter((filter) => {
    const wanted = state.filters[filter];
    return wanted && !traits[number][filter].some((value) => wanted.has(value));
  });
  const { from, to } = state;
  const meets = ({ first, last }) => (!from || !last || last >= from) && (!to || !first || first <= to);
  if ((from || to) && !spans[number].some(meets)) missed.push("days");
  return missed;
}

// What each claim misses, worked out once for each change.
let missed = claims.map(() => []);
const passes = (number) => missed[number].length === 0;
const isFiltered = () => Object.keys(state.filters).length > 0 || Boolean(state.from || state.to);

// What stands out in the network: null where everything does.
function findShown() {
  let nodes = null;
  let lines = null;
  if (isFiltered()) {
    nodes = new Set();
    lines = new Set();
    claims.forEach((claim, number) => {
      if (!passes(number)) return;
      if (lineOf.has(number)) lines.add(lineOf.get(number));
      for (const key of [rootOf(claim), claim.object]) if (key) nodes.add(key);
      for (const key of speakersOf(claim)) if (!linesOf.get(key)?.length) nodes.add(key);
    });
  }
  const path = shows("path");
  if (path) {
    const found = findPath(...path.split("~"));
    return { nodes: new Set(found.nodes.length ? found.nodes : path.split("~")), lines: new Set(found.lines) };
  }
  const finding = shows("finding") ?? shows("source");
  if (finding) {
    const members = shows("finding")
      ? laneOf.get(finding).claims.map((id) => numberOf.get(id))
      : claimsOfSource(finding);
    const own = members.filter((number) => !isFiltered() || passes(number));
    const keys = own.flatMap((n) => [rootOf(claims[n]), claims[n].object, ...speakersOf(claims[n])]).filter(Boolean);
    return { nodes: new Set(keys), lines: new Set(own.filter((n) => lineOf.has(n)).map((n) => lineOf.get(n))) };
  }
  const centre = focused();
  if (!centre || !state.steps) return { nodes, lines };
  let near = new Set([centre]);
  for (let step = 0; step < state.steps; step++) {
    const more = new Set(near);
    for (const key of near) {
      for (const line of linesOf.get(key)) if (!lines || lines.has(line)) ends[line].forEach((end) => more.add(end));
    }
    near = more;
  }
  const within = new Set();
  ends.forEach(([from, to], line) => {
    const touches = state.steps > 1 || from === centre || to === centre;
    if (touches && near.has(from) && near.has(to) && (!lines || lines.has(line))) within.add(line);
  });
  return { nodes: near, lines: within };
}

function claimsOfSource(key) {
  if (bySentence.has(key)) return bySentence.get(key);
  return claims.flatMap((claim, number) => (evidenceOf(claim).some((e) => e.source === key) ? [number] : []));
}

// A shortest path along lines in either direction.
function findPath(start, end) {
  const before = new Map([[start, null]]);
  const queue = [start];
  while (queue.length && !before.has(end)) {
    const here = queue.shift();
    for (const line of linesOf.get(here)) {
      const there = ends[line][0] === here ? ends[line][1] : ends[line][0];
      if (before.has(there)) continue;
      before.set(there, [here, line]);
      queue.push(there);
    }
  }
  const found = { nodes: [], lines: [] };
  for (let at = before.has(end) ? end : null; at !== null;) {
    found.nodes.unshift(at);
    const step = before.get(at);
    if (step) found.lines.unshift(step[1]);
    at = step ? step[0] : null;
  }
  return found;
}
