// Drafts of a sentence: accepted, edited or rejected with a reason.
function drawDraft(draft, address) {
  const place = make("div");
  const reason = make("input", { id: newId("reason"), autocomplete: "off" });
  const lines = make("textarea", { id: newId("lines"), rows: 4, spellcheck: "false", value: draft.lines });
  const act = async (word, more = {}) => {
    const found = await ask("review", { draft: draft.id, seen: draft.lines, act: word, by: byId("by").value, ...more });
    if (found.error) {
      place.replaceChildren(
        make("p", { class: "error" }, found.error),
        found.theirs ? make("pre", {}, found.theirs) : "",
      );
      return say(found.error, "error");
    }
    say(found.told.join("; "), "well");
    await afterSaving(address, draft.id);
  };
  const button = (text, onclick) => make("button", { type: "button", onclick }, text);
  return make(
    "article",
    { class: "draft", "aria-label": `draft ${draft.id}` },
    make("pre", { tabindex: "0" }, draft.shown),
    make(
      "p",
      {},
      button("Accept", () => act("accept")),
    ),
    make(
      "p",
      {},
      make("label", { for: reason.id }, "Reason "),
      reason,
      button("Reject", () => act("reject", { reason: reason.value })),
    ),
    make(
      "details",
      {},
      make("summary", {}, "Edit its lines"),
      make("label", { for: lines.id }, "Lines"),
      lines,
      button("Save the lines", () => act("edit", { text: lines.value })),
    ),
    place,
  );
}
