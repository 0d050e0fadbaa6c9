// A browser with somebody signed in. What goes wrong unseen, errors on the console, reports of the
// content security policy, requests to anywhere else, is kept and fails the test that caused it.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

export const base = process.env.POSTROOM_BASE ?? "http://127.0.0.1:8025";
export const password = process.env.POSTROOM_PASSWORD ?? "four plain words here";
const shots = process.env.POSTROOM_SHOTS ?? "target/web-shots";
mkdirSync(shots, { recursive: true });

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--lang=en-GB"],
  });

export class Visit {
  static async begin(browser, name, { width = 1280, height = 800, dark = false } = {}) {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? "dark" : "light",
      locale: "en-GB",
    });
    const visit = new Visit();
    visit.context = context;
    visit.page = await context.newPage();
    visit.troubles = [];
    visit.watch(visit.page);
    if (name) await visit.signIn(name);
    return visit;
  }

  watch(page) {
    page.on("console", (message) => {
      if (message.type() === "error") this.troubles.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.troubles.push(`script: ${error.message}`));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(base) && !/^(data|blob|about):/.test(url)) {
        this.troubles.push(`asked elsewhere: ${url}`);
      }
    });
  }

  async signIn(name) {
    await this.page.goto(`${base}/sign-in`);
    await this.page.fill("#name", name);
    await this.page.fill("#password", password);
    await Promise.all([
      this.page.waitForURL((url) => !url.pathname.startsWith("/sign-in")),
      this.page.keyboard.press("Enter"),
    ]);
  }

  async shot(name) {
    await this.page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
  }

  // Ends the visit; says what went wrong unseen.
  async end() {
    await this.context.close();
    return this.troubles;
  }
}

// Runs named checks one after another, tells each, and ends the program by what they came to.
export async function run(title, checks) {
  const browser = await launch();
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check(browser);
      console.log(`ok      ${title}: ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${title}: ${name}\n        ${String(error.stack ?? error).split("\n").slice(0, 12).join("\n        ")}`);
    }
  }
  await browser.close();
  process.exitCode = failed > 0 ? 1 : 0;
}

export function expect(what, told) {
  if (!what) throw new Error(told);
}

// Presses Tab until the element in focus is the one that is wanted: what cannot be reached so cannot
// be used without a mouse.
export async function tabTo(page, selector, most = 120) {
  for (let step = 0; step < most; step += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
  }
  throw new Error(`${selector} is not reached by Tab within ${most} steps`);
}
