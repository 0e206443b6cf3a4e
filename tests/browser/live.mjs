// The served page while its project is curated: `node live.mjs ADDRESS FILE`, where FILE holds claims of the project.
// It makes a mistake in the file, looks whether the page tells it, mends it with another figure, and waits for the page
// to load itself anew. Prints what was seen as JSON.
import { readFileSync, writeFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { CHROMIUM } from "./chromium.mjs";

const [address, file, shot] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu"],
});
const seen = { asked: [], problems: [] };
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(60_000);
  page.on("request", (request) => seen.asked.push(request.url()));
  page.on("pageerror", (error) => seen.problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && seen.problems.push(message.text()));
  await page.goto(address);
  await page.waitForSelector("#kg-live.well");
  const digest = () => page.getAttribute('meta[name="kg-page"]', "content");
  const before = await digest();
  const text = readFileSync(file, "utf8");

  writeFileSync(file, text.replace("p: length", "p: lenght"));
  await page.waitForSelector("#kg-live.error");
  seen.words = await page.innerText("#kg-live summary");
  await page.click("#kg-live summary");
  seen.item = await page.innerText("#kg-live li");
  if (shot) await page.screenshot({ path: shot });

  await page.click("#kg-live li a");
  seen.beside = await page.locator("#detail .kg-told").innerText();
  seen.hash = new URL(page.url()).hash;
  seen.stale = (await digest()) === before;

  await page.click("#language");
  await page.locator("#kg-live summary", { hasText: "错误" }).waitFor();
  seen.chinese = await page.innerText("#kg-live summary");
  seen.ways = await page.locator("#kg-live nav a").evaluateAll((links) => links.map((a) => [a.textContent, a.search]));
  await page.click("#language");

  writeFileSync(file, text.replace("o: 120 m", "o: 121 m"));
  await page.waitForFunction(
    (old) => document.querySelector('meta[name="kg-page"]').content !== old && document.getElementById("kg-live"),
    before,
  );
  seen.after = new URL(page.url()).hash;
  await page.locator("#detail", { hasText: "121" }).waitFor();
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
