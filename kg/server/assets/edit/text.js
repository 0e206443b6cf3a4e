// The text: its sentences, shaded by what is claimed of them, with their figures done or to do.
const PLACES = { claimed: "claimed", skipped: "set aside", "to do": "to do" };

async function loadSources() {
  const found = await ask("sources");
  if (found.error) return say(found.error, "error");
  const select = byId("source");
  const before = state.source || new URLSearchParams(`s=${location.hash.slice(1).split("/")[0]}`).get("s");
  select.replaceChildren(
    ...found.sources.map((one) =>
      make("option", { value: one.id }, `${one.title} (${one.todo} of ${one.sentences} to do)`),
    ),
  );
  if (found.sources.some((one) => one.id === before)) select.value = before;
  if (found.sources.length === 0) return say("there is no source yet: `kg evidence add FILE` makes one", "error");
  state.source = select.value;
  return loadText();
}

async function loadText() {
  const found = await ask("text", { source: state.source });
  if (found.error) return say(found.error, "error");
  byId("title").textContent = found.title;
  byId("notes").replaceChildren(...found.notes.map((note) => make("li", {}, note)));
  state.passages = found.passages;
  drawText();
}

function drawText() {
  const held = document.activeElement?.dataset?.address;
  const paragraphs = new Map();
  for (const passage of state.passages) {
    const number = passage.address.split("s")[0];
    if (!paragraphs.has(number)) paragraphs.set(number, make("p"));
    paragraphs.get(number).append(drawPassage(passage), " ");
  }
  byId("passages").replaceChildren(...paragraphs.values());
  focusable(state.address || state.passages[0]?.address);
  if (held) sentenceAt(held)?.focus({ preventScroll: true });
}

function drawPassage(passage) {
  const kind = passage.stale ? "stale" : passage.status.replace(" ", "");
  const todo = passage.figures.length ? `, ${plural(passage.figures.length, "figure")} to do` : "";
  const words = passage.pieces.map(([text, figure]) =>
    figure ? make("span", { class: `figure ${figure.replace(" ", "")}` }, text) : text,
  );
  if (!words.length) words.push(`${passage.address}${passage.figures.length ? `: ${passage.figures.join(" ")}` : ""}`);
  return make(
    "span",
    {
      role: "button",
      tabindex: "-1",
      class: `passage ${kind}`,
      "data-address": passage.address,
      "aria-current": passage.address === state.address ? "true" : null,
      title: `${passage.address}: ${PLACES[passage.status]}${passage.reason ? ` (${passage.reason})` : ""}${todo}`,
      onclick: () => openSentence(passage.address),
    },
    ...words,
    make("span", { class: "unseen" }, ` (${PLACES[passage.status]}, ${plural(passage.claims, "claim")}${todo})`),
  );
}

const sentenceAt = (address) => byId("passages").querySelector(`[data-address="${address}"]`);

function focusable(address) {
  for (const one of byId("passages").querySelectorAll(".passage")) {
    one.tabIndex = one.dataset.address === address ? 0 : -1;
  }
}

function moveInText(event) {
  const address = document.activeElement?.dataset?.address;
  const at = state.passages.findIndex((one) => one.address === address);
  if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const steps = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 };
  let to = -1;
  if (event.key in steps) to = Math.min(state.passages.length - 1, Math.max(0, at + steps[event.key]));
  else if (event.key === "Home") to = 0;
  else if (event.key === "End") to = state.passages.length - 1;
  else if (event.key === "n") to = state.passages.findIndex((one, n) => n > at && one.status === "to do");
  else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    openSentence(address);
  }
  if (to < 0) return;
  event.preventDefault();
  focusable(state.passages[to].address);
  sentenceAt(state.passages[to].address).focus();
}
