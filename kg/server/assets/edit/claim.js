// A claim as a short form, with what `kg check` says of it beside its fields.
const MODES = ["fact", "plan", "target", "promise", "aspiration", "forecast", "opinion", "question", "marketing"];
const VOICES = ["", "source", "quote", "reported"];
const SURE = ["", "clear", "vague", "ambiguous", "wrong"];
const FIELDS = [
  ["s", "Subject", "choose"],
  ["p", "Property", "choose"],
  ["o", "Value", "choose"],
  ["mode", "Mode", MODES],
  ["when", "When", "text"],
  ["asof", "As of", "text"],
  ["by", "Said by", "choose"],
  ["where", "Said at", "choose"],
  ["voice", "Voice", VOICES],
  ["sure", "Clarity", SURE],
  ["not", "Denied", ["", "true"]],
  ["note", "Note", "text"],
];
const REASONED = ["s", "o", "when", "asof"]; // what a sentence need not say, where the curator says how it is known
const UNSAID = new Set(["figure-not-in-sentence", "unit-not-in-sentence", "name-not-in-sentence"]);
const USUAL = { mode: "fact" };

function makeForm(claim, address, kept) {
  const isNew = claim === null;
  const form = make("form", { class: "claim", novalidate: true, "aria-label": isNew ? "a new claim" : claim.key });
  const keys = [...FIELDS.map(([key]) => key), ...REASONED.map((key) => `inferred.${key}`)];
  const start = Object.fromEntries(keys.map((key) => [key, claim?.fields[key] ?? USUAL[key] ?? ""]));
  const inputs = {};
  const told = {};
  const reasons = {};
  const things = makeThings(() => changed());
  const about = { base: kept?.base ?? claim?.base ?? null, key: claim?.key ?? "", file: claim?.file ?? null };
  let timer = 0;
  let asked = 0;
  let saving = false;
  let settling = null; // what is asked since one of two versions was chosen

  const values = () => Object.fromEntries(Object.entries(inputs).map(([key, input]) => [key, input.value]));
  const typed = () => {
    const found = values();
    for (const [key, usual] of Object.entries(USUAL)) {
      if (found[key] === usual && !(claim && key in claim.fields)) found[key] = "";
    }
    return found;
  };
  const isDirty = () => Object.entries(values()).some(([key, text]) => text !== start[key]) || things.list().length > 0;
  const question = () => ({
    source: state.source,
    address,
    ...about,
    fields: typed(),
    entities: things.list(),
  });

  const grid = make("div", { class: "fields" });
  for (const [key, label, kind] of FIELDS) {
    if (claim && key in claim.fixed) continue;
    const id = newId(key);
    const value = kept?.fields[key] ?? start[key];
    told[key] = make("div", { id: `${id}-told`, class: "told" });
    const described = `${id}-told`;
    const box = make("div", { class: `field field-${key}` }, make("label", { for: id }, label));
    if (Array.isArray(kind)) {
      const known = kind.includes(value) ? kind : [...kind, value];
      inputs[key] = make(
        "select",
        { id, name: key, "aria-describedby": described, onchange: changed },
        ...known.map((word) => make("option", { value: word }, word || "—")),
      );
      inputs[key].value = value;
      box.append(inputs[key]);
    } else if (kind === "text") {
      inputs[key] = make("input", { id, name: key, autocomplete: "off", "aria-describedby": described, value });
      inputs[key].addEventListener("input", changed);
      box.append(inputs[key]);
    } else {
      const chooser = makeChooser({
        id,
        name: key,
        value,
        described,
        fields: typed,
        onNew: things.add,
        onChange: changed,
      });
      inputs[key] = chooser.input;
      box.append(chooser.input, chooser.list);
    }
    box.append(told[key]);
    grid.append(box);
  }
  const known = make("div", { class: "reasons" });
  for (const [key, label] of claim && "inferred" in claim.fixed ? [] : FIELDS) {
    if (REASONED.includes(key)) known.append(makeReason(key, label));
  }
  for (const thing of kept?.entities ?? []) things.add(thing.label, () => {}, null, thing);
  const whole = make("div", { class: "told whole" });
  const says = make("p", { class: "says" });
  const fixed = Object.entries(claim?.fixed ?? {}).map(([key, text]) => `${key}: ${text}`);
  const save = make("button", { type: "submit" }, isNew ? "Save the claim" : "Save");
  form.append(
    grid,
    known,
    things.element,
    fixed.length ? make("p", { class: "fixed" }, `as in the file: ${fixed.join(", ")}`) : "",
    says,
    whole,
    make(
      "p",
      {},
      save,
      isNew ? "" : make("button", { type: "button", onclick: () => closeForm(claim, address) }, "Close"),
    ),
  );

  // How the value of a field is known: a line that is there where the sentence does not say it.
  function makeReason(key, label) {
    const name = `inferred.${key}`;
    const id = newId(name);
    const value = kept?.fields[name] ?? start[name];
    told[name] = make("div", { id: `${id}-told`, class: "told" });
    inputs[name] = make("input", { id, name, autocomplete: "off", "aria-describedby": `${id}-told`, value });
    inputs[name].addEventListener("input", changed);
    const words = `How is it known? (${label})`;
    reasons[key] = make("div", { class: "reason" }, make("label", { for: id }, words), inputs[name], told[name]);
    reasons[key].hidden = !value;
    return reasons[key];
  }

  function take(key, reason) {
    reasons[key].hidden = false;
    inputs[`inferred.${key}`].value = reason;
    inputs[`inferred.${key}`].focus();
    changed();
  }

  function changed() {
    clearTimeout(timer);
    keepForm(
      address,
      claim?.key ?? "",
      isDirty() ? { fields: values(), entities: things.list(), base: about.base } : null,
    );
    timer = setTimeout(check, 250);
  }

  async function check() {
    const { s, p, o } = values();
    const missing = [s, p, o].some((text) => text !== undefined && !text.trim());
    const mine = ++asked;
    if (missing || saving) return;
    const found = await ask("check", question());
    if (mine === asked && !saving) show(found);
  }

  function show(found) {
    for (const [key, place] of Object.entries(told)) {
      place.replaceChildren();
      inputs[key].removeAttribute("aria-invalid");
    }
    for (const [key, place] of Object.entries(reasons)) {
      const input = inputs[`inferred.${key}`];
      place.hidden = !input.value && input !== document.activeElement; // who has just emptied it may go on
    }
    whole.replaceChildren();
    says.textContent = (found.says ?? []).join("; ");
    for (const [key, text] of Object.entries(found.means ?? {})) {
      if (told[key] && text !== inputs[key].value.trim())
        told[key].append(make("p", { class: "means" }, `means ${text}`));
    }
    for (const one of [...(found.messages ?? []), ...(found.elsewhere ?? [])]) tell(one);
    if (found.changed?.length) {
      tell({
        field: "",
        severity: "error",
        message: `it would change ${found.changed.join(", ")}`,
        code: "",
        hint: "",
      });
    }
    if (found.error) tell({ field: "", severity: "error", message: found.error, code: "", hint: "" });
  }

  function tell(one) {
    const place = told[one.field] ?? whole;
    const hint = one.hint ? make("span", { class: "hint" }, ` ${one.hint}`) : "";
    const reason = reasons[one.field];
    if (reason && UNSAID.has(one.code)) reason.hidden = false;
    const offer =
      reason && one.reason
        ? make(
            "button",
            { type: "button", class: "take", onclick: () => take(one.field, one.reason) },
            "Take this reason",
          )
        : "";
    place.append(
      make(
        "p",
        { class: one.severity },
        make("b", {}, `${one.severity}: `),
        one.message,
        hint,
        one.code ? make("small", {}, ` ${one.code}`) : "",
        offer,
      ),
    );
    if (one.severity === "error" && inputs[one.field]) inputs[one.field].setAttribute("aria-invalid", "true");
  }

  async function submit(event) {
    event.preventDefault();
    if (saving) return;
    saving = true;
    save.setAttribute("aria-disabled", "true");
    await settling; // who saves at once after a choice means what was chosen
    clearTimeout(timer);
    const found = await ask("save", question());
    saving = false;
    save.removeAttribute("aria-disabled");
    show(found);
    if (found.written) {
      keepForm(address, about.key, null);
      say(`saved ${found.key}: ${(found.says ?? []).join("; ")}`, "well");
      await afterSaving(address, `${state.source}.${found.key}`);
      return;
    }
    if (found.kind === "conflict") whole.append(drawConflict(found));
    say(found.error ?? "not saved: mend the errors first", "error");
    form.querySelector('[aria-invalid="true"]')?.focus();
  }

  function drawConflict(found) {
    const mine = Object.entries(typed()).filter(([, text]) => text);
    const over = async () => {
      const now = await ask("sentence", { source: state.source, address });
      const theirs = (now.claims ?? []).find((one) => one.key === about.key);
      about.base = theirs?.base ?? null;
      if (!theirs) about.key = "";
      about.file = theirs?.file ?? null;
      whole.replaceChildren(make("p", {}, "your fields now stand for these lines: save writes them"));
      changed();
      save.focus();
    };
    return make(
      "div",
      { class: "conflict", role: "group", "aria-label": "two versions" },
      make("p", {}, make("b", {}, "In the file now")),
      make("pre", { tabindex: "0" }, found.theirs ?? "(gone)"),
      make("p", {}, make("b", {}, "Yours")),
      make("pre", { tabindex: "0" }, mine.map(([key, text]) => `${key}: ${text}`).join("\n")),
      make(
        "button",
        { type: "button", onclick: () => (keepForm(address, about.key, null), openSentence(address)) },
        "Take theirs",
      ),
      make("button", { type: "button", onclick: () => (settling = over()) }, "Put mine in their place"),
    );
  }

  form.addEventListener("submit", submit);
  if (kept) changed();
  return form;
}

function keepForm(address, key, fields) {
  const name = `${state.source}/${address}/${key}`;
  if (fields === null) state.pending.delete(name);
  else state.pending.set(name, fields);
}

const findKept = (address, key) => state.pending.get(`${state.source}/${address}/${key}`);
