// Words in the reader's language.
const LANGUAGES = Object.keys(data.words);
const words = () => data.words[state.language];
const own = (key) => words().own[key] ?? key;
// A text that runs to the left keeps its direction to itself.
const isolate = (text) =>
  /^[^\u2068]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u.test(text)
    ? `\u2068${text}\u2069`
    : text;
const fill = (key, values) =>
  own(key).replace(/\{(\w+)\}/g, (place, name) => (has(values, name) ? isolate(values[name]) : place));
const { format: grouped } = new Intl.NumberFormat("en");
const count = (key, n) => fill(`${key}-${n === 1 ? 1 : "n"}`, { n: grouped(n) });
const more = (n) => fill("more-rows", { n: grouped(n) });
const nameOf = (key) => (has(words().entities, key) ? words().entities[key] : key);
const propertyOf = (claim) => words().properties[claim.property] ?? claim.property;
const worded = (text) => (text && typeof text === "object" ? text[state.language] : (text ?? ""));
const sourceName = (id) => (has(sources, id) ? worded(sources[id].name) : id);

// Words that follow each other: Chinese has spaces only beside Latin letters and figures.
function spaced(...parts) {
  const latin = (before, after) => /[\x21-\x7e]$/.test(before) || /^[\x21-\x7e]/.test(after);
  const quoted = (before, after) => /[”）]$/.test(before) || /^[“（]/.test(after);
  const gap = (before, after) =>
    state.language !== "zh" || (latin(before, after) && !quoted(before, after)) ? " " : "";
  return parts
    .filter(Boolean)
    .map(isolate)
    .reduce((before, after) => before + gap(before, after) + after, "")
    .trim();
}

// `p6s1` of a source as paragraph and sentence, with the page where the text has pages.
function placeOf(source, address) {
  const page = has(sources, source) ? sources[source].pages?.[address] : null;
  return page ? `${addressOf(address)}${own("remark")}${fill("page-n", { n: page })}` : addressOf(address);
}

// `p6s1` as paragraph and sentence.
function addressOf(address) {
  const [, paragraph, sentence] = /^p(\d+)s(\d+)$/.exec(address) ?? [];
  if (paragraph === undefined) return address;
  if (paragraph === "0") return sentence === "1" ? own("headline") : fill("headline-of", { n: sentence });
  return fill("address", { p: paragraph, s: sentence });
}

// A text of the curator's or of a source, which stays in its language.
function inItsOwn(text, language) {
  return text ? make("span", { lang: language === state.language ? null : language }, text) : null;
}
const noted = (note) => (note ? inItsOwn(note.text, note.language ?? data.language) : null);

function valueOf(claim) {
  if (claim.object) return nameOf(claim.object);
  return claim.objectClaim ? statementOf(claimOf(claim.objectClaim)) : worded(claim.value);
}

// A claim in words: subject, property, value. What it says of other claims is told down to the third.
function statementOf(claim, depth = 2) {
  if (!claim) return "";
  const root = rootOf(claim);
  const tell = (id) => (depth ? fill("said-of", { text: statementOf(claimOf(id), depth - 1) }) : "…");
  const subject = claim.subjectClaim ? tell(claim.subjectClaim) : root ? nameOf(root) : "";
  const value = claim.object ? nameOf(claim.object) : claim.objectClaim ? tell(claim.objectClaim) : worded(claim.value);
  return spaced(subject, propertyOf(claim), value, claim.denied ? own("line-denied") : "");
}

const joinTimes = (claim, time) =>
  [time, claim.asOf && fill("as-of-time", { when: worded(claim.asOf) })].filter(Boolean).join(own("remark"));

const timeOf = (claim) => joinTimes(claim, claim.time && worded(claim.time.text));

// The same beside the value: a time that only repeats the date which is the value is not told again.
const timeBeside = (claim) =>
  claim.time && claim.value && worded(claim.time.text) === worded(claim.value) ? joinTimes(claim) : timeOf(claim);

// Another language is another body of the page: the first time it is unpacked, then it is kept.
const bodies = { [data.language]: $("page").innerHTML };
let spoken = data.language;

async function translate() {
  const wanted = state.language;
  if (wanted === spoken) return;
  bodies[wanted] ??= await unpack(`page-${wanted}`);
  if (wanted !== state.language || wanted === spoken) return;
  spoken = wanted;
  const open = [...document.querySelectorAll("details[open][id]")].map((details) => details.id);
  const live = $("live");
  document.documentElement.lang = wanted;
  document.title = data.titles[wanted];
  $("page").innerHTML = bodies[wanted];
  for (const id of open) if ($(id)) $(id).open = true;
  $("live").replaceWith(live);
  prepare();
  tell();
}
