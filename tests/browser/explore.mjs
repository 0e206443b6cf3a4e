// The explorer of `kg serve`: `node explore.mjs ORIGIN PATH...`. Runs axe on each page at two widths, and uses the page
// of queries (the last path) by keyboard alone. Prints what was seen as JSON.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { CHROMIUM } from "./chromium.mjs";

const [origin, ...paths] = process.argv.slice(2);
const axe = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu"],
});
const seen = { asked: [], problems: [], axe: [], wide: [] };
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  page.on("request", (request) => seen.asked.push(request.url()));
  page.on("pageerror", (error) => seen.problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 40[04]/.test(message.text())) seen.problems.push(message.text());
  });
  for (const path of paths) {
    await page.goto(origin + path);
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: width === 390 ? "dark" : "light" });
      if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
      const found = await page.evaluate(async () => {
        const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
        const { violations } = await window.axe.run(document, { runOnly, resultTypes: ["violations"] });
        return violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`);
      });
      seen.axe.push(...found.map((words) => `${path} at ${width}: ${words}`));
      const over = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (over) seen.wide.push(`${path} at ${width}`);
    }
  }

  // in Chinese: completions, and what a script says
  const last = new URL(origin + paths.at(-1));
  last.searchParams.set("l", "zh");
  await page.goto(last.href);
  await page.focus("#query");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("rdfs");
  await page.locator("#offers li", { hasText: "rdfs: 前缀" }).waitFor();
  seen.help = await page.locator("#query-help").innerText();
  await page.goto(origin + paths.at(-1));

  // the page of queries: the caret stands at the mistake; completion and sending by keys
  await page.setViewportSize({ width: 1440, height: 900 });
  seen.caret = await page.evaluate(() => {
    const area = document.activeElement;
    return area.value.slice(area.selectionStart, area.selectionEnd);
  });
  await page.keyboard.press("Control+a");
  await page.keyboard.type("SELECT * { ?s ?p mayor");
  await page.locator('#offers li[aria-selected="true"]', { hasText: "e:mayor" }).waitFor();
  seen.offered = (await page.getAttribute("#query", "aria-activedescendant")) === "offer-0";
  await page.keyboard.press("Enter");
  seen.written = await page.inputValue("#query");
  await page.keyboard.press("Tab");
  seen.focus = await page.evaluate(() => document.activeElement.tagName);
  await page.focus("#query");
  await page.keyboard.press("End");
  await page.keyboard.type(" }");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+Enter");
  await page.locator("h2", { hasText: "Answer" }).waitFor();
  seen.answer = await page.locator("h2").first().innerText();
  seen.narrowed = {};
  for (const [name, text] of [
    ["of a class", "SELECT * { ?x a schema:Person ; "],
    ["of a thing", "SELECT * { e:mayor "],
    ["of a property", "SELECT * { ?x a schema:Person . ?y schema:none 1 ; prov:wasAttributedTo "],
  ]) {
    await page.focus("#query");
    await page.keyboard.press("Control+a");
    await page.keyboard.type(text);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+ ");
    await page.locator("#offers li").first().waitFor();
    seen.narrowed[name] = await page.locator("#offers li code").allInnerTexts();
    await page.keyboard.press("Escape");
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
