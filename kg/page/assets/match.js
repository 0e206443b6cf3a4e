// Matching: how well words meet the names of what can be found; a slip is forgiven.
const MOST_HITS = 12;
const folded = (text) =>
  String(text)
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
const bare = (text) => folded(text).replace(/[^\p{L}\p{N}]/gu, "");
const isHan = (text) => /^\p{Script=Han}/u.test(text);

// The words of a text; Chinese, which has no spaces, as its pairs of signs.
function parts(text) {
  const words =
    readFigures(folded(text)).match(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}])+(?:\.\d+)?/gu) ?? [];
  return words.flatMap((word) =>
    isHan(word) && word.length > 1 ? [...word].slice(1).map((sign, n) => word[n] + sign) : [word],
  );
}

// What can be found, taken apart: `names` count more than what is `also` told of it.
function takeApart(entry) {
  const strong = new Set(entry.names.flatMap(parts));
  const weak = new Set(entry.also.filter(Boolean).flatMap(parts));
  return {
    ...entry,
    strong: [...strong],
    weak: [...weak].filter((word) => !strong.has(word)),
    whole: entry.names.map(bare),
  };
}

// Whether two words differ by one letter that is wrong, missing, too many, or changed places.
function isSlip(wanted, word) {
  if (Math.abs(wanted.length - word.length) > 1 || wanted.length < 4 || /\d/.test(wanted)) return false;
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
    else if (isForm(wanted, word)) best = Math.max(best, 5);
    else if (wanted.length > 3 && word.includes(wanted)) best = Math.max(best, 4);
    else if (best < 3 && isSlip(wanted, word)) best = 3;
    else if (wanted.length === 1 && isHan(wanted) && word.endsWith(wanted)) best = Math.max(best, 4);
  }
  return best;
}

// Another form of a word: `orders` for `order`, `deliveries` for `delivery`, `rumor` for `rumours`.
const stem = (word) => word.replace(/our(?=s?$)/, "or").replace(/s$/, "");
function isForm(wanted, word) {
  if (Math.min(wanted.length, word.length) < 5 || isHan(word)) return false;
  const [a, b] = [stem(wanted), stem(word)];
  return a === b || (wanted.length - word.length < 3 && a.startsWith(b.slice(0, -2)));
}

// The entries that most of the words of a text meet, best first; *idle* words count only where there are no others.
function findAmong(entries, text, idle) {
  const all = parts(text);
  const wanted = all.filter((word) => !idle.includes(word));
  const found = score(entries, text, wanted.length ? wanted : all);
  if (found.length || !all.some(isHan)) return found;
  // No pair of signs is met: whatever has one of them.
  const signs = all.flatMap((word) => (isHan(word) ? [...word] : [word])).filter((sign) => !idle.includes(sign));
  return score(entries, text, [...new Set(signs)]);
}

function score(entries, text, asked) {
  const joined = bare(text);
  const scored = [];
  for (const entry of entries) {
    let points = 0;
    let met = 0;
    let named = false;
    for (const word of asked) {
      const strong = weigh(word, entry.strong);
      const found = Math.max(strong * 2, weigh(word, entry.weak));
      if (found) met++;
      if (strong) named = true;
      points += found;
    }
    // A name written in one word, or in several: `leijun`, `equal ocean`.
    if (joined.length > 3 && entry.whole.some((name) => name.startsWith(joined))) met = asked.length;
    if (!met) continue;
    if (entry.whole.includes(joined)) points += 200;
    else if (entry.kind === "entity" && met === asked.length) points += 12;
    // That a thing is central says little where only its description is met.
    const weight = entry.weight * (entry.kind === "entity" && !named ? 0.2 : 1);
    scored.push({
      ...entry,
      met,
      score: points * (met / asked.length) + (met === asked.length ? 60 : 0) + weight,
    });
  }
  const best = scored.sort((a, b) => b.met - a.met || b.score - a.score || (a.key < b.key ? -1 : 1));
  return best.filter((hit) => hit.met === best[0].met).slice(0, MOST_HITS);
}
