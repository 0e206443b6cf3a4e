// New things that a claim speaks of: an id, a label and a class each.
function makeThings(onChange) {
  const element = make("div", { class: "things" });
  const things = [];

  function add(label, choose, origin, kept = null) {
    const key = kept?.key ?? toKey(label);
    const idField = newId("thing");
    const labelField = newId("label");
    const kindField = newId("kind");
    const keyInput = make("input", { id: idField, autocomplete: "off", value: key });
    const labelInput = make("input", { id: labelField, autocomplete: "off", value: kept?.label ?? label });
    const chooser = makeChooser({
      id: kindField,
      name: "is",
      value: kept?.kind ?? "",
      described: null,
      fields: () => ({ is: chooser.input.value }),
      onNew: null,
      onChange,
      onTaken: () => nextOf(origin)?.focus(),
    });
    const thing = { key: keyInput, kind: chooser.input, label: labelInput };
    const drop = () => {
      things.splice(things.indexOf(thing), 1);
      box.remove();
      onChange();
    };
    const box = make(
      "fieldset",
      {},
      make("legend", {}, "A new thing"),
      make("div", { class: "field" }, make("label", { for: idField }, "Id"), keyInput),
      make("div", { class: "field" }, make("label", { for: labelField }, "Label"), labelInput),
      make("div", { class: "field" }, make("label", { for: kindField }, "Class"), chooser.input, chooser.list),
      make("button", { type: "button", onclick: drop }, "Not this"),
    );
    keyInput.addEventListener("input", () => (choose(keyInput.value), onChange()));
    labelInput.addEventListener("input", onChange);
    things.push(thing);
    element.append(box);
    choose(key);
    if (!kept) chooser.input.focus();
  }

  const list = () =>
    things.map((thing) => ({ key: thing.key.value.trim(), kind: thing.kind.value.trim(), label: thing.label.value }));
  return { element, add, list };
}

// The field behind the one that a new thing was typed in: where somebody goes on.
function nextOf(origin) {
  const fields = origin ? [...origin.form.elements] : [];
  return fields[fields.indexOf(origin) + 1];
}

function toKey(label) {
  const plain = label.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}
