// Measures pages in a headless Chromium with the network off: `node measure.mjs RUNS FILE...` prints one JSON line a file.
import { statSync } from "node:fs";
import { chromium } from "playwright-core";
import { CHROMIUM } from "./chromium.mjs";

const [runs, ...files] = process.argv.slice(2);
const median = (list) => {
  const sorted = list.filter((x) => x !== null).sort((a, b) => a - b);
  return sorted.length ? sorted[sorted.length >> 1] : null;
};

const watch = () => {
  window.seen = { draw: null, tasks: [] };
  const context = CanvasRenderingContext2D.prototype;
  for (const name of ["fill", "stroke", "fillText", "drawImage"]) {
    const own = context[name];
    context[name] = function (...given) {
      if (window.seen.draw === null) window.seen.draw = performance.now();
      return own.apply(this, given);
    };
  }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.seen.tasks.push(entry.duration);
  }).observe({ type: "longtask", buffered: true });
};
const frames = (page, ms) =>
  page.evaluate(
    (time) =>
      new Promise((done) => {
        let count = 0,
          worst = 0,
          before = performance.now();
        const start = before;
        const step = (now) => {
          count++;
          worst = Math.max(worst, now - before);
          before = now;
          if (now - start < time) requestAnimationFrame(step);
          else done([Math.round((count / (now - start)) * 1000), Math.round(worst)]);
        };
        requestAnimationFrame(step);
      }),
    ms,
  );

// Files take turns, each in a browser of its own that has come to rest, so that what else the machine does,
// and what a browser does as it starts, falls on all of them alike.
const all = new Map(files.map((file) => [file, []]));
for (let run = 0; run < Number(runs); run++) {
  for (const [file, got] of all) {
    const stock = file.includes("stock");
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader"],
    });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    let requests = 0;
    await page.route("**", (route) => {
      if (/^(file|blob|data):/.test(route.request().url())) return route.continue();
      requests++;
      return route.abort();
    });
    await page.addInitScript(watch);
    const one = { requests: 0 };
    try {
      await page.goto("about:blank");
      await page.waitForTimeout(500);
      await page.goto(`file://${file}`, { timeout: 60000, waitUntil: "load" });
      await page.waitForFunction(
        (s) => (s ? window.seen.draw !== null : performance.getEntriesByName("picture").length),
        stock,
        { timeout: 60000 },
      );
      await page.waitForTimeout(stock ? 1500 : 600);
      Object.assign(
        one,
        await page.evaluate(
          (s) => ({
            first: Math.round(s ? window.seen.draw : performance.getEntriesByName("picture")[0].startTime),
            fcp: Math.round((performance.getEntriesByName("first-contentful-paint")[0] || {}).startTime || 0) || null,
            load_task: Math.round(Math.max(0, ...window.seen.tasks)),
          }),
          stock,
        ),
      );
      const box = await page
        .locator(stock ? "canvas" : "#stage")
        .first()
        .boundingBox();
      const [cx, cy] = [box.x + box.width / 2, box.y + Math.min(box.height, 800) / 2];
      await page.mouse.move(cx, cy);
      if (!stock) await page.waitForSelector("#stage.alive", { timeout: 60000 });
      await page.waitForTimeout(300);
      one.wake_task = await page.evaluate(() => Math.round(Math.max(0, ...window.seen.tasks)));
      // Somewhere without a dot, so that the picture is dragged and not a thing.
      await page.mouse.move(box.x + 14, box.y + box.height - 30);
      await page.mouse.down();
      const dragging = frames(page, 2000);
      for (let i = 0; i < 120; i++) {
        await page.mouse.move(box.x + 14 + (i % 60) * 4, box.y + box.height - 30 - (i % 60) * 2);
        await page.waitForTimeout(14);
      }
      [one.drag, one.drag_gap] = await dragging;
      await page.mouse.up();
      await page.mouse.move(cx, cy);
      const zooming = frames(page, 2000);
      for (let i = 0; i < 40; i++) {
        await page.mouse.wheel(0, i % 20 < 10 ? -120 : 120);
        await page.waitForTimeout(40);
      }
      [one.zoom, one.zoom_gap] = await zooming;
      if (!stock) {
        // The pointer goes over things: those of a region where the network is drawn as regions.
        if (await page.locator("#picture .areas").count()) await page.mouse.click(cx, cy);
        await page.waitForTimeout(500);
        const hovering = frames(page, 2000);
        for (let i = 0; i < 110; i++) {
          const turn = i / 6;
          await page.mouse.move(cx + Math.cos(turn) * 2 * (i % 60), cy + Math.sin(turn) * 1.4 * (i % 60));
          await page.waitForTimeout(12);
        }
        [one.hover, one.hover_gap] = await hovering;
        // A facet: from the click to the frame in which everything shows it.
        await page.click("#more");
        one.facet = await page.evaluate(
          () =>
            new Promise((done) => {
              const start = performance.now();
              document.querySelector('#facets input[data-choice^="mode="]').click();
              requestAnimationFrame(() => setTimeout(() => done(Math.round(performance.now() - start))));
            }),
        );
      }
      one.task = await page.evaluate(() => Math.round(Math.max(0, ...window.seen.tasks)));
    } catch (error) {
      one.problem = String(error.message).split("\n")[0];
    }
    one.requests = requests;
    got.push(one);
    await browser.close();
  }
}
for (const [file, got] of all) {
  const keys = [
    "first",
    "fcp",
    "load_task",
    "wake_task",
    "task",
    "drag",
    "drag_gap",
    "zoom",
    "zoom_gap",
    "hover",
    "facet",
    "requests",
  ];
  const result = { file: file.split("/").pop(), kB: Math.round(statSync(file).size / 1000) };
  for (const key of keys) result[key] = median(got.map((one) => one[key] ?? null));
  const problem = got.find((one) => one.problem);
  if (problem) result.problem = problem.problem;
  console.log(JSON.stringify(result));
}
