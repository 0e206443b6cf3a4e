// The scenarios by name, in the order in which their files declare them, and what they share.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export const scenarios = new Map();

export function scenario(name, play, options = {}) {
  if (scenarios.has(name)) throw new Error(`two scenarios are called ${name}`);
  scenarios.set(name, { options, play });
}

export function same(got, wanted, what = "value") {
  const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: got ${a}, wanted ${b}`);
}

export function holds(condition, what) {
  if (!condition) throw new Error(what);
}

export const visible = (page, selector) => page.locator(selector).first().isVisible();

// Opens the table of claims: its rows are drawn once the browser tells that it is open.
export async function openTable(page) {
  await page.click("#claims summary");
  await page.locator("#table tbody tr[data-claim]").first().waitFor();
}

// Goes to another address of the page that is open, and waits until the page was told.
export const goTo = (page, hash) =>
  page.evaluate(async (to) => {
    const told = new Promise((done) => addEventListener("hashchange", done, { once: true }));
    location.hash = to;
    await told;
  }, hash);

// Waits until a text stands at a place; what was there before does not count.
export const reads = (page, selector, text) =>
  page.waitForFunction(([at, wanted]) => document.querySelector(at)?.innerText === wanted, [selector, text]);

export const alive = (page) => page.waitForSelector("#stage.alive", { timeout: 8000 });

// What the tests know of the graph without asking the page.
export const given = () => JSON.parse(readFileSync(`${process.argv[2]}/graph.json`, "utf8"));

// The data of a page, which are packed in it.
export async function readData(page) {
  const packed = await page.textContent("#data");
  return JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString());
}
