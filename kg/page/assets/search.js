// Search over names, values, properties, speakers, modes and questions in every language; forgives a slip.
const MOST_HITS = 12;
const folded = (text) =>
  String(text)
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
const parts = (text) => folded(text).match(/[\p{Script=Han}]|[\p{L}\p{N}]+(?:[.,]\d+)*/gu) ?? [];
const everywhere = (tell) => LANGUAGES.flatMap((language) => [tell(data.words[language], language)].flat());
const inEach = (text, language) => (text && typeof text === "object" ? text[language] : text);

let findable = null;
// What can be found, made when it is first asked for: entities, then questions, then sources, then claims.
function makeIndex() {
  const things = Object.entries(entities).map(([key, entity]) => {
    const kinds = everywhere((said) => [
      said.own[`families.${entity.family}`],
      ...(entity.classes ?? []).map((kind) => said.classes[kind]),
    ]);
    const names = [...everywhere((said) => said.entities[key]), ...(entity.names ?? []).map((name) => name.text)];
    const about = everywhere((said, language) => inEach(entity.description, language) ?? "");
    return { kind: "entity", key, names, also: [...kinds, ...about], weight: 40 - Math.min(30, entity.rank / 3) };
  });
  const findings = data.lanes.map((lane) => ({
    kind: "finding",
    key: lane.key,
    names: everywhere((said, l) => inEach(lane.question, l)),
    also: namedBy(lane).flatMap((key) =>
      everywhere((said, l) => [said.entities[key], inEach(entities[key].description, l) ?? ""]),
    ),
    weight: 36,
  }));
  const questions = data.questions.map(({ name, question }) => ({
    kind: "question",
    key: name,
    names: everywhere((said, l) => inEach(question, l)),
    also: [],
    weight: 20,
  }));
  const texts = Object.entries(sources).map(([key, source]) => ({
    kind: "source",
    key,
    names: [source.title ?? key, ...everywhere((said, l) => inEach(source.name, l))],
    also: everywhere((said) => said.own.source),
    weight: 18,
  }));
  const said = claims.map((claim) => ({
    kind: "claim",
    key: claim.id,
    names: everywhere((own, l) => [
      inEach(claim.value, l) ?? "",
      `${own.properties[claim.property]} ${claim.object ? own.entities[claim.object] : ""}`,
    ]),
    also: everywhere((own, l) => [
      own.entities[rootOf(claim)],
      own.own[`modes.${claim.mode}`],
      own.own[`tense-${data.strokes[claim.mode].tense}`],
      own.own[`searched.${claim.mode}`],
      ...speakersOf(claim).map((key) => own.entities[key]),
      inEach(claim.time?.text, l),
      inEach(claim.asOf, l),
      claim.conflict ? own.own.conflict : "",
      claim.conflict || claim.open ? own.own["searched.disputed"] : "",
      evidenceOf(claim).some((evidence) => evidence.voice === "quote") ? own.own["voices.quote"] : "",
    ]),
    weight: 0,
  }));
  return [...things, ...findings, ...questions, ...texts, ...said].map((entry) => {
    const strong = new Set(entry.names.flatMap(parts));
    const weak = new Set(entry.also.filter(Boolean).flatMap(parts));
    return {
      ...entry,
      strong: [...strong],
      weak: [...weak].filter((word) => !strong.has(word)),
      whole: entry.names.map(folded),
    };
  });
}

// The things that the answers of a lane are about.
function namedBy(lane) {
  const found = lane.claims.flatMap((id) => [rootOf(claimOf(id)), claimOf(id).object]);
  return [...new Set(found)].filter((key) => has(entities, key));
}

// Whether two words differ by one letter that is wrong, missing, too many, or changed places.
function isSlip(wanted, word) {
  if (Math.abs(wanted.length - word.length) > 1 || wanted.length < 4) return false;
  let at = 0;
  while (at < wanted.length && wanted[at] === word[at]) at++;
  const [a, b] = [wanted.slice(at), word.slice(at)];
  return (
    a.slice(1) === b.slice(1) ||
    a.slice(1) === b ||
    a === b.slice(1) ||
    (a.slice(2) === b.slice(2) && a[0] === b[1] && a[1] === b[0])
  );
}

// How well a word of the question is met: whole, begun, or with a slip (`order` meets `orders`).
function weigh(wanted, list) {
  let best = 0;
  for (const word of list) {
    if (word === wanted) return 10;
    if (word.startsWith(wanted)) best = Math.max(best, 7);
    else if (wanted.length > 4 && wanted.startsWith(word.slice(0, -2)) && word.length > 4) best = Math.max(best, 5);
    else if (wanted.length > 3 && word.includes(wanted)) best = Math.max(best, 4);
    else if (best < 3 && isSlip(wanted, word)) best = 3;
  }
  return best;
}

function findHits(text) {
  findable ??= makeIndex();
  const idle = new Set(own("idle-words").split(" "));
  const all = parts(text);
  const wanted = all.filter((word) => !idle.has(word));
  if (!wanted.length && !all.length) return [];
  const asked = wanted.length ? wanted : all;
  const scored = [];
  for (const entry of findable) {
    let score = 0;
    let met = 0;
    for (const word of asked) {
      const strong = weigh(word, entry.strong);
      const found = Math.max(strong * 2, weigh(word, entry.weak));
      if (found) met++;
      score += found;
    }
    if (!met) continue;
    if (entry.whole.includes(folded(text.trim()))) score += 200;
    else if (entry.kind === "entity" && met === asked.length) score += 12;
    scored.push({
      ...entry,
      met,
      score: score * (met / asked.length) + (met === asked.length ? 60 : 0) + entry.weight,
    });
  }
  const best = scored.sort((a, b) => b.met - a.met || b.score - a.score || (a.key < b.key ? -1 : 1));
  return best.filter((hit) => hit.met === best[0].met).slice(0, MOST_HITS);
}

function titleOf({ kind, key }) {
  if (kind === "entity") return nameOf(key);
  if (kind === "claim") return statementOf(claimOf(key));
  if (kind === "source") return sourceName(key);
  return worded((kind === "finding" ? laneOf : questionOf).get(key).question);
}

const noteOf = ({ kind, key }) =>
  kind === "entity"
    ? own(`families.${entities[key].family}`)
    : kind === "claim"
      ? own(`modes.${claimOf(key).mode}`)
      : own(`hit-${kind}`);

let hits = [];
let at = -1;

function lookUp() {
  const text = $("search").value;
  hits = findHits(text);
  at = hits.length ? 0 : -1;
  const item = (hit, n) => {
    const take = (event) => {
      event.preventDefault();
      choose(n);
    };
    return make(
      "li",
      { role: "option", id: `hit-${n}`, "aria-selected": String(n === at), on: { pointerdown: take } },
      make("span", null, titleOf(hit)),
      " ",
      make("small", null, noteOf(hit)),
    );
  };
  const nothing = text.trim() && !hits.length;
  $("hits").replaceChildren(...hits.map(item));
  $("hits").hidden = !hits.length;
  $("nothing").textContent = nothing ? fill("found-nothing", { text: text.trim() }) : "";
  $("nothing").classList.toggle("unseen", !nothing);
  $("search").setAttribute("aria-expanded", String(Boolean(hits.length)));
  mark();
}

function mark() {
  const box = $("search");
  [...$("hits").children].forEach((item, n) => item.setAttribute("aria-selected", String(n === at)));
  if (at < 0) return box.removeAttribute("aria-activedescendant");
  box.setAttribute("aria-activedescendant", `hit-${at}`);
  $("hits").children[at].scrollIntoView({ block: "nearest" });
}

function shut() {
  hits = [];
  at = -1;
  $("hits").hidden = true;
  $("nothing").classList.add("unseen");
  $("search").setAttribute("aria-expanded", "false");
  $("search").removeAttribute("aria-activedescendant");
}

function choose(n) {
  const hit = hits[n];
  if (!hit) return;
  $("search").value = "";
  shut();
  show(hit.kind, hit.key);
  if (hit.kind !== "question") $("panel").focus({ preventScroll: !narrow.matches });
}

preparers.push(() => {
  const box = $("search");
  box.addEventListener("input", lookUp);
  box.addEventListener("blur", shut);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!hits.length) return;
      at = (at + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length;
      mark();
    } else if (event.key === "Enter") choose(at);
    else if (event.key === "Escape") {
      box.value = "";
      shut();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
});
