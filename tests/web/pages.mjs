// Every page: without violations of WCAG 2.2 AA as axe finds them, light and dark, wide and at 320
// pixels, where nothing may need scrolling sideways (1.4.10); nothing on the console.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { base, expect, run, Visit } from "./lib.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

// Each page with who may see it; what stands in {} is found on the page before it.
const pages = [
  ["sign-in", null, "/sign-in"],
  ["status", null, "/status"],
  ["not-here", "mary", "/nothing-is-here"],
  ["password", "mary", "/password"],
  ["cases", "mary", "/cases"],
  ["cases-narrowed", "mary", "/cases?due=late&show=unanswered"],
  ["case-letter", "mary", "{letter}"],
  ["case-e-mail", "mary", "{mail}"],
  ["reply", "mary", "{letter}/reply"],
  ["card", "mary", "{card}"],
  ["search", "mary", "/search?q=kettle"],
  ["customers", "mary", "/customers"],
  ["customers-found", "mary", "/customers?q=a"],
  ["customer", "mary", "{customer}"],
  ["morning", "mary", "/morning"],
  ["quality", "mary", "/quality"],
  ["set-up", "mary", "/setup"],
  ["users", "boss", "/users"],
  ["review", "mary", "/review"],
  ["review-sheet", "mary", "/review/sheet"],
  ["sheets", "mary", "/sheets"],
];

async function places(browser) {
  const visit = await Visit.begin(browser, "mary");
  const first = async (path, selector) => {
    await visit.page.goto(base + path);
    const link = visit.page.locator(selector).first();
    return new URL(await link.getAttribute("href"), base).pathname;
  };
  const found = {
    "{letter}": await first("/cases?show=review", "tbody th a"),
    "{mail}": await first("/search?q=kettle&kind=message", ".hits a"),
    "{customer}": await first("/customers?q=a", "tbody th a"),
  };
  await visit.page.goto(`${base}/search?q=loyalty&kind=card`);
  const card = visit.page.locator(".hits a").first();
  found["{card}"] = (await card.count()) > 0 ? await card.getAttribute("href") : null;
  await visit.end();
  return found;
}

let known;
const checks = {};
for (const [name, who, path] of pages) {
  for (const width of [1280, 320]) {
    for (const dark of [false, true]) {
      const called = `${name} ${width} ${dark ? "dark" : "light"}`;
      checks[called] = async (browser) => {
        known ??= await places(browser);
        const at = path.replace(/\{\w+\}/, (place) => known[place] ?? "");
        if (at === "") return;
        const visit = await Visit.begin(browser, who, { width, dark });
        const { page } = visit;
        const answer = await page.goto(base + at);
        expect(answer.status() < 500, `${at} answers ${answer.status()}`);
        expect(name === "not-here" || answer.status() === 200, `${at} answers ${answer.status()}`);
        await page.waitForLoadState("networkidle").catch(() => {});
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(wide <= 0, `${at} is ${wide} pixels wider than the window`);
        await visit.shot(called.replaceAll(" ", "-"));
        // The policy lets no script in; the debugger's door is not the page's.
        await page.evaluate(axe);
        const { violations } = await page.evaluate((tags) => axe.run(document, { runOnly: tags }), TAGS);
        const told = violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
        expect(told.length === 0, told.join("\n"));
        const troubles = (await visit.end()).filter((trouble) => name !== "not-here" || !trouble.includes("404"));
        expect(troubles.length === 0, troubles.join("\n"));
      };
    }
  }
}

await run("pages", checks);
