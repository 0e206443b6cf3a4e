// The page at which one writes a query: offers prefixes, classes, properties and things as one types, by where it
// stands, and leads to the place of a mistake. Without it the page works as a form.
(() => {
  "use strict";
  const area = document.getElementById("query");
  const list = document.getElementById("offers");
  const prefixes = JSON.parse(area.dataset.prefixes);
  const WORDS = "SELECT CONSTRUCT ASK DESCRIBE WHERE FILTER OPTIONAL UNION GRAPH VALUES BIND DISTINCT".split(" ");
  WORDS.push("GROUP BY", "ORDER BY", "LIMIT", "OFFSET", "HAVING", "MINUS", "EXISTS");
  let offers = [];
  let chosen = -1;
  let asked = 0;
  let timer = 0;

  area.setAttribute("aria-controls", "offers");
  area.setAttribute("aria-autocomplete", "list");
  document.getElementById("query-help").textContent += area.dataset.keys;

  // A text without what may hold signs of the syntax: strings are emptied, comments taken out, IRIs numbered.
  function flatten(text, iris) {
    return text
      .replace(/<[^<>\s]*>/g, (iri) => `<${iris.push(iri) - 1}>`)
      .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""')
      .replace(/#[^\n]*/g, " ");
  }

  const spell = (term, iris) => (/^<\d+>$/.test(term ?? "") ? iris[Number(term.slice(1, -1))] : (term ?? ""));
  const isNamed = (term) => /^<|:/.test(term) && !/^[?$]/.test(term);

  // The classes that the query gives its variables: `?x a ex:City`, also after `;`.
  function findClasses(plain, iris) {
    const classes = new Map();
    for (const statement of plain.split(/[{}]|\.(?=\s|$)/)) {
      const [first, ...others] = statement.split(";").map((part) => part.trim().split(/\s+/));
      const subject = first[0];
      for (const [verb, kind] of [first.slice(1), ...others]) {
        if ((verb === "a" || verb === "rdf:type") && kind && isNamed(kind)) classes.set(subject, spell(kind, iris));
      }
    }
    return classes;
  }

  // The word before the caret, what may stand there, and what of the query narrows it.
  function look() {
    const text = area.value.slice(0, area.selectionStart);
    const word = /[\p{L}\p{N}_:.-]*$/u.exec(text)[0];
    const iris = [];
    const plain = flatten(text.slice(0, text.length - word.length), iris);
    if (/[?$"'<]$/.test(plain)) return null;
    const open = Math.max(plain.lastIndexOf("{"), plain.lastIndexOf("}"));
    const inside = plain.split("{").length > plain.split("}").length;
    const rest = plain.slice(open + 1);
    const part = rest.slice(Math.max(rest.lastIndexOf(". "), rest.lastIndexOf(".\n")) + 1);
    const last = part.slice(part.lastIndexOf(";") + 1).trim();
    const terms = last ? last.split(/\s+/) : [];
    const place = terms.length + (part.includes(";") ? 1 : 0);
    const nested = part.split("[").length > part.split("]").length;
    const about = { kind: "entity" };
    if (place === 1) {
      about.kind = "property";
      const subject = nested ? "" : part.trim().split(/\s+/)[0];
      const all = [];
      if (isNamed(subject)) about.subject = spell(subject, iris);
      else about.class = findClasses(flatten(area.value, all), all).get(subject) ?? "";
    } else if (place >= 2) {
      const verb = terms[part.includes(";") ? 0 : 1];
      if (verb === "a" || verb === "rdf:type") about.kind = "type";
      else if (!nested && isNamed(verb)) about.property = spell(verb, iris);
    }
    return { word, about, inside, start: area.selectionStart - word.length };
  }

  async function complete(forced) {
    clearTimeout(timer); // what was typed before must not close what is asked for now
    const at = look();
    if (!at || (!forced && at.word.length < 2)) return close();
    const number = ++asked;
    const [prefix, local] = at.word.includes(":") ? at.word.split(/:(.*)/s) : ["", at.word];
    const found = [];
    if (!at.word.includes(":")) {
      const low = at.word.toLowerCase();
      for (const one of prefixes)
        if (low && one.startsWith(low)) found.push({ text: `${one}:`, name: area.dataset.prefix });
      for (const one of WORDS) if (low && one.toLowerCase().startsWith(low)) found.push({ text: one, name: "" });
    }
    if (at.inside) {
      const wanted = new URLSearchParams({ ...at.about, q: local, l: area.dataset.lang });
      try {
        const answer = await fetch(`/complete?${wanted}`);
        if (answer.ok) {
          const told = (await answer.json()).offers;
          found.push(...told.filter((one) => !prefix || one.text.startsWith(`${prefix}:`)));
        }
      } catch {
        // without an answer there is nothing to offer
      }
    }
    if (number !== asked) return;
    offers = found.slice(0, 12);
    show(at);
  }

  function show(at) {
    list.replaceChildren(
      ...offers.map((one, number) => {
        const item = document.createElement("li");
        item.id = `offer-${number}`;
        item.setAttribute("role", "option");
        const code = document.createElement("code");
        code.textContent = one.text;
        item.append(code, one.name ? ` ${one.name}` : "");
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          take(number, at);
        });
        return item;
      }),
    );
    list.hidden = offers.length === 0;
    choose(offers.length ? 0 : -1);
  }

  function choose(number) {
    chosen = number;
    for (const [place, item] of [...list.children].entries()) {
      item.setAttribute("aria-selected", String(place === number));
      if (place === number) item.scrollIntoView({ block: "nearest" });
    }
    if (number < 0) area.removeAttribute("aria-activedescendant");
    else area.setAttribute("aria-activedescendant", `offer-${number}`);
  }

  function close() {
    clearTimeout(timer);
    asked += 1;
    offers = [];
    list.hidden = true;
    choose(-1);
  }

  function take(number, at) {
    const { start } = at ?? look();
    area.setRangeText(offers[number].text, start, area.selectionStart, "end");
    close();
    area.focus();
  }

  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => complete(false), 120);
  });
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return area.form.requestSubmit();
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      return complete(true);
    }
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : offers.length - 1;
      choose((chosen + step) % offers.length);
    } else if (event.key === "Enter" || event.key === "Tab") {
      take(chosen);
    } else if (event.key === "Escape") {
      close();
    } else return;
    event.preventDefault();
  });

  const wrong = document.getElementById("wrong");
  if (wrong) {
    const lines = area.value.split("\n");
    const before = lines.slice(0, wrong.dataset.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    const place = before + Number(wrong.dataset.column) - 1;
    area.focus();
    area.setSelectionRange(place, place + 1);
  }
})();
