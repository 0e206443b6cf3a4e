// Proposals and reviews. This stands in a page only where there are some, and adds to what the other files hold:
// a filter, a column of the download, and a mark wherever a claim is told.
const statusOf = (told) => told?.state?.status ?? "curated";
FILTERS.push("review");
TITLES.review = "review";
traits.forEach((trait, number) => {
  const claim = claims[number];
  const further = evidenceOf(claim).filter((evidence) => evidence.state);
  trait.review = [...new Set([claim, ...further].map(statusOf))];
});
offered.review = new Set(traits.flatMap((trait) => trait.review));

CSV_HEAD.push("review");
const rowWithout = rowOf;
rowOf = (claim) => [...rowWithout(claim), statusOf(claim)];

const unreviewedMark = () => make("span", { class: "unreviewed" }, own("line-unreviewed"));
const isUnreviewed = (id) => claimOf(id)?.state?.status === "unreviewed";

// The claims that the word of a mode stands beside: those of its row, of the link before it, or of the card around it.
function claimsBeside(pill) {
  const row = pill.closest("[data-claims]");
  if (row) return row.dataset.claims.split(" ");
  const before = pill.previousElementSibling?.getAttribute("href") ?? "";
  const id = before.startsWith("#c=")
    ? decodeURIComponent(before.slice(3))
    : pill.closest("[data-claim]")?.dataset.claim;
  return id ? [id] : [];
}

function describeAct({ by, on }) {
  const names = by.map(({ key, words: said }) => (key ? linkTo(key) : said));
  return [between(names, own("comma")), own("remark"), worded(on)];
}

const describeState = (state) =>
  pairs([
    ["proposed-by", state.proposed ? describeAct(state.proposed) : null],
    ["reviewed-by", state.reviewed ? describeAct(state.reviewed) : null],
  ]);

function markStates(root) {
  for (const pill of root.querySelectorAll(".mode")) {
    const ids = claimsBeside(pill);
    const marked = pill.nextElementSibling?.classList.contains("unreviewed");
    if (ids.length && !marked && ids.every(isUnreviewed)) pill.after(" ", unreviewedMark());
  }
  for (const card of root.querySelectorAll(".card.claim:not([data-review])")) {
    const claim = claimOf(card.dataset.claim);
    card.dataset.review = statusOf(claim);
    if (claim.state) card.querySelector(".corner").before(describeState(claim.state));
    const told = evidenceOf(claim);
    card.querySelectorAll(".saying").forEach((saying, n) => {
      const { state: ofSaying } = told[n];
      if (ofSaying) saying.append(describeState(ofSaying));
      if (ofSaying?.status === "unreviewed") saying.append(unreviewedMark());
    });
  }
}

new MutationObserver((changes) => {
  if (changes.some(({ addedNodes }) => addedNodes.length)) markStates(document);
}).observe($("page"), { childList: true, subtree: true });
preparers.push(() => markStates(document));
