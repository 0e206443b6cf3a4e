// Figures in whatever spelling: 75,600, 75 600, 75.6k, 7.56万 and 七万五千六百 are 75600, and five is 5.
const NUMBER_WORDS = new Map();
"zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
  .split(" ")
  .forEach((word, n) => NUMBER_WORDS.set(word, n));
"twenty thirty forty fifty sixty seventy eighty ninety"
  .split(" ")
  .forEach((word, n) => NUMBER_WORDS.set(word, 10 * n + 20));
[..."零一二三四五六七八九"].forEach((sign, n) => NUMBER_WORDS.set(sign, n));
NUMBER_WORDS.set("两", 2);
// A scale multiplies what stands before it: a small one up to the last scale, a large one all that is smaller.
const SMALL_SCALES = { hundred: 1e2, 十: 10, 百: 1e2, 千: 1e3 };
const LARGE_SCALES = { k: 1e3, thousand: 1e3, million: 1e6, billion: 1e9, 万: 1e4, 亿: 1e8 };
const ENGLISH = [...NUMBER_WORDS.keys(), "hundred", "thousand", "million", "billion"].filter(
  (word) => word > "a" && word < "{",
);
const ENGLISH_NUMBER = new RegExp(`\\b(?:${ENGLISH.join("|")})(?:[ -](?:${ENGLISH.join("|")}))*\\b`, "g");
const HAN_NUMBER = /[零一二三四五六七八九两十百千万亿]*[十百千万亿][零一二三四五六七八九两十百千万亿]*/g;

function addUp(words) {
  let [all, part, last] = [0, 0, 0];
  for (const word of words) {
    if (word in LARGE_SCALES) {
      const scale = LARGE_SCALES[word];
      const before = part + last;
      all = all && all < scale ? (all + before) * scale : all + (before || 1) * scale;
      [part, last] = [0, 0];
    } else if (word in SMALL_SCALES) {
      part += (last || 1) * SMALL_SCALES[word];
      last = 0;
    } else last += NUMBER_WORDS.get(word);
  }
  return String(all + part + last);
}

const readFigures = (text) =>
  text
    .replace(/百分之|[%％]|per cent/g, " percent ")
    .replace(/(?<![\d.])\d{1,3}(?:[, \u00a0\u202f]\d{3})+(?!\d)/g, (figure) => figure.replace(/\D/g, ""))
    .replace(/(\d+(?:\.\d+)?) ?(k\b|thousand|million|billion|万亿|百万|千万|[百千万亿])/g, (all, figure, scale) => {
      const scales = scale in LARGE_SCALES ? [scale] : [...scale];
      return ` ${Number((Number(figure) * scales.reduce((n, one) => n * Number(addUp([one])), 1)).toPrecision(12))} `;
    })
    .replace(ENGLISH_NUMBER, (words) => addUp(words.split(/[ -]/)))
    .replace(HAN_NUMBER, (signs) => ` ${addUp(signs)} `)
    .replace(/\bhalf\b|一半/g, " 50 ");
