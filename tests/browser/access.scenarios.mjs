// Everybody: axe in light, dark and phone, keyboard alone, no JavaScript, print; and nobody harmed by hostile text.
import { readFileSync } from "node:fs";
import { alive, holds, same, scenario, visible } from "./scenario.mjs";

const axe = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

async function check(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" ;; ")}`);
  });
  same(found, [], "axe");
}

for (const [name, options] of [
  ["light", {}],
  ["dark", { colorScheme: "dark" }],
  ["phone", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
]) {
  scenario(`axe finds nothing: ${name}`, async ({ page, open }) => {
    await open("graph.html");
    await check(page);
    await open("graph.html", "#c=eqo.half-global&m=fact");
    await page.click("#more");
    await check(page);
    await open("graph.html", "#e=lei-jun&k=1");
    await check(page);
  }, options);
}

scenario("the overview of a large graph passes axe", async ({ page, open }) => {
  await open("overview.html");
  await check(page);
});

scenario("from the picture to the evidence by keys alone", async ({ page, open }) => {
  await open("graph.html");
  await page.focus("#stage");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#detail .card");
  same(await page.evaluate(() => document.activeElement.id), "panel");
});

scenario("Tab reaches search, graph, questions and table", async ({ page, open }) => {
  await open("graph.html");
  const reached = new Set();
  for (let i = 0; i < 160; i++) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => {
      const at = document.activeElement;
      if (!at) return "";
      return at.id || (at.closest("#overview") ? "overview" : at.closest("#table") ? "table" : at.closest("#legend") ? "legend" : at.closest("#time") ? "time" : "");
    }));
  }
  for (const wanted of ["search", "language", "stage", "legend", "more", "overview", "table", "time"]) holds(reached.has(wanted), `Tab does not reach ${wanted}: ${[...reached]}`);
});

scenario("without JavaScript every claim can be read", async ({ page, open }) => {
  await open("graph.html");
  const claims = JSON.parse(readFileSync(process.argv[2] + "/graph.json", "utf8")).claims;
  const text = await page.innerText("#table");
  for (const claim of claims) holds(text.includes(claim), `${claim} is not in the table`);
  same((await page.locator("#table tbody tr[id]").all()).length, claims.length);
  holds((await page.locator("#picture").boundingBox()).height > 300, "no picture");
  holds(await visible(page, ".finding"), "no questions");
}, { javaScriptEnabled: false });

scenario("without JavaScript an address leads to the row of its claim", async ({ page, open }) => {
  await open("graph.html", "#c=paris.met-fans");
  const box = await page.locator('[id="c=paris.met-fans"]').boundingBox();
  holds(box.y >= 0 && box.y < 900, `the row is at ${box.y}`);
}, { javaScriptEnabled: false });

scenario("on a phone nothing is wider than the screen", async ({ page, open }) => {
  for (const hash of ["", "#c=eqo.half-global", "#e=xiaomi-ev"]) {
    await open("graph.html", hash);
    same(await page.evaluate(() => [document.documentElement.scrollWidth, document.body.scrollWidth]), [360, 360], hash);
  }
  await page.tap("#stage");
  await alive(page);
}, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

scenario("it prints: the picture, the questions and all claims", async ({ page, open }) => {
  await open("graph.html");
  await page.hover("#stage");
  await alive(page);
  const pdf = await page.pdf({ preferCSSPageSize: true });
  holds(pdf.length > 50000, `${pdf.length} bytes`);
  await page.emulateMedia({ media: "print" });
  same(await page.evaluate(() => getComputedStyle(document.getElementById("picture")).visibility), "visible");
  holds(!(await visible(page, ".tools")), "tools are printed");
});

scenario("the live drawing stands where the picture stood", async ({ page, open }) => {
  await open("graph.html");
  await page.mouse.move(700, 500);
  await alive(page);
  const wanted = await page.evaluate(() => {
    const dot = document.querySelector('[id="n-lei-jun"]').getBoundingClientRect();
    return { x: dot.x + dot.width / 2, y: dot.y + dot.height / 2 };
  });
  await page.mouse.click(wanted.x, wanted.y);
  await page.waitForSelector("#detail h2");
  same(await page.locator("#detail h2").innerText(), "Lei Jun 雷军");
});

scenario("two openings look the same", async ({ page, open }) => {
  await open("graph.html");
  const first = await page.screenshot();
  await open("graph.html");
  holds(first.equals(await page.screenshot()), "the pictures differ");
});

for (const file of ["hostile.html", "hostile-without-policy.html"]) {
  scenario(`hostile text runs nothing: ${file}`, async ({ page, open }) => {
    page.on("dialog", (dialog) => { throw new Error(`a dialog: ${dialog.message()}`); });
    await open(file);
    await page.hover("#stage");
    await alive(page);
    await page.evaluate(async () => {
      const data = JSON.parse(document.getElementById("data").textContent);
      const places = [...Object.keys(data.entities).map((key) => ["e", key]), ...data.claims.map((claim) => ["c", claim.i])];
      for (const [letter, key] of places) {
        const shown = new Promise((done) => addEventListener("hashchange", done, { once: true }));
        location.hash = `#${letter}=${encodeURIComponent(key)}`;
        await shown;
      }
    });
    await page.keyboard.press("/");
    await page.keyboard.type("script");
    await page.click("#language");
    await page.click("#more");
    for (const [x, y] of [[300, 300], [500, 300], [400, 400], [600, 250]]) await page.mouse.move(x, y);
    same(await page.evaluate(() => window.harmed || []), []);
    same(await page.evaluate(() => [...document.querySelectorAll("*")].flatMap((e) => [...e.attributes].filter((a) => /^on/i.test(a.name) || (/^(href|src|action|xlink:href)$/i.test(a.name) && !/^(#|https?:|mailto:)/i.test(a.value))).map((a) => a.name + "=" + a.value))), [], "attributes that act");
    same(await page.locator("iframe,object,embed,base,form,link,video,audio").count(), 0);
  });
}

scenario("hostile labels in an overview are text", async ({ page, open }) => {
  await open("hostile-overview.html");
  same(await page.evaluate(() => window.harmed || []), []);
  same(await page.locator("script,iframe,img,object,embed,base,form,link,video,audio,[onload],[onerror],[onclick]").count(), 0);
  same(await page.evaluate(() => [...document.querySelectorAll("a")].filter((a) => !a.getAttribute("href").startsWith("#")).length), 0);
});

scenario("the policy allows nothing from outside and no inline style", async ({ page, open }) => {
  await open("graph.html");
  const policy = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', "content");
  holds(/^default-src 'none'; script-src ('sha256-[^']+' ?)+; style-src 'sha256-[^']+'; img-src data: blob:; base-uri 'none'; form-action 'none'$/.test(policy), policy);
  same(await page.evaluate(() => document.head.firstElementChild.httpEquiv), "Content-Security-Policy");
  same(await page.evaluate(() => document.documentElement.outerHTML.match(/<[^>]+\sstyle=/g)), null);
});
