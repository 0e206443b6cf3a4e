// Matching: how well words meet the names of what can be found; a slip is forgiven.
const MOST_HITS = 12;
const folded = (text) =>
  String(text)
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
const parts = (text) => folded(text).match(/[\p{Script=Han}]|[\p{L}\p{N}]+(?:[.,]\d+)*/gu) ?? [];

// What can be found, taken apart: `names` count more than what is `also` told of it.
function takeApart(entry) {
  const strong = new Set(entry.names.flatMap(parts));
  const weak = new Set(entry.also.filter(Boolean).flatMap(parts));
  return {
    ...entry,
    strong: [...strong],
    weak: [...weak].filter((word) => !strong.has(word)),
    whole: entry.names.map(folded),
  };
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

// The entries that most of the words of a text meet, best first; *idle* words count only where there are no others.
function findAmong(entries, text, idle) {
  const all = parts(text);
  const wanted = all.filter((word) => !idle.includes(word));
  if (!wanted.length && !all.length) return [];
  const asked = wanted.length ? wanted : all;
  const scored = [];
  for (const entry of entries) {
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
