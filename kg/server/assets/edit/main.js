// The page: which sentence is open, what stands beside it, and what happens when something changes.
async function openSentence(address, { focus = true, unless = () => false } = {}) {
  const found = await ask("sentence", { source: state.source, address });
  if (unless()) return;
  if (found.error) return say(found.error, "error");
  state.address = address;
  history.replaceState(null, "", `#${encodeURIComponent(state.source)}/${address}`);
  for (const one of byId("passages").querySelectorAll(".passage")) {
    if (one.dataset.address === address) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
  focusable(address);
  drawSentence(found, address);
  if (focus) byId("sentence").querySelector("form.new input")?.focus();
}

function drawSentence(found, address) {
  byId("chosen").textContent = `Claims of ${address}`;
  const words = found.passage.pieces.map(([text]) => text).join("");
  const form = makeForm(null, address, findKept(address, ""));
  form.classList.add("new");
  byId("sentence").replaceChildren(
    make("blockquote", {}, words || "the text is not at hand"),
    make(
      "p",
      { class: "voice" },
      found.voice
        ? `who speaks here: ${found.voice}`
        : "nobody is said to speak here yet: the first claim says who (Said by)",
    ),
    found.passage.stale ? make("p", { class: "error" }, found.passage.stale) : "",
    make("ol", { class: "told-claims" }, ...found.claims.map((claim) => drawClaim(claim, address))),
    ...(found.drafts.length
      ? [make("h3", {}, "Drafts"), ...found.drafts.map((draft) => drawDraft(draft, address))]
      : []),
    make("h3", {}, "A new claim"),
    form,
  );
}

function drawClaim(claim, address) {
  const item = make("li", { "data-key": claim.key });
  const kept = findKept(address, claim.key);
  const words = claim.says.length ? claim.says.join("; ") : claim.lines;
  const messages = claim.messages.map((one) =>
    make("p", { class: one.severity }, make("b", {}, `${one.severity}: `), one.message),
  );
  const edit = () => {
    item.replaceChildren(makeForm(claim, address, findKept(address, claim.key)));
    item.querySelector("input")?.focus();
    followGraph(claim.id);
  };
  item.append(
    make("p", {}, words, " ", make("small", {}, `${claim.key}, ${claim.file}:${claim.line}`)),
    ...messages,
    claim.repeats
      ? make("p", { class: "fixed" }, "it repeats a claim: change it in the file")
      : make("button", { type: "button", onclick: edit, "aria-label": `Edit ${claim.key}` }, "Edit"),
  );
  if (kept) item.replaceChildren(makeForm(claim, address, kept));
  return item;
}

async function closeForm(claim, address) {
  keepForm(address, claim.key, null);
  await openSentence(address, { focus: false });
  byId("sentence").querySelector(`[data-key="${claim.key}"] button`)?.focus();
}

async function afterSaving(address, id) {
  followGraph(id);
  await Promise.all([openSentence(address), loadText()]);
}

function followGraph(id) {
  const frame = byId("graph").querySelector("iframe");
  if (frame) frame.contentWindow.location.hash = `#c=${id}`;
}

function showGraph() {
  const place = byId("graph");
  place.hidden = !byId("beside").checked;
  document.body.classList.toggle("with-graph", !place.hidden);
  if (!place.hidden && !place.querySelector("iframe")) place.append(make("iframe", { src: "/", title: "the graph" }));
}

function listen() {
  let last = null;
  const events = new EventSource("/live");
  events.addEventListener("message", async (event) => {
    const news = JSON.parse(event.data);
    const first = last === null;
    const same = last === event.data;
    last = event.data;
    if (first || same) return;
    if (news.stale) say("the project has errors: `kg check` tells them; the graph is as it was before", "error");
    await loadText();
    // Somebody may begin to type while the answer comes.
    if (state.address && !isTyping()) await openSentence(state.address, { focus: false, unless: isTyping });
  });
}

const isTyping = () => state.pending.size > 0 || byId("sentence").contains(document.activeElement);

byId("source").addEventListener("change", () => {
  state.source = byId("source").value;
  state.address = "";
  byId("chosen").textContent = "Claims";
  byId("sentence").replaceChildren(make("p", {}, "Choose a sentence."));
  loadText();
});
byId("by").value = localStorage.getItem("kg-reviewer") ?? "";
byId("by").addEventListener("change", () => localStorage.setItem("kg-reviewer", byId("by").value));
byId("beside").addEventListener("change", showGraph);
byId("passages").addEventListener("keydown", moveInText);
byId("claims").addEventListener("keydown", (event) => {
  if (event.key === "Escape" && state.address) sentenceAt(state.address)?.focus();
});
addEventListener("beforeunload", (event) => state.pending.size > 0 && event.preventDefault());
loadSources().then(() => {
  const wanted = location.hash.split("/")[1];
  if (wanted && state.passages.some((one) => one.address === wanted)) openSentence(wanted, { focus: false });
  // Who comes by keys begins in the text.
  else if (document.activeElement === document.body) byId("passages").querySelector('[tabindex="0"]')?.focus();
  document.body.classList.add("ready");
});
listen();
