// A field with choices (ARIA combobox): the server offers them, Tab or Enter takes the one that is marked.
let settling = Promise.resolve(); // the last field that was left before its choices came: the others ask behind it
function makeChooser({ id, name, value, described, fields, onNew, onChange, onTaken }) {
  const listId = `${id}-list`;
  const list = make("ul", { id: listId, role: "listbox", class: "choices", hidden: true, "aria-label": `choices` });
  const input = make("input", {
    id,
    name,
    role: "combobox",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": listId,
    "aria-describedby": described,
    value,
  });
  let choices = [];
  let at = -1;
  let asked = 0;
  let waiting = false;
  let settled = 0; // the question whose first choice is taken when it comes, since somebody types faster than that
  let opening = settling;

  function close() {
    asked += 1;
    waiting = false;
    list.hidden = true;
    list.replaceChildren();
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(number) {
    at = number;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  }

  function take(number) {
    const choice = choices[number];
    close();
    if (choice.isNew) onNew(choice.label, (key) => ((input.value = key), onChange()), input);
    else {
      input.value = choice.value;
      onChange();
      onTaken?.();
    }
  }

  function draw() {
    list.replaceChildren(
      ...choices.map((choice, number) =>
        make(
          "li",
          {
            id: `${listId}-${number}`,
            role: "option",
            "aria-selected": "false",
            onmousedown: (event) => (event.preventDefault(), take(number)),
          },
          make("b", {}, choice.isNew ? `new: ${choice.label}` : choice.label),
          ` ${choice.detail}`,
        ),
      ),
    );
    list.hidden = choices.length === 0;
    input.setAttribute("aria-expanded", String(choices.length > 0));
    mark(choices.length > 0 && input.value.trim() && choices[0].fits ? 0 : -1);
  }

  async function open() {
    const mine = ++asked;
    const typed = input.value.trim();
    waiting = true;
    await settling;
    if (mine !== settled && mine !== asked) return;
    const found = await ask("complete", { source: state.source, field: name, fields: fields() });
    if (found.error && (mine === settled || mine === asked)) say(found.error, "error");
    const first = found.choices?.[0];
    if (mine === settled && first?.fits && input.value.trim() === typed) {
      close();
      input.value = first.value;
      onChange();
      return;
    }
    if (mine !== asked || document.activeElement !== input) return;
    waiting = false;
    choices = found.choices ?? [];
    if (onNew && found.thing && typed && !choices.some((choice) => choice.value === typed)) {
      choices = [...choices, { label: typed, detail: "a thing that is not there yet", isNew: true, fits: false }];
    }
    draw();
  }

  input.addEventListener("input", () => {
    onChange();
    opening = open();
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) opening = open();
      else if (event.key === "ArrowDown") mark((at + 1) % choices.length);
      else mark((at < 1 ? choices.length : at) - 1);
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && waiting && input.value.trim()) {
      if (event.key === "Enter" || onTaken) event.preventDefault();
      settled = asked;
      settling = opening;
      close(); // a list that scrolls would get the focus next
      onTaken?.();
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && at >= 0) {
      if (event.key === "Enter" || choices[at].isNew || onTaken) event.preventDefault();
      take(at);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  return { input, list };
}
