// Questions: other values of their parameters, and the rows of an answer beyond those that stand there.
const MOST_ROWS = 60;
const MOST_AT_ONCE = 200;
const rowsOf = {};
async function unpackRows() {
  const language = state.language;
  rowsOf[language] ??= $(`answers-${language}`) ? JSON.parse(await unpack(`answers-${language}`)) : {};
  return rowsOf[language];
}

// The rows that stand in the page are those of the question as it is asked; its address is its name alone.
const asked = new Map();

async function openQuestion(address) {
  const name = address.split("~")[0];
  const details = $(`q=${name}`);
  details.open = true;
  await showAnswer(details, address);
  details.scrollIntoView({ block: "start" });
}

async function showAnswer(details, address) {
  if ((details.dataset.address ?? details.id.slice(2)) === address) return;
  const rows = await unpackRows();
  const own = asked.get(details.id);
  details.dataset.address = address;
  const all = address === own.address ? [...own.rows, ...(rows[address] ?? [])] : rows[address];
  details.querySelector("tbody").innerHTML = all.slice(0, MOST_ROWS).join("");
  details.querySelector(".count").textContent = grouped(all.length);
  for (const select of details.querySelectorAll("select")) {
    const named = [...select.options].some((option) => option.value === address);
    select.value = named ? address : own.address;
  }
  offerRest(details, all.slice(MOST_ROWS));
  details.querySelector(".copy")?.replaceWith(copyButton("question", address));
  fade();
}

// A button for the rows that are left; so many come at once that the document stays small.
function offerRest(details, rest) {
  details.querySelector(".rest")?.remove();
  if (!rest.length) return;
  const open = () => {
    details.querySelector("tbody").insertAdjacentHTML("beforeend", rest.slice(0, MOST_AT_ONCE).join(""));
    offerRest(details, rest.slice(MOST_AT_ONCE));
    fade();
  };
  const button = make("button", { type: "button", class: "rest", on: { click: open } }, more(rest.length));
  details.querySelector(".scroll").after(button);
}

preparers.push(() => {
  for (const details of document.querySelectorAll("#answers details")) {
    const address = details.id.slice(2);
    asked.set(details.id, {
      address,
      rows: [...details.querySelectorAll("tbody tr")].slice(0, MOST_ROWS).map((row) => row.outerHTML),
    });
    details.querySelector(".rest")?.addEventListener("click", async () => {
      const rest = (await unpackRows())[address];
      offerRest(details, rest);
      details.querySelector(".rest").click();
    });
    for (const select of details.querySelectorAll("select"))
      select.addEventListener("change", () => show("question", select.value));
    // A question that is opened by hand can be linked to.
    details.addEventListener("toggle", () => {
      if (details.open && !details.querySelector(".copy"))
        details.append(copyButton("question", details.dataset.address ?? address));
    });
  }
});
