// What an address of a page (`#...`) may do: show what it names, and nothing else.
// `node addresses.mjs FOLDER` reads lines of JSON, [file, address, anew], and answers each with what is wrong, or null.
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { CHROMIUM } from "./chromium.mjs";

// In the page: what is read of an address, by sets alone; the address that names just that.
function learn(data) {
  if (data.things) {
    const things = new Set(data.things.map(({ key }) => key));
    return (hash) => {
      const [[letter, key] = []] = new URLSearchParams(hash.slice(1));
      return letter === "e" && things.has(key) ? `#e=${encodeURIComponent(key)}` : "#";
    };
  }
  const { claims, entities, sources, lanes, questions, network, words } = data;
  const keys = new Set(Object.keys(entities));
  const cited = claims.flatMap((claim) => (claim.evidence ?? []).map((one) => `${one.source}.${one.address}`));
  const skipped = Object.entries(sources).flatMap(([key, source]) =>
    Object.keys(source.skipped ?? {}).map((address) => `${key}.${address}`),
  );
  const things = {
    e: keys,
    c: new Set(claims.map(({ id }) => id)),
    s: new Set([...Object.keys(sources), ...cited, ...skipped]),
    f: new Set(lanes.map(({ key }) => key)),
    q: new Set(questions.flatMap(({ name, choices }) => [name, ...choices])),
    r: new Set(network.areas.map(({ key }) => key)),
    path: {
      has: (text) => {
        const both = text.split("~");
        return both.length === 2 && both[0] !== both[1] && both.every((key) => keys.has(key));
      },
    },
  };
  const ends = claims.map((claim) => [claim.root ?? claim.subject, claim.object].filter((key) => keys.has(key)));
  const offered = {
    family: new Set(ends.flat().map((key) => entities[key].family)),
    type: new Set(ends.flat().flatMap((key) => entities[key].classes ?? [])),
    property: new Set(claims.map(({ property }) => property)),
    source: new Set(claims.flatMap((claim) => (claim.evidence ?? []).map(({ source }) => source))),
    speaker: new Set(claims.flatMap(({ speakers }) => speakers ?? [])),
    mode: new Set(claims.map(({ mode }) => mode)),
    disputed: new Set(["conflict", "open", "superseded"].filter((kind) => claims.some((claim) => claim[kind]))),
  };
  const languages = new Set(Object.keys(words));
  const isDay = (text) => {
    const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    return year !== undefined && date.toISOString().startsWith(text);
  };
  return (hash) => {
    const given = new URLSearchParams(hash.slice(1));
    const out = new URLSearchParams();
    for (const letter of Object.keys(things)) {
      const key = given.get(letter);
      if (key === null || !things[letter].has(key)) continue;
      out.set(letter, key);
      break;
    }
    if (/^[0-9]$/.test(given.get("k") ?? "") && (given.get("k") !== "0" || out.has("e"))) out.set("k", given.get("k"));
    if (languages.has(given.get("l"))) out.set("l", given.get("l"));
    for (const end of ["from", "to"]) if (isDay(given.get(end) ?? "")) out.set(end, given.get(end));
    for (const filter of Object.keys(offered))
      for (const value of new Set(given.getAll(filter).filter((one) => offered[filter].has(one))))
        out.append(filter, value);
    return `#${out}`;
  };
}

// In the page, before its own script: everything that must not happen is noted.
function watch() {
  window.noted = [];
  addEventListener("error", ({ message, error }) => noted.push(`${message} ${error?.stack ?? ""}`));
  addEventListener("unhandledrejection", ({ reason }) => noted.push(`rejected: ${reason}`));
  addEventListener("securitypolicyviolation", ({ violatedDirective }) => noted.push(`refused: ${violatedDirective}`));
  for (const name of ["alert", "confirm", "prompt", "open", "print"]) window[name] = () => noted.push(name);
}

// In the page: go to an address, then to the one that names the same; the document must not tell them apart.
async function compare(hash) {
  const go = async (to) => {
    const before = location.hash;
    const told = new Promise((done) => addEventListener("hashchange", done, { once: true }));
    location.hash = to;
    if (location.hash !== before) await told;
    // Another language and the rows of a question are unpacked first.
    const wanted = new URLSearchParams(named(location.hash).slice(1));
    const question = wanted.get("q");
    const details = question && document.getElementById(`q=${question.split("~")[0]}`);
    const isShown = () =>
      document.documentElement.lang === (wanted.get("l") ?? usual) &&
      (!details || (details.dataset.address ?? details.id.slice(2)) === question);
    for (let turn = 0; turn < 200 && !isShown(); turn++) await new Promise((done) => setTimeout(done, 10));
    await new Promise((done) => setTimeout(done));
    return document.documentElement.outerHTML;
  };
  const shown = await go(hash);
  const address = named(location.hash);
  const wanted = await go(address);
  if (window.harmed) noted.push("a script ran");
  if (noted.length) return noted.splice(0).join(" | ");
  if (shown === wanted) return null;
  let at = 0;
  while (shown[at] === wanted[at]) at++;
  return `not as ${address}: ${shown.slice(Math.max(0, at - 60), at + 120)} | ${wanted.slice(at, at + 120)}`;
}

// What is wrong with an address of a page, in one browser's context. A page stays open for many addresses; *anew*, it is
// opened at this one.
export function judgeAddresses(context, folder) {
  const pages = new Map();

  async function openPage(file, hash) {
    const page = await context.newPage();
    page.asked = [];
    page.on("request", (request) => {
      if (!/^(file|blob|data):/.test(request.url())) page.asked.push(request.url());
    });
    await page.addInitScript({ content: `(${watch})(); window.learn = ${learn}; window.compare = ${compare};` });
    await page.goto(`${pathToFileURL(`${folder}/${file}`)}${hash}`);
    await page.waitForSelector("html.with-script", { timeout: 20000 }).catch(() => page.asked.push("no script runs"));
    await page.evaluate(async () => {
      const packed = (document.getElementById("data") ?? document.getElementById("things")).textContent;
      const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      const data = await new Response(stream).json();
      window.named = learn(data);
      window.usual = data.language ?? document.documentElement.lang;
    });
    if (file.startsWith("graph")) await page.waitForSelector("#stage.alive", { timeout: 20000 });
    return page;
  }

  return async (file, hash, anew = false) => {
    if (anew) await drop(file);
    if (!pages.has(file)) pages.set(file, await openPage(file, anew ? hash : ""));
    const page = pages.get(file);
    const wrong = (await page.evaluate((to) => compare(to), hash)) ?? (page.asked.join(" ") || null);
    if (wrong) await drop(file);
    return wrong;
  };

  async function drop(file) {
    await pages.get(file)?.close();
    pages.delete(file);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
  const judge = judgeAddresses(context, process.argv[2]);
  for await (const line of createInterface({ input: process.stdin })) {
    const wrong = await judge(...JSON.parse(line)).catch((error) => String(error));
    process.stdout.write(`${JSON.stringify(wrong)}\n`);
  }
  await browser.close();
}
