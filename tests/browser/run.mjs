// Runs scenarios in a headless Chromium: `node run.mjs FOLDER [NAME...]`, where FOLDER holds the pages that were built.
// Prints one JSON object: for each scenario null, or what went wrong.
import { readdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { CHROMIUM } from "./chromium.mjs";
import { scenarios } from "./scenario.mjs";

const here = new URL(".", import.meta.url);
for (const file of readdirSync(here).sort()) if (file.endsWith(".scenarios.mjs")) await import(new URL(file, here));

const [folder, ...names] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu"],
});
const results = {};
// A context for each kind of reader, with a page that stays open: a new page beside it needs no new process, which is
// half of the cost of a scenario. The pages keep nothing between two visits, so a context need not be new.
const contexts = new Map();
async function contextOf(options) {
  const key = JSON.stringify(options);
  if (!contexts.has(key)) {
    const made = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      acceptDownloads: true,
      ...options,
    });
    await (await made.newPage()).goto(`file://${folder}/overview.html`);
    contexts.set(key, made);
  }
  return contexts.get(key);
}

async function playScenario(name, { options, play }) {
  const context = await contextOf(options);
  context.setDefaultTimeout(8000);
  const page = await context.newPage();
  const asked = [];
  const problems = [];
  page.on("request", (request) => {
    if (!/^(file|blob|data):/.test(request.url())) asked.push(request.url());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  try {
    await play({
      page,
      open: async (file, hash = "") => {
        if (page.url() !== "about:blank") await page.goto("about:blank"); // else only the hash would change
        await page.goto(`file://${folder}/${file}${hash}`);
        // A page that has a script is read once the script runs: before, it is the page of a reader without one.
        const scripted = options.javaScriptEnabled !== false && (await page.locator("script").count());
        if (scripted) await page.waitForSelector("html.with-script");
      },
    });
    if (asked.length) throw new Error(`the page asked for ${asked}`);
    if (problems.length) throw new Error(`the page complained: ${problems.join(" | ")}`);
    results[name] = null;
  } catch (error) {
    results[name] = String(error.message || error).slice(0, 2000);
  }
  await page.close();
}

// What fails is played once more: the browser shares its cores with all other tests, and a frame can come late.
for (const [name, scenario] of scenarios) {
  if (names.length && !names.includes(name)) continue;
  await playScenario(name, scenario);
  if (results[name] === null) continue;
  console.error(`played again: ${name}: ${results[name]}`);
  await playScenario(name, scenario);
}
await browser.close();
console.log(JSON.stringify(results));
