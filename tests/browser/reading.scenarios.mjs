// What a reader sees and does: first screen, evidence, search, filters, paths, addresses.
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { alive, given, goTo, holds, openTable, readData, reads, same, scenario, visible } from "./scenario.mjs";

const INTERNATIONAL = "xiaomi-ev.enters.international-market";
const panel = async (page) => (await page.locator("#detail").innerText()).replace(/\s+/g, " ");

scenario("the first screen has lead, network, lanes and texts without a click", async ({ page, open }) => {
  await open("graph.html");
  holds((await page.innerText("#lead")).includes("differ on when: about 2027 (plan), by 2030 (forecast)"), "the lead");
  const frame = await page.locator("#graph").boundingBox();
  holds(frame.width >= 720 && frame.y + frame.height <= 900, `the network is ${JSON.stringify(frame)}`);
  const answers = page.locator(`[id="f=${INTERNATIONAL}"] .answer`);
  same(await answers.locator(".value").allInnerTexts(), ["about 2027", "by 2030", "no time given"]);
  for (const card of await page.locator(".lane.timed").all())
    holds((await card.boundingBox()).y < 900, "a question is below");
  const texts = await page.locator("#texts").boundingBox();
  holds(texts.y < 700, `the texts begin at ${texts.y}`);
  same(await page.innerText("#shown"), "53 things, 177 claims, 2 sources");
});

scenario("marks stand on one axis: a point, a bar that fades, a dashed box", async ({ page, open }) => {
  await open("graph.html");
  const mark = (n, lane = INTERNATIONAL) => page.locator(`[id="f=${lane}"] .answer`).nth(n).locator(".mark");
  const middle = async (locator) => {
    const box = await locator.boundingBox();
    return box.x + box.width / 2;
  };
  const tick = async (lane, year) => middle(page.locator(`[id="f=${lane}"] .ticks text`, { hasText: year }));
  const point = await middle(mark(0).locator("circle"));
  holds((await tick(INTERNATIONAL, "2025")) < point && point < (await tick(INTERNATIONAL, "2030")), "about 2027");
  const bar = await mark(1).locator("rect").boundingBox();
  holds(Math.abs(bar.x + bar.width - (await tick(INTERNATIONAL, "2030")) - 10) < 12, "by 2030 does not end at 2030");
  same(await mark(1).locator("rect").getAttribute("class"), "bar until");
  same(await mark(2).textContent(), "no date");
  const [other] = [await tick("xiaomi-ev.reaches.global-top-five", "2040")];
  same(Math.round(other), Math.round(await tick(INTERNATIONAL, "2040")), "the axes differ");
});

// Of each file the labels there are at least, and the share of them that lines may cross.
for (const [file, least, crossed] of [
  ["graph.html", 45, 0],
  ["graph-80.html", 40, 0.2],
  ["graph-300.html", 20, 0.2],
]) {
  scenario(`no label lies on another or on a badge, and every hub has one: ${file}`, async ({ page, open }) => {
    for (const [screen, width] of [
      ["wide", 1440],
      ["middle", 1024],
    ]) {
      await page.setViewportSize({ width, height: 900 });
      await open(file);
      const data = await readData(page);
      for (const lang of ["en", "zh"]) {
        if (lang === "zh") {
          await page.click("#language");
          await page.waitForSelector("html[lang=zh]");
        }
        const found = await page.evaluate((size) => {
          const boxOf = (element) => [element.textContent, element.getBoundingClientRect()];
          const texts = [...document.querySelectorAll(`#picture .${size} text`)].map(boxOf);
          const circle = (badge) => [badge.id, badge.querySelector("circle").getBoundingClientRect()];
          const signs = [...document.querySelectorAll("#picture .badge")].map(circle);
          const hits = [];
          // A line's box is higher than its letters: above them by what accents take, below by what a g takes.
          const meet = (p, q) =>
            p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 4 && q.top < p.bottom - 4;
          texts.forEach(([a, p], i) => {
            for (const [b, q] of [...texts.slice(i + 1), ...signs]) if (meet(p, q)) hits.push(`${a} / ${b}`);
          });
          const frame = document.getElementById("stage").getBoundingClientRect();
          // Lines as they are drawn, point by point: those that run through the box of a label.
          const points = [...document.querySelectorAll('#picture [id^="r-"]')].flatMap((line) => {
            const matrix = line.getScreenCTM();
            const length = line.getTotalLength();
            const count = Math.max(1, Math.ceil(length / 3));
            return Array.from({ length: count + 1 }, (_, n) =>
              line.getPointAtLength((n / count) * length).matrixTransform(matrix),
            );
          });
          const crossed = texts.filter(([, b]) =>
            points.some(({ x, y }) => x > b.left && x < b.right && y > b.top + 1 && y < b.bottom - 1),
          );
          const out = texts.filter(
            ([, b]) => b.left < frame.left || b.right > frame.right || b.top < frame.top || b.bottom > frame.bottom,
          );
          const seen = texts.every(([, b]) => b.width > 0);
          return { hits, out: out.map(([t]) => t), count: texts.length, seen, crossed: crossed.map(([t]) => t) };
        }, screen);
        const named = new Set(data.network.labels[screen][lang].map(({ key }) => key));
        const nameless = Object.keys(data.entities).filter((key) => data.entities[key].rank < 6 && !named.has(key));
        const where = `(${screen}, ${lang})`;
        same(found.hits, [], `labels on each other or on badges ${where}`);
        same(found.out, [], `labels cut off ${where}`);
        same(nameless, [], `hubs without a label ${where}`);
        holds(found.seen, `a label is not shown ${where}`);
        const most = crossed * found.count;
        holds(found.crossed.length <= most, `lines cross ${found.crossed.join(", ")} of ${found.count} ${where}`);
        if (screen === "wide") holds(found.count >= least, `only ${found.count} labels ${where}`);
      }
    }
  });
}

scenario("relations in the page are relations in the graph", async ({ page, open }) => {
  await open("graph.html");
  const { network } = await readData(page);
  const wanted = given();
  same(await page.locator('#picture [id^="r-"]').count(), wanted.relations, "lines drawn");
  same([network.claims.length, network.edges.length], [wanted.relations, wanted.relations]);
  same(network.claims.flat().length, wanted.relation_claims);
});

scenario("from the picture to the evidence in one click", async ({ page, open }) => {
  await open("graph.html");
  await alive(page);
  const { network, claims } = await readData(page);
  const line = network.claims.findIndex(
    (members, n) => !network.edges[n].smooth && claims[members[0]].id === "paris.met-fans",
  );
  const place = (key) => network.nodes.find((node) => node.id === key);
  const [a, b] = [place(network.edges[line].from), place(network.edges[line].to)];
  const box = await page.locator("#live").boundingBox();
  const scale = Math.min((box.width - 12) / network.width, (box.height - 12) / network.height);
  const at = (from, to, whole, size, start) => start + size / 2 + ((from + to) / 2 - whole / 2) * scale;
  await page.mouse.click(
    at(a.x, b.x, network.width, box.width, box.x),
    at(a.y, b.y, network.height, box.height, box.y),
  );
  await page.waitForSelector("#detail .claim");
  holds(page.url().endsWith("#c=paris.met-fans"), page.url());
});

scenario("a click on a finding opens its evidence, and its address can be copied", async ({ page, open }) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await open("graph.html");
  await page.click(`[id="f=${INTERNATIONAL}"] h3 a`);
  holds(page.url().endsWith(`#f=${INTERNATIONAL}`), page.url());
  const { lanes } = await readData(page);
  const { length } = lanes.find(({ key }) => key === INTERNATIONAL).claims;
  same(await page.locator("#detail .claim").count(), length, "cards");
  await page.click("#detail .tools-row .copy");
  await page.waitForFunction(() => document.querySelector("#detail .tools-row .copy").textContent === "Copied");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  holds(copied.endsWith(`graph.html#f=${INTERNATIONAL}`), copied);
  await page.locator('#detail .claim[data-claim="paris.by-2030"] .copy').click();
  await page.waitForFunction(() => navigator.clipboard.readText().then((text) => text.endsWith("#c=paris.by-2030")));
});

scenario("a card tells value, mode, speaker, place, source and file", async ({ page, open }) => {
  await open("graph.html", "#c=eqo.intl-3y");
  const told = async (id) =>
    (await page.locator(`#detail .claim[data-claim="${id}"]`).innerText()).replace(/\s+/g, " ");
  const text = await told("eqo.intl-3y");
  for (const part of [
    "plan",
    "Xiaomi EV enters",
    "the international market about 2027",
    "Lei Jun",
    "EqualOcean, paragraph 6, sentence 1 (reported)",
    "Clarity ambiguous",
    "28 April 2024",
    "seeds/claims/equalocean-2024-04-28.yaml:",
  ])
    holds(text.includes(part), `${part} is not on the card: ${text}`);
  const other = await told("paris.by-2030");
  for (const part of ["by 2030", "headline of the Paris article", "headline"])
    holds(other.includes(part), `${part}: ${other}`);
});

scenario("of many cards and sentences the others are counted, and open", async ({ page, open }) => {
  await open("graph-many.html");
  const { claims } = await readData(page);
  const copies = claims.filter(({ id }) => id.startsWith("copy-"));
  const [{ source, address }] = copies[0].evidence;
  const of = claims.filter((claim) => claim.evidence.some((e) => e.source === source && e.address === address));
  await goTo(page, `#s=${source}.${address}`);
  same(await page.locator("#detail .claim").count(), 24, "cards at once");
  const more = page.locator("#detail button", { hasText: "more" });
  same(await more.innerText(), `+ ${of.length - 24} more`);
  await more.click();
  same(await page.locator("#detail .claim").count(), of.length, "cards in all");
  same(await more.count(), 0, "buttons that are left");
  await goTo(page, `#e=${copies[0].subject}`);
  for (const button of await page.locator("#detail button", { hasText: "+ " }).all()) await button.click();
  const line = page.locator(`#detail .lines li:has(> a[href="#c=${copies[0].id}"])`).first();
  const told = await line.locator(".who").innerText();
  holds(told.endsWith(" (and one more place)") && copies[0].evidence.length === 3, told);
});

scenario("contradictions stand side by side and are marked by more than colour", async ({ page, open }) => {
  await open("graph.html", "#c=eqo.half-global");
  const cards = await page.locator("#detail .claim.conflict").all();
  same(cards.length, 2);
  const [a, b] = [await cards[0].boundingBox(), await cards[1].boundingBox()];
  holds(Math.abs(a.y - b.y) < 4 && b.x > a.x, "the cards are not side by side");
  holds((await cards[0].innerText()).includes("≠ conflict"), "no sign on the card");
});

scenario("what was counted is a line of steps, and the promise a line above it", async ({ page, open }) => {
  await open("graph.html", "#e=su7");
  const chart = page.locator("#detail .steps").first();
  const told = await chart.getAttribute("aria-label");
  for (const part of [
    "5,700 vehicles",
    "more than 30,000 vehicles",
    "promise: 100,000 vehicles",
    "28 April 2024 at the latest: 5,700",
  ])
    holds(told.includes(part), told);
  const promise = await chart.locator(".promise").first().boundingBox();
  for (const count of await chart.locator("circle").all())
    holds((await count.boundingBox()).y > promise.y, "the promise is not above");
});

scenario("a person's panel has what they said, quotations marked", async ({ page, open }) => {
  await open("graph.html", "#e=lei-jun");
  const { claims } = await readData(page);
  const said = claims.filter((claim) => claim.speakers.includes("lei-jun"));
  const heading = page.locator("#detail h3", { hasText: "What Lei Jun said" });
  same(await heading.innerText(), `What Lei Jun said ${said.length}`);
  const [first] = await page.locator("#detail h3").allInnerTexts();
  holds(first.startsWith("What Lei Jun said"), `what he said does not come first: ${first}`);
  const quoted = said.filter((claim) => claim.evidence.some((evidence) => evidence.voice === "quote"));
  await page.locator("#detail button", { hasText: "more" }).first().click();
  const marked = await page.locator("#detail .lines").first().locator(".quoted").count();
  same(marked, quoted.length, "quotations");
});

scenario("a thing's panel tells which texts are unclear, before the card is opened", async ({ page, open }) => {
  await open("graph.html", "#e=su7");
  const line = page.locator("#detail li", { hasText: "about 75,600 orders" }).first();
  const told = (await line.innerText()).replace(/\s+/g, " ");
  holds(told.includes("text: vague · "), told);
});

for (const key of ["fan-meeting-paris-2024", "paris"]) {
  scenario(`an event and its place have what was said there: ${key}`, async ({ page, open }) => {
    await open("graph.html", `#e=${key}`);
    const { claims } = await readData(page);
    const there = claims.filter((claim) => claim.evidence.some(({ venue }) => venue === "fan-meeting-paris-2024"));
    holds(there.length >= 3, "the data have changed");
    const list = page
      .locator("#detail h3", { hasText: "What was said there" })
      .locator("xpath=following-sibling::ul[1]");
    const texts = (await list.innerText()).replace(/\s+/g, " ");
    for (const claim of there)
      same(await list.locator(`a[href="#c=${claim.id}"]`).count(), 1, `${claim.id} in: ${texts}`);
  });
}

scenario("a block of a text opens its claims, and an answer lights its sentences", async ({ page, open }) => {
  await open("graph.html");
  await page.hover(`[id="f=${INTERNATIONAL}"] .answer`);
  const lit = await page.locator(".block.lit").evaluateAll((blocks) => blocks.map((block) => block.dataset.sentence));
  same(lit, ["eqo.p0s1", "eqo.p6s1", "eqo.p6s2", "eqo.p7s3"]);
  await page.click('.block[data-sentence="paris.p3s2"]');
  same(await page.innerText("#detail h2"), "Paragraph 3, sentence 2");
  const { claims } = await readData(page);
  const of = claims.filter((claim) => claim.evidence.some((e) => e.source === "paris" && e.address === "p3s2"));
  same(await page.locator("#detail .claim").count(), of.length);
});

const SEARCHES = [
  ["Xiaomi", "Xiaomi"],
  ["xioami ev", "Xiaomi EV"],
  ["雷军", "Lei Jun"],
  ["75,600", "about 75,600 orders"],
  ["75600", "about 75,600 orders"],
  ["delivered", "delivered"],
  ["deliveries", "delivered"],
  ["promise", "100,000 vehicles"],
  ["promised cars", "cars"],
  ["Chen Zhiheng", "Chen Zhiheng"],
  ["battery", "battery capacity"],
  ["price", "price"],
  ["2030", "2030"],
  ["When will the cars be sold abroad", "international market"],
  ["disagree", "about 50 %"],
  ["quoted", "Lei Jun"],
  ["what was said in Paris", "Paris"],
  ["anxious", "anxious"],
  ["top five", "the top five carmakers"],
  ["orders", "orders"],
  // Figures in every spelling, names in one word or in several, years, units, forms of a word.
  ["75 600", "about 75,600 orders"],
  ["75.6k", "about 75,600 orders"],
  ["7.56万", "about 75,600 orders"],
  ["七万五千六百", "about 75,600 orders"],
  ["hundred thousand", "100,000 vehicles"],
  ["10万辆", "100,000 vehicles"],
  ["fifty percent", "about 50 %"],
  ["一半", "about 50 %"],
  ["73,6", "73.6 kWh"],
  ["yuan", "215,900–299,900 CNY"],
  ["人民币", "215,900–299,900 CNY"],
  ["SU7 price", "215,900–299,900 CNY"],
  ["leijun", "Lei Jun"],
  ["Xiao mi", "Xiaomi"],
  ["equal ocean", "EqualOcean"],
  ["2027", "When does Xiaomi EV enter"],
  ["top 5", "the top five carmakers"],
  ["rumor", "rumours"],
  ["overseas", "the international market"],
  ["contradiction", "about 50 %"],
  ["denied", "denied"],
  ["launch international market", "EqualOcean"],
  ["who said", "by whom"],
  ["what happened in Paris", "Paris"],
  ["汽车", "Xiaomi EV"],
  ["价钱", "price"],
];
scenario("search finds names, values, properties, speakers, modes, questions and slips", async ({ page, open }) => {
  await open("graph.html");
  for (const [text, wanted] of SEARCHES) {
    await page.fill("#search", text);
    const hits = await page.locator("#hits li span").allInnerTexts();
    holds(
      hits.some((hit) => hit.includes(wanted)),
      `“${text}” finds ${JSON.stringify(hits)}, not ${wanted}`,
    );
  }
  await page.fill("#search", "zeppelin");
  same(await page.innerText("#nothing"), "Nothing found for “zeppelin”.");
  same(await visible(page, "#hits"), false);
});

scenario("search leads where its hit is", async ({ page, open }) => {
  await open("graph.html");
  await alive(page);
  await page.fill("#search", "mi fans");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  holds(page.url().endsWith("#e=mi-fans&k=1"), page.url());
  same(await page.inputValue("#search"), "");
  await page.fill("#search", "What did Lei Jun say himself");
  await page.locator("#hits li", { hasText: "What did Lei Jun say himself" }).click();
  holds(page.url().endsWith("#q=said-by"), page.url());
  holds(await visible(page, '[id="q=said-by"] table'), "the question is not open");
});

scenario(
  "filters act on network, lanes, texts and table, with the count beside the network",
  async ({ page, open }) => {
    await open("graph.html");
    await page.click("#more");
    const label = page.locator("#facets label", { hasText: "promise" });
    const count = Number(await label.locator(".count").innerText());
    const { claims } = await readData(page);
    same(count, claims.filter((claim) => claim.mode === "promise").length, "the count beside the choice");
    await label.click();
    holds(page.url().endsWith("#mode=promise"), page.url());
    same(await page.innerText("#shown"), `${count} of ${claims.length} claims shown`);
    // Beside each choice stands what it would leave: other filters count, its own does not.
    const beside = async (choice) =>
      Number(await page.locator(`#facets label:has([data-choice="${choice}"]) .count`).innerText());
    const counted = (test) => claims.filter(test).length;
    same(
      await beside("mode=plan"),
      counted(({ mode }) => mode === "plan"),
      "plans",
    );
    const his = ({ mode, speakers }) => mode === "promise" && speakers.includes("lei-jun");
    same(await beside("speaker=lei-jun"), counted(his), "promises of one speaker");
    await openTable(page);
    same(await page.locator("#table tbody tr[data-claim]").count(), count, "rows");
    holds((await page.locator('#picture [id^="r-"].dim').count()) > 0, "nothing is dimmed");
    const left = page.locator("#lanes .answer:not(.off) .mode");
    for (const mode of await left.allInnerTexts()) same(mode, "promise", "an answer that is left");
    const open_ = claims
      .filter((claim) => claim.mode === "promise")
      .flatMap((claim) => claim.evidence.map((e) => `${e.source}.${e.address}`));
    const lit = await page
      .locator(".block:not(.off)")
      .evaluateAll((blocks) => blocks.map((block) => block.dataset.sentence));
    same([...new Set(open_)].sort(), lit.sort(), "sentences that are left");
    const promises = new Set(claims.filter((claim) => claim.mode === "promise").map(({ id }) => id));
    for (const place of ["#answers tbody tr", "#disputes .side"]) {
      const left_ = await page
        .locator(`${place}:not(.off):has(a[href^="#c="])`)
        .evaluateAll((all) =>
          all.map((one) => [...one.querySelectorAll('a[href^="#c="]')].map((a) => a.hash.slice(3))),
        );
      for (const ids of left_)
        holds(
          ids.some((id) => promises.has(id)),
          `${ids} is left in ${place}`,
        );
      holds((await page.locator(`${place}.off`).count()) > 0, `nothing is left out in ${place}`);
    }
    await page.goBack();
    await reads(page, "#shown", "53 things, 177 claims, 2 sources");
    same(await page.locator("#chips button").count(), 0);
    await page.goForward();
    await page.locator("#chips button").click();
    same(await page.innerText("#shown"), "53 things, 177 claims, 2 sources");
  },
);

scenario("what nobody has reviewed is marked wherever it is told, and can be filtered", async ({ page, open }) => {
  await open("graph-proposed.html", "#c=eqo.orders");
  const mark = (at) => page.locator(at).locator(".unreviewed");
  const card = '#detail .claim[data-claim="eqo.orders"]';
  same(await mark(card).first().innerText(), "unreviewed");
  same(await page.locator(card).getAttribute("data-review"), "unreviewed");
  const told = await panel(page);
  holds(told.includes("Lei Jun, Extractor <2.1>, 1 June 2026"), told);
  same(await mark('#lanes [data-claims="eqo.orders"]').count(), 1, "marks of the answer");
  await goTo(page, "#c=eqo.intl-headline");
  same(await mark('#detail .claim[data-claim="eqo.intl-headline"]').count(), 0, "marks of a reviewed claim");
  holds((await panel(page)).includes("Reviewed by Kim Berg, 1 June 2026"), "who reviewed it");
  await goTo(page, "#c=eqo.deliver-100k");
  same(await mark('#detail .claim[data-claim="eqo.deliver-100k"] .kicker').count(), 0, "the claim itself");
  holds((await mark('#detail .claim[data-claim="eqo.deliver-100k"] .saying').count()) > 0, "its later evidence");
  await page.click("#more");
  await page.locator("#facets label", { hasText: "unreviewed" }).click();
  holds(page.url().endsWith("&review=unreviewed"), page.url());
  await openTable(page);
  const rows = await page.locator("#table tr[data-claim]").evaluateAll((all) => all.map((row) => row.dataset.claim));
  same(rows.sort(), ["eqo.deliver-100k", "eqo.orders"]);
  same(await mark('#table tr[data-claim="eqo.orders"]').count(), 1, "marks of the row");
  await page.click("#language");
  await page.waitForSelector("html[lang=zh]");
  same(await mark('#table tr[data-claim="eqo.orders"]').innerText(), "未审核");
  await open("graph.html");
  await page.click("#more");
  holds(!(await page.innerText("#facets")).includes("Review"), "a filter that has nothing to filter");
});

scenario("dates in an address are dates, and filter", async ({ page, open }) => {
  await open("graph.html", "#from=2027-01-01&to=2030-12-31");
  await openTable(page);
  const ids = await page
    .locator("#table tbody tr[data-claim]")
    .evaluateAll((rows) => rows.map((row) => row.dataset.claim));
  holds(ids.includes("paris.by-2030") && ids.includes("eqo.intl-3y") && !ids.includes("paris.met-fans"), ids.join());
  same(await page.locator("#chips button").allInnerTexts(), ["2027-01-01 – 2030-12-31 ×"]);
  // What is said of more years than are asked for, or has no end, is of these days as well.
  await open("graph.html", "#from=2041-03-01&to=2041-03-31");
  await openTable(page);
  const wide = await page
    .locator("#table tbody tr[data-claim]")
    .evaluateAll((rows) => rows.map((row) => row.dataset.claim));
  same(wide.sort(), ["eqo.top5-aspiration", "paris.build-by"]);
});

scenario("times are in their order, those of counts and of years before year 0 among them", async ({ page, open }) => {
  await open("graph-old.html", "#e=halden");
  holds(!(await page.innerHTML("#detail svg")).includes("NaN"), "a mark that stands nowhere");
  const xs = await page
    .locator("#detail svg.steps circle")
    .evaluateAll((dots) => dots.map((dot) => Number(dot.getAttribute("cx"))));
  holds(xs.length === 3 && xs[0] < xs[1] && xs[1] - xs[0] < 10 && xs[2] - xs[1] > 200, `the steps are at ${xs}`);
  await openTable(page);
  await page.click('#table [data-sort="about-time"]');
  const ids = await page
    .locator("#table tbody tr[data-claim]")
    .evaluateAll((rows) => rows.map((row) => row.dataset.claim));
  same(ids.slice(-5), ["post.oldest", "post.old", "post.fair", "post.launch", "post.new"]);
  holds((await page.innerText('#table tr[data-claim="post.new"]')).includes("2026, as of 2025"), "both of its times");
});

scenario(
  "who disagrees on two days draws no steps, and a time that is the value is told once",
  async ({ page, open }) => {
    await open("graph-old.html", "#e=tern");
    const told = await panel(page);
    holds(told.includes("Tern crew 40") && told.includes("Tern crew 44"), told);
    same(await page.locator("#detail svg.steps").count(), 0, "steps");
    await open("graph-old.html", "#c=post.launch");
    same(await page.innerText('#detail [data-claim="post.launch"] .value'), "1998");
  },
);

scenario("addresses of a source, a sentence and a question open what they name", async ({ page, open }) => {
  await open("graph.html", "#s=paris");
  same(await page.innerText("#detail h2"), "“Lei Jun will bring Xiaomi …”");
  holds((await panel(page)).includes("Publisher unknown"), await panel(page));
  await open("graph.html", "#s=eqo.p3s2");
  same(await page.innerText("#detail h2"), "Paragraph 3, sentence 2");
  await open("graph.html", "#q=deliveries");
  const question = page.locator('[id="q=deliveries"]');
  holds(await question.locator("table").isVisible(), "the question is not open");
  const box = await question.boundingBox();
  holds(box.y >= 0 && box.y < 500, `the question is at ${box.y}`);
});

scenario("an address that names nothing does no harm", async ({ page, open }) => {
  const strange = [
    "#e=__proto__&c=constructor&k=-5&path=a~b&l=xx&from=abc&mode=nothing&property=%3Cimg%3E",
    "#s=toString&q=__proto__&f=hasOwnProperty&l=__proto__&to=9999999999999999999999-01-01",
    "#k=1e309&from=99999999999999999999&e=&c=&s=eqo.p999999999s1&path=~",
    "#%E0%A4%A&path=su7~su7&q=said-by~who~nobody&mode=__proto__",
  ];
  for (const hash of strange) {
    await open("graph.html", hash);
    holds(await visible(page, "#overview"), `the overview is gone at ${hash}`);
    same(await page.innerText("#shown"), "53 things, 177 claims, 2 sources", hash);
    same(await page.locator("#chips button").count(), 0, hash);
  }
});

scenario("an address shows what it names, and nothing else", async ({ page }) => {
  const { judgeAddresses } = await import("./addresses.mjs");
  const judge = judgeAddresses(page.context(), process.argv[2]);
  const addresses = [
    ["graph.html", "#path=nobody~su7~mi-fans"], // two of three are known
    ["graph.html", "#path=su7~mi-fans~su7&k=3"],
    ["graph.html", "#from=2024-02-30"], // which some browsers take for March
    ["graph.html", "#e=su7&e=mi-fans&to=2024-02-29&mode=promise&mode=x&mode=promise&l=zh&k=0"],
    ["graph.html", "#%&e=%ud800&__proto__=su7&c=\ud800%00%F0%9F"],
    ["graph.html", `#e=${"<img src=x onerror=alert(1)>"}&q=javascript:alert(1)`],
    ["overview-own.html", "#e=su7&k=2"],
    ["overview-own.html", "#e=__proto__"],
  ];
  for (const [file, hash] of addresses) {
    same(await judge(file, hash), null, hash);
    if (hash === addresses[0][1]) same(await judge(file, hash, true), null, `anew at ${hash}`);
  }
});

scenario("the neighbourhood grows by keys of the network", async ({ page, open }) => {
  await open("graph.html", "#e=su7");
  await page.waitForSelector("#detail h2");
  await page.focus("#stage");
  const lit = () => page.locator('#picture .dots [id^="n-"]:not(.dim)').count();
  const counts = [];
  for (const key of ["1", "2", "+"]) {
    await page.keyboard.press(key);
    counts.push(await lit());
  }
  holds(1 < counts[0] && counts[0] < counts[1] && counts[1] < counts[2], String(counts));
  await page.keyboard.press("-");
  same(await lit(), counts[1]);
  await page.keyboard.press("Escape");
  same(page.url().includes("e="), false);
});

scenario("a path between two things", async ({ page, open }) => {
  await open("graph.html", "#e=mi-fans");
  await page.fill('#detail input[list="others"]', "Xiaomi cars");
  await page.locator('#detail input[list="others"]').dispatchEvent("change");
  const { path } = given();
  same(await page.locator("#detail .walk li").count(), path.length - 1);
  same(await page.locator('#picture .dots [id^="n-"]:not(.dim)').count(), path.length);
});

scenario("a deep link opens what it names, and Back goes back", async ({ page, open }) => {
  await open("graph.html", "#e=su7&k=2&mode=fact&l=zh");
  await page.waitForSelector("html[lang=zh] #detail h2");
  same(await page.locator("#detail h2").innerText(), "小米 SU7 Xiaomi SU7");
  same(await page.evaluate(() => scrollY), 0);
  await page.locator("#detail .lines a").first().click();
  const there = page.url();
  await page.goBack();
  await reads(page, "#detail h2", "小米 SU7 Xiaomi SU7");
  await page.goForward();
  same(page.url(), there);
});

scenario("the table draws what is on the screen, sorts, and leads to the evidence", async ({ page, open }) => {
  await open("graph-300.html");
  await openTable(page);
  const { claims } = await readData(page);
  holds((await page.locator("#table tbody tr[data-claim]").count()) < 80, "all rows are drawn");
  same(await page.locator("#table").getAttribute("aria-rowcount"), String(claims.length + 1));
  const heights = (rows) => [...new Set(rows.map((row) => row.offsetHeight))];
  same(await page.locator("#table tbody tr[data-claim]").evaluateAll(heights), [46], "the rows that are counted on");
  await page.click('#table [data-sort="subject"]');
  const names = await page.locator("#table tbody tr[data-claim] th").allInnerTexts();
  const sorted = await page.evaluate(
    (list) => [...list].sort(new Intl.Collator("en", { numeric: true }).compare),
    names,
  );
  same(names, sorted, "the order");
  await page.evaluate(() => document.getElementById("grid").scrollTo(0, 1e7));
  await page.waitForFunction((n) => document.querySelector(`#table tr[aria-rowindex="${n}"]`), claims.length + 1);
  await page.locator("#table tbody tr[data-claim]").last().locator("td").nth(2).click();
  holds(await visible(page, "#detail .claim.chosen"), "no card");
});

scenario("questions are grouped, and lead to the claims behind their answers", async ({ page, open }) => {
  await open("graph.html");
  same(await page.locator("#answers details").count(), given().questions);
  same(await page.locator("#answers .group h3").first().innerText(), "Promises, plans, and what came of them");
  const first = page.locator("#answers details").first();
  await first.locator("summary").click();
  await first.locator('tbody a[href^="#c="]').first().click();
  holds(await visible(page, "#detail .claim.chosen"), "no card");
  // Another value of a parameter: its rows, its count, its address; and back.
  await goTo(page, "#q=said-by");
  const question = page.locator('[id="q=said-by"]');
  const rows = question.locator("tbody tr");
  const before = await rows.count();
  const select = question.locator("select");
  const option = select.locator("option").nth(1);
  const [value, told] = [await option.getAttribute("value"), await option.innerText()];
  await select.selectOption(value);
  const wanted = Number(/\((\d+)\)$/.exec(told)[1]);
  await page.waitForFunction(
    (n) => document.querySelectorAll('[id="q=said-by"] tbody tr').length === n,
    Math.min(60, wanted),
  );
  same(await question.locator("summary .count").innerText(), String(wanted));
  holds(page.url().endsWith(`#q=${value}`), page.url());
  await page.goBack();
  await page.waitForFunction((n) => document.querySelectorAll('[id="q=said-by"] tbody tr').length === n, before);
  same(await select.inputValue(), "said-by");
  await open("graph.html", `#q=${value}`);
  await page.waitForFunction((n) => document.querySelector('[id="q=said-by"] .count').innerText === n, String(wanted));
  // What is beyond the first sixty rows comes when it is asked for.
  await goTo(page, "#q=line-by-line");
  const all = Number(await page.innerText('[id="q=line-by-line"] summary .count'));
  await page.click('[id="q=line-by-line"] .rest');
  await page.waitForFunction(
    (n) => document.querySelectorAll('[id="q=line-by-line"] tbody tr').length === n,
    Math.min(all, 260),
  );
});

scenario("downloads: SVG, PNG, Turtle, CSV", async ({ page, open }) => {
  await open("graph.html");
  const got = {};
  for (const kind of ["svg", "png", "ttl", "csv"]) {
    await page.click("#downloads summary");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(`[data-get=${kind}]`)]);
    got[kind] = await readFile(await download.path());
  }
  holds(got.svg.toString().startsWith("<svg") && got.svg.toString().includes("Lei Jun"), "SVG");
  same(got.png.subarray(1, 4).toString(), "PNG");
  same(got.ttl.toString(), await readFile(`${process.argv[2]}/graph.ttl`, "utf8"), "Turtle");
  same(got.csv.toString().trim().split("\r\n").length, given().claims.length + 1, "lines of CSV");
});

// Where a thing stands in the picture, and what the tip says there.
const placeOf = (page, key) =>
  page.evaluate((id) => {
    const at = document.querySelector(`[id="n-${id}"]`).getBoundingClientRect();
    return { x: at.x + at.width / 2, y: at.y + at.height / 2 };
  }, key);
// What the tip says at a point. A hand does not rest: the mouse moves a little until something is there, or not.
async function tipAt(page, { x, y }) {
  for (let left = 6; left > 0 && !(await visible(page, "#tip")); left--) {
    await page.mouse.move(x - 3, y);
    await page.mouse.move(x, y, { steps: 3 });
    const shown = page.waitForFunction(() => !document.getElementById("tip").hidden, null, { timeout: 400 });
    await shown.catch(() => null);
  }
  return (await visible(page, "#tip")) ? page.innerText("#tip") : null;
}

scenario("the wheel scrolls the page, and zooms while the network is in use", async ({ page, open }) => {
  await open("graph.html");
  await alive(page);
  const home = await placeOf(page, "lei-jun");
  const away = await placeOf(page, "china");
  await page.mouse.move(away.x, away.y + 60);
  await page.mouse.wheel(0, 300);
  await page.waitForFunction(() => scrollY > 0);
  await page.evaluate(() => scrollTo(0, 0));
  same(await tipAt(page, home), "Lei Jun", "the network was zoomed");
  const frame = await page.locator("#stage").boundingBox();
  await page.mouse.click(frame.x + 5, frame.y + 5);
  await page.mouse.move(away.x, away.y + 60);
  await page.mouse.wheel(0, -300);
  await page.waitForTimeout(200);
  same(await page.evaluate(() => scrollY), 0, "the page was scrolled");
  holds((await tipAt(page, home)) !== "Lei Jun", "the network was not zoomed");
});

scenario("the first drag moves the network, and hovering does not stick", async ({ page, open }) => {
  await open("graph.html");
  await alive(page);
  const frame = await page.locator("#stage").boundingBox();
  const home = await placeOf(page, "lei-jun");
  await page.mouse.move(frame.x + 12, frame.y + 12);
  await page.mouse.down();
  await page.mouse.move(frame.x + 92, frame.y + 62, { steps: 5 });
  await page.mouse.up();
  same(await tipAt(page, { x: home.x + 80, y: home.y + 50 }), "Lei Jun", "where the drag should have taken him");
  await page.mouse.move(frame.x + frame.width + 40, frame.y + 20);
  await page.waitForTimeout(250);
  same(await visible(page, "#tip"), false, "the tip sticks");
});

scenario("a drag ends a flight of the network", async ({ page, open }) => {
  await open("graph.html");
  await alive(page);
  const frame = await page.locator("#stage").boundingBox();
  const home = await placeOf(page, "lei-jun");
  const drag = async (x, y) => {
    await page.mouse.move(frame.x + 12, frame.y + 12);
    await page.mouse.down();
    await page.mouse.move(frame.x + 12 + x, frame.y + 12 + y, { steps: 2 });
    await page.mouse.up();
  };
  await drag(200, 80);
  await page.click("#fit");
  await drag(80, 50);
  await page.waitForTimeout(600);
  holds((await tipAt(page, home)) !== "Lei Jun", "the flight took the drag back");
  await page.click("#fit");
  await page.waitForTimeout(600);
  same(await tipAt(page, home), "Lei Jun", "where he stands in the whole");
});

scenario("rearranging ends within the frame and can be undone", async ({ page, open }) => {
  await open("graph.html");
  await alive(page);
  const home = await placeOf(page, "lei-jun");
  await page.click("#rearrange");
  await page.waitForFunction(() => document.getElementById("rearrange").textContent === "Undo");
  await page.mouse.move(1300, 20);
  await page.waitForTimeout(500);
  const edge = await page.evaluate(() => {
    const canvas = document.querySelector("#live canvas");
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const inked = (x, y) => data[(y * width + x) * 4 + 3] > 0;
    let found = 0;
    for (let x = 0; x < width; x++) found += inked(x, 0) + inked(x, height - 1);
    for (let y = 0; y < height; y++) found += inked(0, y) + inked(width - 1, y);
    return found;
  });
  same(edge, 0, "something lies across the edge of the frame");
  await page.click("#rearrange");
  await page.waitForTimeout(500);
  same(await page.innerText("#rearrange"), "Rearrange");
  same(await tipAt(page, home), "Lei Jun", "where he stood before");
});

scenario("a thing in focus has its values beside it", async ({ page, open }) => {
  await open("graph.html", "#e=su7&k=1");
  await page.waitForSelector("#values li");
  const values = (await page.locator("#values").innerText()).replace(/\s+/g, " ");
  holds(/locked orders about 75,600 orders/.test(values) || /delivered/.test(values), values);
  const { claims } = await readData(page);
  const own = claims.filter((claim) => claim.subject === "su7" && !claim.object && !claim.objectClaim);
  const cards_ = await page.locator("#values li").allInnerTexts();
  same([cards_.length, cards_.at(-1)], [5, `+ ${own.length - 4} more`], "cards, and how many there are more");
  for (const card of cards_.slice(0, 4))
    holds(
      own.some((claim) => card.endsWith(claim.value?.en ?? claim.value)),
      `no claim says ${card}`,
    );
  await page.waitForTimeout(600);
  const [cards, frame] = await page.evaluate(() =>
    ["values", "stage"].map((id) => document.getElementById(id).getBoundingClientRect().toJSON()),
  );
  holds(cards.x >= frame.x && cards.x + cards.width <= frame.x + frame.width, "the cards leave the frame");
});

scenario("a large network is drawn as regions, which open and close by mouse, keys and address", async (tools) => {
  const { page, open } = tools;
  await open("graph-450.html");
  const { network, entities } = await readData(page);
  const { areas } = network;
  same(areas.flatMap(({ members }) => members).sort(), Object.keys(entities).sort(), "each thing lies in one region");
  await alive(page);
  same(await page.locator('#picture [id^="n-"]').count(), 0, "things in the picture of regions");
  const frame = await page.locator("#stage").boundingBox();
  const centreOf = (n) =>
    page.evaluate((place) => {
      const box = document.querySelectorAll("#picture .area")[place].getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2, least: box.width };
    }, n);
  for (let n = 0; n < areas.length; n++) {
    const { x, y, least } = await centreOf(n);
    holds(x > frame.x && x < frame.x + frame.width && y > frame.y && y < frame.y + frame.height, `region ${n} is out`);
    holds(least > 40, `region ${n} is ${least} wide`);
  }
  const name = (area) => entities[area.key] && area.words.wide.en[0];
  same(await page.locator("#picture .labels.wide text").nth(0).textContent(), name(areas[0]));
  const { x, y } = await centreOf(1);
  await page.mouse.move(x, y, { steps: 3 });
  await page.waitForFunction(
    (n) => document.getElementById("tip").innerText.endsWith(`${n} things`),
    areas[1].members.length,
  );
  await page.mouse.click(x, y);
  await page.waitForSelector("#detail h2");
  holds(page.url().endsWith(`#r=${areas[1].key}`), page.url());
  same(await page.locator("#detail .lines").first().locator("li").count(), Math.min(40, areas[1].members.length));
  await page.waitForTimeout(400);
  // Its middle is in the middle of the frame: where none of its things is, a click closes it.
  await page.keyboard.press("Escape");
  await page.waitForSelector("#overview:not([hidden])");
  same(new URL(page.url()).hash, "");
  await page.focus("#stage");
  await page.keyboard.press("ArrowRight");
  holds(page.url().endsWith(`#r=${areas[0].key}`), page.url());
  await page.keyboard.press("Enter");
  holds(page.url().endsWith(`#e=${areas[0].key}&k=1`), page.url());
  // Search flies to a thing of another region; a filter leaves of each region what passes.
  const last = areas.at(-1).members.at(-1);
  await goTo(page, `#e=${last}`);
  await page.waitForSelector("#detail h2");
  await goTo(page, `#r=${areas[2].key}`);
  await page.locator("#detail .lines a").first().click();
  holds(page.url().includes(`#e=${areas[2].key}`), page.url());
  await open("graph-450.html", "#r=__proto__");
  same(await visible(page, "#overview"), true, "what is no region opens nothing");
});

scenario("in Chinese the page itself says nothing in English", async ({ page, open }) => {
  await open("graph.html", "#l=zh");
  await page.waitForSelector("html[lang=zh]");
  const { words, sources } = await readData(page);
  // Names that are Latin in Chinese too, and addresses.
  const named = [words.zh.entities, words.zh.classes, words.zh.properties].flatMap(Object.values);
  const titles = Object.values(sources).flatMap((source) =>
    [source.title, source.name, source.name?.zh].filter((t) => typeof t === "string"),
  );
  const known = [
    ...named,
    ...titles,
    "https://creativecommons.org/licenses/by/4.0/",
    "English",
    "SVG",
    "PNG",
    "Turtle",
    "CSV",
    "Esc",
    "Enter",
    "Shift",
    "ISO",
    "kWh",
    "CNY",
  ].sort((a, b) => b.length - a.length);
  const left = () =>
    page.evaluate((names) => {
      const found = new Set();
      const look = (text, where) => {
        let rest = text;
        for (const name of names) rest = rest.replaceAll(name, " ");
        if (/[A-Za-z]{3,}/.test(rest)) found.add(`${where}: ${text.trim().slice(0, 80)}`);
      };
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const at = walker.currentNode.parentElement;
        // What is in another language says so; values of claims, code and quoted names are what they are.
        if (
          at.closest("script,style,noscript,code,q,datalist,option,a[href^='#c=']") ||
          at.closest("[lang]").lang !== "zh"
        )
          continue;
        look(walker.currentNode.data, at.tagName + (at.className ? `.${at.className}` : ""));
      }
      for (const name of ["aria-label", "placeholder", "title"]) {
        for (const element of document.querySelectorAll(`[${name}]`)) look(element.getAttribute(name), name);
      }
      return [...found];
    }, known);
  await page.click("#more");
  same(await left(), [], "the overview");
  for (const hash of [
    "#e=su7&l=zh",
    "#e=lei-jun&k=2&l=zh",
    "#c=eqo.half-global&l=zh",
    "#s=eqo&l=zh",
    `#f=${INTERNATIONAL}&l=zh`,
    "#path=mi-fans~xiaomi-cars&l=zh",
  ]) {
    await goTo(page, hash);
    same(await left(), [], hash);
  }
});

scenario("there and back, the language leaves no trace", async ({ page, open }) => {
  await open("graph.html", "#e=lei-jun&k=1");
  await alive(page);
  const tell = () =>
    page.evaluate(() =>
      ["header", "#graph", "#texts", "#panel", ".sheets"].map((part) => document.querySelector(part).innerText).join(),
    );
  const before = await tell();
  await page.click("#language");
  await page.waitForSelector("html[lang=zh]");
  holds((await tell()).includes("雷军说了什么"), "it is not in Chinese");
  await page.click("#language");
  await page.waitForSelector("html[lang=en]");
  const after = await tell();
  const at = [...before].findIndex((letter, n) => letter !== after[n]);
  same(after.slice(Math.max(0, at - 60), at + 60), before.slice(Math.max(0, at - 60), at + 60));
  same(after.length, before.length);
  same(await page.locator("#stage.alive canvas").count(), 1, "the live drawing is lost");
});

scenario("the overview of a large graph finds every name and lists the claims of a central thing", async (tools) => {
  const { page, open } = tools;
  const elements = () => page.evaluate(() => document.querySelectorAll("*").length);
  const shown = () => page.locator("#central-things details[open]").evaluateAll((all) => all.map(({ id }) => id));
  await open("overview-large.html");
  const index = JSON.parse(gunzipSync(Buffer.from(await page.textContent("#things"), "base64")).toString());
  // A thing that is not among the most central is found by its name in another language, and told of.
  const last = index.things.at(-1);
  await page.fill("#search", last.names[1]);
  await page.locator("#hits li span", { hasText: last.names[0] }).first().waitFor();
  await page.press("#search", "Enter");
  await page.locator("#found", { hasText: `kg show ${last.key}` }).waitFor();
  same(await shown(), []);
  // One of the most central is found with a slip, and opens: as many claims as its count says.
  const first = index.things.find((_, place) => index.lists[place].says.length > 200);
  const parts = index.lists[index.things.indexOf(first)];
  await page.fill("#search", first.names[0].replace("o", ""));
  await page.press("#search", "Enter");
  await page.waitForSelector("#central-things details[open] li");
  same(await shown(), [`e=${first.key}`]);
  holds(!(await visible(page, "#found")), "the card is gone");
  const lines = page.locator("#central-things details[open] li");
  same(
    await lines.count(),
    Object.values(parts).reduce((sum, numbers) => sum + Math.min(numbers.length, 200), 0),
  );
  const said = page.locator("#central-things .leaves + ul li");
  const texts = await said.allTextContents();
  while (await page.isEnabled("text=Next")) {
    await page.click("text=Next");
    texts.push(...(await said.allTextContents()));
  }
  same(texts.length, parts.says.length, "the leaves hold every claim");
  holds(await page.isEnabled("text=Before"), "there is a way back");
  // Another one that is opened closes the first, and the document stays small.
  await page.locator(`[id="e=${index.things[8].key}"] summary`).click();
  same(await shown(), [`e=${index.things[8].key}`]);
  await page.waitForFunction(() => document.querySelectorAll("#central-things details > div").length === 1);
  holds((await elements()) < 20000, `${await elements()} elements`);
  // In the other language it is the same overview, and finds the same names.
  await page.click("#language");
  await page.waitForSelector("html[lang=zh]");
  await page.fill("#search", last.names[0]);
  await page.locator("#hits li span", { hasText: last.names[1] }).first().waitFor();
  await page.press("#search", "Enter");
  await page.locator("#found", { hasText: `kg show ${last.key}` }).waitFor();
  holds((await page.innerText("#found")).includes("它的陈述："), "what was found is not told in Chinese");
  await page.locator(`[id="e=${index.things[8].key}"] summary`).click();
  await page.locator(`[id="e=${index.things[8].key}"] li .mode`).first().waitFor();
  holds((await elements()) < 20000, `${await elements()} elements`);
  await page.click("#language");
  await page.waitForSelector("html[lang=en]");
  // What there is not is told; strange addresses do nothing.
  await page.fill("#search", "qqqqq");
  await page.locator("#nothing", { hasText: "qqqqq" }).waitFor();
  for (const hash of ["#e=__proto__", "#e=%", "#e=constructor", "#community-99999999999", "#q=x"]) {
    await open("overview-large.html", hash);
    same(await shown(), [], hash);
    holds(!(await visible(page, "#found")), hash);
  }
  await open("overview-large.html", `#e=${index.things[2].key}`);
  same(await shown(), [`e=${index.things[2].key}`]);
});
