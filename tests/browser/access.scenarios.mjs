// Everybody: axe in light, dark and phone, keyboard alone, no JavaScript, print; and nobody harmed by hostile text.
import { readFileSync } from "node:fs";
import { alive, given, goTo, holds, same, scenario, visible } from "./scenario.mjs";

const axe = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

// Of siblings that are built alike three stay: a hundred rows of one table tell axe no more than three, and cost it
// two thirds of its time. Without `thin` they come back.
function setThin(thin) {
  for (const [child, parent, next] of (window.takenOut || []).reverse()) parent.insertBefore(child, next);
  window.takenOut = [];
  if (!thin) return;
  const built = new Map();
  const buildOf = (element) => {
    if (!built.has(element)) {
      const names = [...element.attributes].map((attribute) => attribute.name).sort();
      const inside = new Set([...element.children].map(buildOf));
      built.set(element, `${element.tagName}.${element.getAttribute("class")}[${names}](${[...inside]})`);
    }
    return built.get(element);
  };
  for (const parent of document.querySelectorAll("body *")) {
    const seen = new Map();
    for (const child of [...parent.children]) {
      const build = buildOf(child);
      seen.set(build, (seen.get(build) || 0) + 1);
      if (seen.get(build) <= 3) continue;
      window.takenOut.push([child, parent, child.nextSibling]);
      child.remove();
    }
  }
}

// What axe finds in the whole page, or in the *parts* that selectors name. The page is of no use afterwards: open it anew.
async function check(page, where, ...parts) {
  await page.evaluate(setThin, true);
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const found = await page.evaluate(async (include) => {
    const { violations } = await window.axe.run(include.length ? { include } : document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"],
    });
    return violations.map(
      (v) =>
        `${v.id}: ${v.nodes
          .slice(0, 3)
          .map((n) => n.html.slice(0, 160))
          .join(" ;; ")}`,
    );
  }, parts);
  await page.evaluate(setThin, false);
  same(found, [], `axe ${where}`);
}

for (const [name, options] of [
  ["light", {}],
  ["dark", { colorScheme: "dark" }],
  ["phone", PHONE],
]) {
  scenario(
    `axe finds nothing: ${name}`,
    async ({ page, open }) => {
      await open("graph.html");
      await page.click("#stage", { position: { x: 3, y: 3 } });
      await alive(page);
      if (name === "light") await check(page, "first screen"); // it stays when everything is opened
      for (const details of await page.locator(".sheets > details > summary, #disputes summary").all()) {
        await details.click();
      }
      await check(page, "everything open");
      const hashes = [
        "#c=eqo.half-global&mode=fact",
        "#e=lei-jun&k=1",
        "#s=paris",
        "#f=xiaomi-ev.enters.international-market",
      ];
      await page.click("#more");
      // What an address changes are panel and network. Light sees all kinds of panels, dark and phone two each.
      for (const hash of hashes.filter((_, n) => name === "light" || n % 2 === Number(name === "phone"))) {
        await goTo(page, hash);
        await check(page, hash, "#graph", "#lanes", "#panel");
      }
    },
    options,
  );
}

scenario("a large graph in regions and the overview of a larger one pass axe", async ({ page, open }) => {
  await open("graph-450.html", "");
  await check(page, "regions");
  await open("overview.html");
  await check(page, "overview");
  await open("overview-large.html");
  await page.locator("#central-things summary").first().click();
  await page.locator("#central-things details[open] li").first().waitFor();
  await page.fill("#search", "cedar");
  await page.locator("#hits li").first().waitFor();
  await check(page, "the claims of a thing, and the names that are found");
});

scenario(
  "on a phone an overview is as wide as the screen, and names in its disputes and communities open their things",
  async ({ page, open }) => {
    await open("overview-own.html");
    same(await page.evaluate(() => document.documentElement.scrollWidth), 390, "width");
    const [text, mark] = await page
      .locator("#lanes .answer")
      .first()
      .evaluate((row) => [...row.children].map((child) => child.getBoundingClientRect().width));
    const long = await page.evaluate(() => document.documentElement.scrollHeight / innerHeight);
    holds(long <= 12, `${long} screens`);
    holds(text > 1.5 * mark, `words have ${text} pixels, their mark ${mark}`);
    for (const place of ["#lanes .who", '[id="community-1"]']) {
      // A region's circle opens the list of its things.
      if (place !== "#lanes .who") await page.locator("#regions a").first().click();
      const link = page.locator(`${place} a[href^="#e="]`).first();
      const key = (await link.getAttribute("href")).slice(1);
      await link.click();
      await page.locator(`[id="${key}"][open] li`).first().waitFor();
      await page.locator(`[id="${key}"] summary`).click();
      await page.waitForFunction(() => !document.querySelector("#central-things details > div"));
      // The address names it already: the link opens it again.
      await link.click();
      await page.locator(`[id="${key}"][open] li`).first().waitFor();
    }
    await check(page, "an overview with disputes on a phone");
  },
  PHONE,
);

scenario("from the picture to the evidence by keys alone", async ({ page, open }) => {
  await open("graph.html");
  await page.focus("#stage");
  await page.keyboard.press("ArrowDown");
  await page.waitForSelector("#detail h2");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#detail .claim");
  same(await page.evaluate(() => document.activeElement.id), "panel");
});

scenario("single keys do nothing outside the network", async ({ page, open }) => {
  await open("graph.html", "#e=su7&k=1");
  await page.waitForSelector("#detail h2");
  await page.focus("#language");
  for (const key of ["1", "3", "+", "-", "/", "Escape"]) await page.keyboard.press(key);
  holds(page.url().endsWith("#e=su7&k=1"), page.url());
  same(await page.evaluate(() => document.activeElement.id), "language");
});

scenario("Tab reaches search, network, lanes, texts, questions and table", async ({ page, open }) => {
  await open("graph.html");
  const reached = new Set();
  for (let i = 0; i < 190; i++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const found = document.activeElement;
      return [found.id, ...["lanes", "texts", "answers", "claims"].filter((id) => found.closest(`#${id}`))];
    });
    for (const id of at) reached.add(id);
  }
  for (const wanted of ["search", "language", "stage", "more", "lanes", "texts", "answers", "claims"]) {
    holds(reached.has(wanted), `Tab does not reach ${wanted}: ${[...reached]}`);
  }
});

scenario(
  "without a script every claim can be read, and there is no dead button",
  async ({ page, open }) => {
    await open("graph.html");
    await page.emulateMedia({ media: "print" });
    holds(await visible(page, '#claims tr[id^="c="]'), "the table is not printed");
    await page.emulateMedia({ media: "screen" });
    await page.click("#claims summary");
    const rows = await page.locator('#claims tr[id^="c="]').all();
    same(rows.length, given().claims.length, "rows");
    holds((await page.locator("#picture").boundingBox()).height > 300, "no picture");
    holds(await visible(page, "#lanes .answer"), "no answers");
    holds(await visible(page, ".block"), "no texts");
    for (const button of await page.locator("button, input").all()) {
      holds(!(await button.isVisible()), `a button that does nothing: ${await button.innerText()}`);
    }
  },
  { javaScriptEnabled: false },
);

scenario(
  "without a script an address leads to the row of its claim, and a region to its things",
  async ({ page, open }) => {
    await open("graph-450.html");
    const area = page.locator("#picture .areas a").first();
    const key = (await area.getAttribute("href")).slice(1);
    holds(await area.locator(".wide text").first().isVisible(), "the region has no name");
    await area.click();
    const members = page.locator(`[id="${key}"]`);
    const count = Number(await members.locator(".count").innerText());
    same(await members.locator('a[href^="#e="]').count(), count, "things of the region");
    await open("graph.html", "#c=paris.met-fans");
    const box = await page.locator('[id="c=paris.met-fans"]').boundingBox();
    holds(box.y >= 0 && box.y < 900, `the row is at ${box.y}`);
  },
  { javaScriptEnabled: false },
);

scenario(
  "on a phone one column, nothing wider than the screen, not too long",
  async ({ page, open }) => {
    for (const hash of ["", "#c=eqo.half-global", "#e=xiaomi-ev", "#s=eqo", "#q=said-by"]) {
      await open("graph.html", hash);
      same(
        await page.evaluate(() => [document.documentElement.scrollWidth, document.body.scrollWidth]),
        [390, 390],
        hash,
      );
    }
    await open("graph.html");
    const tops = await page.evaluate(() =>
      ["#lanes", "#texts", "#graph", "#answers"].map((id) => document.querySelector(id).getBoundingClientRect().top),
    );
    same(
      tops,
      [...tops].sort((a, b) => a - b),
      "lanes, texts, network, questions",
    );
    const long = await page.evaluate(() => document.documentElement.scrollHeight / innerHeight);
    holds(long <= 12, `${long} screens`);
  },
  PHONE,
);

scenario("words without an end make no page wider than a small phone", async ({ page, open }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  for (const file of ["hostile.html", "hostile-overview.html", "graph.html"]) {
    await open(file);
    const wide = await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = true;
      return document.documentElement.scrollWidth;
    });
    same(wide, 320, file);
  }
  // Beside such a word the other columns of an answer are to be read.
  const cells = await page.evaluate(() => {
    document.querySelector("#answers tbody td").textContent = "W".repeat(240);
    return [...document.querySelector("#answers tbody tr").children].map((cell) => cell.offsetWidth);
  });
  same(Math.max(...cells) <= 200, true, `${cells}`);
});

scenario(
  "on a phone the network waits for a tap",
  async ({ page, open }) => {
    await open("graph.html");
    await page.waitForTimeout(700);
    same(await page.locator("#stage.alive").count(), 0, "awake before a tap");
    await page.tap("#stage");
    await alive(page);
  },
  PHONE,
);

scenario(
  "it prints lanes, texts, the picture and one table of all claims, and no blank page",
  async ({ page, open }) => {
    await open("graph.html");
    await alive(page);
    await page.emulateMedia({ media: "print" });
    const pdf = await page.pdf({ preferCSSPageSize: true });
    const sheets = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
    holds(sheets >= 4 && sheets <= 14, `${sheets} pages`);
    // On paper, which is as narrow as a phone, the legend stands in the frame of the picture.
    await page.setViewportSize({ width: 720, height: 900 });
    const ends = () => ["graph", "legend"].map((id) => document.getElementById(id).getBoundingClientRect().bottom);
    const [frame, legend] = await page.evaluate(ends);
    holds(legend <= frame, `the legend ends at ${legend}, its frame at ${frame}`);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.waitForSelector("#claims[open] #table");
    same(await page.locator("#table tbody tr[data-claim]").count(), given().claims.length, "rows that are printed");
    same(await page.evaluate(() => getComputedStyle(document.getElementById("picture")).visibility), "visible");
    for (const gone of [".tools", "#live", "#answers", "#terms"])
      holds(!(await visible(page, gone)), `${gone} is printed`);
    for (const there of ["#lanes .answer", "#texts .block", "#picture"])
      holds(await visible(page, there), `${there} is missing`);
    // Backgrounds are left out on paper unless they are asked for; a head that holds a button stands on the first sheet alone.
    const style = (selector, name) =>
      page.evaluate(([s, n]) => getComputedStyle(document.querySelector(s))[n], [selector, name]);
    same(await style("#texts .block i", "printColorAdjust"), "exact", "colours of blocks");
    same(await style("#table thead button", "display"), "contents", "heads of columns");
    same(await style("#table td a", "display"), "inline", "links in the table");
  },
);

scenario("the live drawing stands where the picture stood", async ({ page, open }) => {
  await open("graph.html");
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
  await alive(page);
  const first = await page.screenshot();
  await open("graph.html");
  await alive(page);
  holds(first.equals(await page.screenshot()), "the pictures differ");
});

for (const file of ["hostile.html", "hostile-without-policy.html"]) {
  scenario(`hostile text runs nothing: ${file}`, async ({ page, open }) => {
    page.on("dialog", (dialog) => {
      throw new Error(`a dialog: ${dialog.message()}`);
    });
    await page.emulateMedia({ reducedMotion: "reduce" });
    await open(file);
    await alive(page);
    const { readData } = await import("./scenario.mjs");
    const data = await readData(page);
    // Laying out words of three thousand letters takes its time: of things and claims every tenth is looked at, and
    // every fortieth where the policy would stop what ran all the same.
    const step = file === "hostile.html" ? 40 : 10;
    const some = (list) => list.filter((item, n) => n % step === 0);
    const addresses = [
      ...some(Object.keys(data.entities)).map((key) => ["e", key]),
      ...some(data.claims).map((claim) => ["c", claim.id]),
      ...Object.keys(data.sources).map((key) => ["s", key]),
      ...data.lanes.map((lane) => ["f", lane.key]),
    ];
    await page.evaluate(async (places) => {
      for (const [letter, key] of places) {
        const shown = new Promise((done) => addEventListener("hashchange", done, { once: true }));
        location.hash = `#${letter}=${encodeURIComponent(key)}`;
        await shown;
      }
    }, addresses);
    await page.fill("#search", "script");
    await page.click("#language");
    await page.click("#more");
    await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = true;
    });
    for (const [x, y] of [
      [300, 300],
      [500, 300],
      [400, 400],
      [600, 250],
    ])
      await page.mouse.move(x, y);
    same(await page.evaluate(() => window.harmed || []), []);
    const acting = await page.evaluate(() =>
      [...document.querySelectorAll("*")].flatMap((element) =>
        [...element.attributes]
          .filter(
            ({ name, value }) =>
              /^on/i.test(name) ||
              (/^(href|src|action|xlink:href)$/i.test(name) && !/^(#|https?:|mailto:)/i.test(value)),
          )
          .map(({ name, value }) => `${name}=${value}`),
      ),
    );
    same(acting, [], "attributes that act");
    same(await page.locator("iframe,object,embed,base,form,link,video,audio").count(), 0);
  });
}

scenario("hostile labels in an overview are text", async ({ page, open }) => {
  await open("hostile-overview.html");
  await page.locator("#central-things summary").first().click();
  await page.fill("#search", "script");
  holds((await page.locator("#hits li").count()) > 0, "hostile names are found");
  same(await page.evaluate(() => window.harmed || []), []);
  same(await page.locator("script").count(), 4);
  const acting =
    ".sheets script,#hits script,iframe,img,object,embed,base,form,link,video,audio,[onload],[onerror],[onclick]";
  same(await page.locator(acting).count(), 0);
  const outside = () =>
    [...document.querySelectorAll("a:not(#about a)")].filter((a) => !a.getAttribute("href").startsWith("#")).length;
  same(await page.evaluate(outside), 0);
});

scenario("the policy allows nothing from outside and no inline style", async ({ page, open }) => {
  await open("graph.html");
  const policy = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', "content");
  const wanted =
    /^default-src 'none'; script-src ('sha256-[^']+' ?)+; style-src 'sha256-[^']+'; img-src data: blob:; base-uri 'none'; form-action 'none'$/;
  holds(wanted.test(policy), policy);
  same(await page.evaluate(() => document.head.firstElementChild.httpEquiv), "Content-Security-Policy");
  const { readFileSync: read } = await import("node:fs");
  same(read(`${process.argv[2]}/graph.html`, "utf8").match(/<[^>]+\sstyle=/g), null);
});
