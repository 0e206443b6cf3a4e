// The workbench, by keyboard: `node workbench.mjs ADDRESS FILE [PICTURE]`. ADDRESS bears the token; FILE holds the claims.
// Two ordinary claims of one sentence are written, keys and waits counted; then somebody else changes a claim in
// mid-edit. Prints what was seen as JSON.
import { readFileSync, writeFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { CHROMIUM } from "./chromium.mjs";

const [address, file, shot] = process.argv.slice(2);
const axe = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu"],
});
const seen = { asked: [], problems: [], keys: 0, waited: 0, axe: [] };
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(20_000);
  page.on("request", (request) => seen.asked.push(request.url()));
  page.on("pageerror", (error) => seen.problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && seen.problems.push(message.text()));

  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
    seen.keys += keys.length;
  };
  const type = async (text) => {
    await page.keyboard.type(text);
    seen.keys += text.length;
  };
  const wait = async (what) => {
    const begun = performance.now();
    await what();
    seen.waited += (performance.now() - begun) / 1000;
  };
  const choice = (words) =>
    wait(() => page.locator('[role=option][aria-selected="true"]', { hasText: words }).waitFor());
  const field = () => page.evaluate(() => document.activeElement.name);
  const check = async (where) => {
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
      const only = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
      const { violations } = await window.axe.run(document, { runOnly: only });
      return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" ;; ")}`);
    });
    seen.axe.push(...found.map((one) => `${where}: ${one}`));
  };

  await page.goto(`${address}#%E0%A4%A/p1s1`); // an address that names nothing
  await page.waitForSelector("body.ready");
  seen.address = page.url();
  seen.todo = await page.locator(".passage.todo").allInnerTexts();
  await page.locator('.passage[tabindex="0"]').focus();
  seen.before = readFileSync(file, "utf8");

  // the first claim, on a thing that is not there yet
  await press("n", "Enter");
  await wait(() => page.locator("form.new").waitFor());
  await page.waitForFunction(() => document.activeElement.name === "s");
  await type("the old bridge");
  await wait(() => page.locator("[role=option]", { hasText: "new: the old bridge" }).waitFor());
  await press("ArrowUp", "Enter");
  await type("brid");
  await choice("Bridge");
  await press("Tab");
  await type("len");
  await choice("length");
  await press("Tab");
  seen.field = await field();
  await type("80 m");
  await choice("metre");
  await press("Tab", "Tab", "Tab", "Tab");
  seen.by = await field();
  await type("source");
  await choice("source");
  await press("Enter");
  await wait(() => page.locator(".says", { hasText: "80 m" }).waitFor());
  if (shot) await page.screenshot({ path: shot });
  await check("a form");
  await press("Enter");
  await wait(() => page.locator("#status.well", { hasText: "saved length" }).waitFor());
  await page.waitForFunction(() => document.activeElement.name === "s" && document.activeElement.value === "");

  // the second one: a plan
  await type("the new");
  await choice("bridge");
  await press("Tab");
  await type("open");
  await choice("opens");
  await press("Tab");
  await type("2030");
  await press("Tab", "p", "Tab");
  seen.mode = await page.locator("form.new [name=mode]").inputValue();
  await wait(() => page.locator(".says", { hasText: "opens · 2030" }).waitFor());
  await press("Enter");
  await wait(() => page.locator("#status.well", { hasText: "saved opens" }).waitFor());
  await wait(() => page.locator(".told-claims li").nth(1).waitFor());
  seen.written = seen.keys;
  seen.after = readFileSync(file, "utf8");
  await wait(() => page.locator('.passage.claimed[aria-current="true"]').waitFor());

  // messages beside the field
  await page.locator(".told-claims button").first().click();
  const value = page.locator(".told-claims [name=o]");
  await value.fill("81 m");
  await page.locator(".field-o .warning", { hasText: "81" }).waitFor();
  await page.locator(".told-claims [name=p]").fill("lenght");
  await page.locator(".field-p .error", { hasText: "did you mean" }).waitFor();
  seen.invalid = await page.locator(".told-claims [name=p]").getAttribute("aria-invalid");
  await page.locator(".told-claims [name=p]").fill("length");

  // somebody else changes the claim in mid-edit
  writeFileSync(file, seen.after.replace("o: 80 m", "o: 82 m"));
  await value.press("Enter");
  await page.locator(".conflict").waitFor();
  seen.theirs = await page.locator(".conflict pre").first().innerText();
  seen.mine = await page.locator(".conflict pre").nth(1).innerText();
  await check("a conflict");
  // who saves before the server has answered what stands there now saves what was chosen
  await page.route("**/edit/**", async (route) => {
    await new Promise((done) => setTimeout(done, 300));
    await route.continue();
  });
  await page.locator(".conflict button").nth(1).click();
  await page.locator(".told-claims form button[type=submit]").click();
  await page.locator("#status.well", { hasText: "81 m" }).waitFor();
  await page.unrouteAll({ behavior: "wait" });
  seen.end = readFileSync(file, "utf8");

  // who leaves a field before its choices have come types into the next one
  await page.waitForFunction(() => document.activeElement.closest("form.new") && document.activeElement.name === "s");
  await type("bridge");
  await choice("bridge");
  await press("Tab");
  await type("o");
  await choice("opens");
  await page.route("**/edit/ask", async (route) => {
    await new Promise((done) => setTimeout(done, 300));
    await route.continue();
  });
  await type("pen");
  await press("Tab");
  await type("2030");
  await page.waitForFunction(() => document.querySelector("form.new [name=p]").value === "opens");
  await page.unrouteAll({ behavior: "wait" });
  seen.fast = await page.locator("form.new [name=o]").inputValue();

  // how a value is known that the sentence gives by the day of its source: one press
  const unsaid = page.locator("form.new .field-when .warning", { hasText: "2025" });
  seen.unasked = await page.locator("form.new .reason:visible").count();
  await page.locator("form.new [name=p]").fill("length");
  await page.locator("form.new [name=o]").fill("80 m");
  await page.locator("form.new [name=when]").fill("2025");
  await unsaid.locator("button.take").click();
  await unsaid.waitFor({ state: "detached" });
  seen.reason = await page.locator("form.new [name='inferred.when']").inputValue();
  seen.focus = await field();
  await check("a reason");
  await page.locator("form.new [name=when]").fill("");
  const looked = page.waitForResponse((reply) => reply.request().postData()?.includes('"check"'));
  await page.locator("form.new [name='inferred.when']").fill("");
  await looked;
  await page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
  seen.emptied = await field();
  seen.kept = await page.locator("form.new .reason:visible").count();
  for (const name of ["s", "p", "o", "when", "inferred.when"]) await page.locator(`form.new [name='${name}']`).fill("");
  await page.locator("form.new [name=s]").fill("bridge");
  seen.left = await unsaid.count();
  await page.locator("form.new [name=s]").fill("");

  // on a phone
  await page.setViewportSize({ width: 390, height: 844 });
  await page.keyboard.press("Escape");
  seen.wide = await page.evaluate(() => document.documentElement.scrollWidth);
  await check("a phone");
  seen.hostile = await page.evaluate(() => document.querySelectorAll("main img, main script").length);

  // the graph beside
  await page.locator("#beside").check();
  await page.frameLocator("#graph iframe").locator("#kg-live").waitFor();
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
