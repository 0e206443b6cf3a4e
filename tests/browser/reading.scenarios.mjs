// What a reader sees and does: opening, evidence, search, facets, time, paths, addresses.
import { alive, holds, same, scenario, visible } from "./scenario.mjs";

scenario("opening shows counts, graph and open questions without a click", async ({ page, open }) => {
  await open("graph.html");
  const summary = await page.textContent("#summary");
  const { things, claims, sources } = await page.evaluate(() => {
    const data = JSON.parse(document.getElementById("data").textContent);
    return { things: Object.keys(data.entities).length, claims: data.claims.length, sources: Object.keys(data.sources).length };
  });
  for (const part of [`${things} things`, `${claims} claims`, `${sources} sources`]) holds(summary.includes(part), `${part} is not in: ${summary}`);
  same(await page.textContent("#shown"), String(claims));
  const questions = await page.locator(".finding h3").allTextContents();
  holds(questions[0].startsWith("When does Xiaomi EV enter the international market?"), questions[0]);
  const answers = await page.locator(".finding").first().locator(".answer").allTextContents();
  same(answers, ["about 2027", "by 2030", "no time given"]);
  for (const finding of await page.locator(".finding").all()) holds((await finding.boundingBox()).y < 900, "a question is below the first screen");
});

for (const [file, least] of [["graph.html", 45], ["graph-80.html", 40], ["graph-300.html", 20]]) {
  scenario(`no label lies on another or on a badge, and every hub has one: ${file}`, async ({ page, open }) => {
    for (const [screen, width] of [["wide", 1440], ["middle", 1024]]) {
      await page.setViewportSize({ width, height: 900 });
      await open(file);
      for (const lang of ["en", "zh"]) {
        if (lang === "zh") await page.click("#language");
        const found = await page.evaluate(([size, tongue]) => {
          const boxOf = (element) => [element.textContent, element.getBoundingClientRect()];
          const texts = [...document.querySelectorAll(`#picture .${size}[lang=${tongue}] text`)].map(boxOf);
          const signs = [...document.querySelectorAll("#picture .badge")].map((badge) => [badge.id, badge.querySelector("circle").getBoundingClientRect()]);
          const hits = [];
          const look = (a, p, b, q) => {
            // A line's box is higher than its letters: above them by what accents take, below by what a g takes.
            if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 4 && q.top < p.bottom - 4) hits.push(`${a} / ${b}`);
          };
          texts.forEach(([a, p], i) => { for (const [b, q] of [...texts.slice(i + 1), ...signs]) look(a, p, b, q); });
          const frame = document.getElementById("stage").getBoundingClientRect();
          const out = texts.filter(([, b]) => b.left < frame.left || b.right > frame.right || b.top < frame.top || b.bottom > frame.bottom).map(([t]) => t);
          const data = JSON.parse(document.getElementById("data").textContent);
          const named = new Set(data.labels[size][tongue].map(([key]) => key));
          const nameless = Object.keys(data.entities).filter((key) => data.entities[key].r < 6 && !named.has(key));
          return { hits, out, nameless, count: texts.length, seen: texts.every(([, b]) => b.width > 0) };
        }, [screen, lang]);
        const where = `(${screen}, ${lang})`;
        same(found.hits, [], `labels on each other or on badges ${where}`);
        same(found.out, [], `labels cut off ${where}`);
        same(found.nameless, [], `hubs without a label ${where}`);
        holds(found.seen, `a label is not shown ${where}`);
        if (screen === "wide") holds(found.count >= least, `only ${found.count} labels ${where}`);
      }
    }
  });
}

scenario("relations in the page are relations in the graph", async ({ page, open }) => {
  await open("graph.html");
  const counts = await page.evaluate(() => {
    const data = JSON.parse(document.getElementById("data").textContent);
    return { drawn: document.querySelectorAll('#picture [id^="r-"]').length, lines: data.lines.length, edges: data.net.edges.length, claims: data.lines.flat().length };
  });
  const wanted = JSON.parse(await (await import("node:fs/promises")).readFile(process.argv[2] + "/graph.json", "utf8"));
  same(counts, { drawn: wanted.relations, lines: wanted.relations, edges: wanted.relations, claims: wanted.relation_claims });
});

scenario("from the picture to the evidence in one click", async ({ page, open }) => {
  await open("graph.html");
  await page.hover("#stage", { position: { x: 5, y: 5 } });
  await alive(page);
  const at = await page.evaluate(() => {
    const data = JSON.parse(document.getElementById("data").textContent);
    const edge = data.net.edges.findIndex((e) => !e.smooth && data.claims[data.lines[e.id][0]].i === "paris.met-fans");
    const place = (key) => data.net.nodes.find((n) => n.id === key);
    const [a, b] = [place(data.net.edges[edge].from), place(data.net.edges[edge].to)];
    const box = document.getElementById("live").getBoundingClientRect();
    const scale = Math.min((box.width - 12) / data.size[0], (box.height - 12) / data.size[1]);
    const x = (a.x + b.x) / 2, y = (a.y + b.y) / 2;
    return { x: box.left + box.width / 2 + (x - data.size[0] / 2) * scale, y: box.top + box.height / 2 + (y - data.size[1] / 2) * scale };
  });
  await page.mouse.click(at.x, at.y);
  await page.waitForSelector("#detail .card");
  holds(page.url().endsWith("#c=paris.met-fans"), page.url());
});

scenario("a card tells value, mode, speaker, place, source and file", async ({ page, open }) => {
  await open("graph.html", "#c=eqo.intl-3y");
  const card = page.locator("#detail .card.chosen");
  const text = await card.innerText();
  for (const part of ["plan", "about 2027", "Lei Jun", "eqo p6s1", "reported", "ambiguous", "Xiaomi EV Plans to Launch International Market After Three Years", "EqualOcean", "Chen Zhiheng", "28 April 2024", "seeds/claims/equalocean-2024-04-28.yaml:"])
    holds(text.includes(part), `${part} is not on the card: ${text}`);
  const other = await page.locator('#detail .card[data-claim="paris.by-2030"]').innerText();
  for (const part of ["by 2030", "headline of the Paris article", "Publisher\nunknown", "inferred"]) holds(other.includes(part), `${part} is not on the card: ${other}`);
});

scenario("an address with what the graph does not hold opens the whole graph", async ({ page, open }) => {
  await open("graph.html", "#c=gone&e=gone&m=fakt&t=x&path=a~b&k=99&from=x");
  same(await page.textContent("#shown"), String((await page.evaluate(() => JSON.parse(document.getElementById("data").textContent).claims.length))));
});

scenario("true conflicts stand side by side and are marked by more than colour", async ({ page, open }) => {
  await open("graph.html", "#c=eqo.half-global");
  const cards = await page.locator("#detail .card.conflict").all();
  same(cards.length, 2);
  const [a, b] = [await cards[0].boundingBox(), await cards[1].boundingBox()];
  holds(Math.abs(a.y - b.y) < 4 && b.x > a.x, "the cards are not side by side");
  holds((await cards[0].innerText()).includes("≠ conflict"), "no sign on the card");
});

scenario("a development is a step line", async ({ page, open }) => {
  await open("graph.html", "#e=su7");
  same(await page.locator("#detail .steps").first().getAttribute("aria-label"), "28 April 2024: 5,700 vehicles; 26 July 2024 to 11 August 2024: more than 30,000 vehicles");
});

scenario("search by key, in both languages, with arrows, Enter and Esc", async ({ page, open }) => {
  await open("graph.html");
  await page.keyboard.press("/");
  await page.keyboard.type("lai");
  same(await page.locator("#hits li").first().innerText(), "Lai Jun\nLei Jun");
  await page.keyboard.press("Escape");
  holds(!(await visible(page, "#hits")), "Esc leaves the list open");
  await page.keyboard.type("雷军");
  same(await page.getAttribute("#search", "aria-expanded"), "true");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  same(await page.locator("#detail h2").innerText(), "Lei Jun 雷军");
  holds(page.url().includes("e=lei-jun"), page.url());
});

scenario("facets filter everything, with counts, chips and the address", async ({ page, open }) => {
  await open("graph.html");
  await page.click("#more");
  const label = page.locator("#facets label", { hasText: "promise" });
  const count = Number(await label.locator(".count").innerText());
  await label.click();
  holds(page.url().endsWith("#m=promise"), page.url());
  same(await page.locator("#chips button").allInnerTexts(), ["promise"]);
  same(await page.locator("#table tbody tr[id]:not([hidden])").count(), count);
  holds((await page.locator('#picture [id^="r-"].dim').count()) > 0, "nothing is dimmed");
  await page.goBack();
  same(await page.locator("#chips button").count(), 0);
  await page.goForward();
  same(await page.locator("#chips button").count(), 1);
  await page.locator("#chips button").click();
  same(await page.locator("#table tbody tr[id][hidden]").count(), 0);
});

scenario("the legend filters when clicked", async ({ page, open }) => {
  await open("graph.html");
  await page.click('#legend [data-value="place"]');
  same(await page.getAttribute('#legend [data-value="place"]', "aria-pressed"), "true");
  holds(page.url().endsWith("#f=place"), page.url());
});

scenario("the brush on the strip of time filters everything", async ({ page, open }) => {
  await open("graph.html");
  const box = await page.locator("#strip").boundingBox();
  await page.mouse.move(box.x + box.width * 0.62, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 30, { steps: 4 });
  await page.mouse.move(box.x + box.width * 0.99, box.y + 30, { steps: 4 });
  await page.mouse.up();
  const ids = await page.locator("#table tbody tr[id]:not([hidden]) th").allInnerTexts();
  holds(ids.includes("paris.by-2030") && ids.includes("eqo.intl-3y") && !ids.includes("paris.met-fans"), ids.join());
  holds(/from=\d+/.test(page.url()), page.url());
});

scenario("sliders do what the brush does", async ({ page, open }) => {
  await open("graph.html");
  await page.locator(".slide").first().focus();
  for (let i = 0; i < 60; i++) await page.keyboard.press("ArrowRight");
  holds(/from=\d+/.test(page.url()), page.url());
  holds((await page.locator("#table tbody tr[id][hidden]").count()) > 0, "nothing is filtered");
});

scenario("focus by 1, 2, 3 and + and -", async ({ page, open }) => {
  await open("graph.html", "#e=su7");
  const lit = () => page.locator('#picture .dots [id^="n-"]:not(.dim)').count();
  await page.keyboard.press("1");
  const one = await lit();
  await page.keyboard.press("2");
  const two = await lit();
  await page.keyboard.press("+");
  const three = await lit();
  holds(1 < one && one < two && two < three, `${one} ${two} ${three}`);
  await page.keyboard.press("-");
  same(await lit(), two);
  await page.keyboard.press("Escape");
  same(page.url().includes("e="), false);
});

scenario("a path between two entities", async ({ page, open }) => {
  await open("graph.html", "#e=mi-fans");
  await page.fill('#detail input[list="others"]', "Xiaomi cars");
  await page.locator('#detail input[list="others"]').dispatchEvent("change");
  const steps = await page.locator("#detail .walk li").count();
  const wanted = JSON.parse(await (await import("node:fs/promises")).readFile(process.argv[2] + "/graph.json", "utf8"));
  same(steps, wanted.path.length - 1);
  same(await page.locator('#picture .dots [id^="n-"]:not(.dim)').count(), wanted.path.length);
});

scenario("a deep link opens what it names, and Back goes back", async ({ page, open }) => {
  await open("graph.html", "#e=su7&k=2&m=fact&l=zh");
  same(await page.locator("#detail h2").innerText(), "小米 SU7 Xiaomi SU7");
  same(await page.evaluate(() => [document.documentElement.lang, scrollY]), ["zh", 0]);
  await page.locator("#detail .rel a").first().click();
  const there = page.url();
  await page.goBack();
  same(await page.locator("#detail h2").innerText(), "小米 SU7 Xiaomi SU7");
  await page.goForward();
  same(page.url(), there);
});

scenario("an address that names nothing does no harm", async ({ page, open }) => {
  await open("graph.html", "#e=__proto__&c=constructor&k=-5&path=a~b&l=xx&from=abc&m=nothing&p=%3Cimg%3E");
  holds(await visible(page, "#overview"), "the overview is gone");
  same(await page.locator("#detail .card").count(), 0);
});

scenario("the table sorts and leads to the graph", async ({ page, open }) => {
  await open("graph.html");
  await page.locator('#table [data-sort="1"]').click();
  const names = await page.locator("#table tbody td:nth-child(2)").allInnerTexts();
  const sorted = await page.evaluate((list) => [...list].sort(new Intl.Collator(undefined, { numeric: true }).compare), names);
  same(names, sorted);
  await page.locator("#table tbody tr[id] th a").nth(5).click();
  holds(await visible(page, "#detail .card.chosen"), "no card");
  same(await page.evaluate(() => scrollY), 0);
});

scenario("questions lead to the claims behind their answers", async ({ page, open }) => {
  await open("graph.html");
  const wanted = JSON.parse(await (await import("node:fs/promises")).readFile(process.argv[2] + "/graph.json", "utf8"));
  same(await page.locator("#answers details").count(), wanted.questions);
  const first = page.locator("#answers details").first();
  await first.locator("summary").click();
  await first.locator('tbody a[href^="#c="]').first().click();
  holds(await visible(page, "#detail .card.chosen"), "no card");
});

scenario("downloads: SVG, PNG, Turtle, CSV", async ({ page, open }) => {
  await open("graph.html");
  const { readFile } = await import("node:fs/promises");
  const got = {};
  for (const kind of ["svg", "png", "ttl", "csv"]) {
    await page.click("#downloads summary");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(`[data-get=${kind}]`)]);
    got[kind] = await readFile(await download.path());
  }
  holds(got.svg.toString().startsWith("<svg") && got.svg.toString().includes("Lei Jun"), "SVG");
  same(got.png.subarray(1, 4).toString(), "PNG");
  same(got.ttl.toString(), await readFile(process.argv[2] + "/graph.ttl", "utf8"), "Turtle");
  const claims = await page.evaluate(() => JSON.parse(document.getElementById("data").textContent).claims.length);
  same(got.csv.toString().trim().split("\r\n").length, claims + 1, "lines of CSV");
});

scenario("in Chinese the page itself says nothing in English", async ({ page, open }) => {
  await open("graph.html", "#l=zh");
  const left = () => page.evaluate(() => {
    const { words, sources } = JSON.parse(document.getElementById("data").textContent);
    // Names that are Latin in Chinese too, and addresses.
    const known = [...Object.entries(words.zh).filter(([key]) => /^[ekps]\./.test(key)).map(([, text]) => text), ...Object.keys(sources), "English", "SVG", "PNG", "Turtle", "CSV", "Esc", "Shift", "ISO", "kWh", "CNY"].sort((a, b) => b.length - a.length);
    const found = new Set();
    const look = (text, where) => {
      let rest = text;
      for (const name of known) rest = rest.replaceAll(name, " ");
      if (/[A-Za-z]{3,}/.test(rest)) found.add(`${where}: ${text.trim().slice(0, 80)}`);
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const at = walker.currentNode.parentElement;
      // What is in another language says so; code, ids and quoted names are what they are.
      if (at.closest("script,style,code,.id,tbody th,td.ids,q,datalist,#sources dt") || at.closest("[lang]").lang !== "zh" || at.closest("a[href^='#c=']")) continue;
      look(walker.currentNode.data, at.tagName + (at.className ? "." + at.className : ""));
    }
    for (const element of document.querySelectorAll("[aria-label],[placeholder],[title]")) for (const name of ["aria-label", "placeholder", "title"]) if (element.getAttribute(name)) look(element.getAttribute(name), name);
    return [...found];
  });
  await page.click("#more");
  same(await left(), [], "the overview");
  for (const hash of ["#e=su7&l=zh", "#e=lei-jun&k=2&l=zh", "#c=eqo.half-global&l=zh", "#c=eqo.intl-3y&l=zh&m=plan", "#path=mi-fans~xiaomi-cars&l=zh"]) {
    await page.evaluate((to) => { location.hash = to; }, hash);
    same(await left(), [], hash);
  }
});

scenario("there and back, the language leaves no trace", async ({ page, open }) => {
  await open("graph.html");
  const tell = () => page.evaluate(() => ["header", "#legend", "#time", "#panel", ".sheets"].map((part) => document.querySelector(part).innerText).join() + [...document.querySelectorAll("#picture title")].map((title) => title.textContent).join());
  const before = await tell();
  await page.click("#language");
  holds((await tell()).includes("未决的问题"), "it is not in Chinese");
  await page.click("#language");
  const after = await tell();
  const at = [...before].findIndex((letter, n) => letter !== after[n]);
  same(after.slice(Math.max(0, at - 60), at + 60), before.slice(Math.max(0, at - 60), at + 60));
  same(after.length, before.length);
});
