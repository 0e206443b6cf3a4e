// Elements: made with their properties and children, never from text that is read as HTML.
const byId = (id) => document.getElementById(id);
let made = 0;
const newId = (word) => `${word}-${++made}`;

function make(name, about = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(about)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const plural = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

function say(words, kind = "") {
  const status = byId("status");
  status.className = kind;
  status.textContent = words;
}
