// The clerk's journey in a real browser, by keyboard alone.
//
//   node tests/web/review.mjs BASE NAME PASSWORD [--measure N]
//
// The user is a clerk, and fields wait in the store. Fields are settled by it: give it a store of its
// own. Ends with 1 when something is wrong: a console error, a refused script or style, a key that
// does not do what docs/web.md says. With --measure it answers N fields first, and prints how long the
// next one took to be on the screen. CHROMIUM names the browser [/usr/bin/chromium]; pictures of the
// pages go into POSTROOM_SHOTS, where that is set; PAUSE is the time between two answers that are measured, in ms [1500].

import process from "node:process";
import { chromium } from "playwright-core";

const [base, name, password, flag, count] = process.argv.slice(2);
if (!password) {
  console.error("usage: node tests/web/review.mjs BASE NAME PASSWORD [--measure N]");
  process.exit(2);
}

const faults = [];
const check = (right, words) => {
  if (!right) faults.push(words);
  console.log(`${right ? "ok  " : "FAIL"} ${words}`);
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
const page = await context.newPage();
page.setDefaultTimeout(15_000);
// What the browser says of an answer that we ask for on purpose is no fault.
const expected = [];
page.on("console", (message) => {
  if (message.type() !== "error") return;
  const known = expected.some((words) => message.text().includes(words));
  if (!known) faults.push(`console: ${message.text()}`);
});
page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
await page.addInitScript(() => {
  document.addEventListener("securitypolicyviolation", (event) => {
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
  });
});

const press = (key) => page.keyboard.press(key);
const shot = async (what) => {
  if (process.env.POSTROOM_SHOTS) await page.screenshot({ path: `${process.env.POSTROOM_SHOTS}/review-${what}.png` });
};
const state = () => page.evaluate(() => {
  const shown = (id) => {
    const element = document.getElementById(id);
    return element && !element.closest("[hidden]") ? (element.value ?? element.textContent) : null;
  };
  return {
    field: document.getElementById("station").dataset.field,
    hidden: document.getElementById("station").hidden,
    label: shown("field-label"),
    value: shown("value"),
    error: shown("error"),
    trouble: shown("trouble"),
    unsent: shown("unsent"),
    waiting: Number(shown("waiting")),
    tick: shown("tick-proposed"),
  };
});
const other = (before) => page.waitForFunction(
  (before) => document.getElementById("station").dataset.field !== before || document.getElementById("station").hidden,
  before.field);
// Every answer has been sent and is taken.
const sent = () => page.waitForFunction(
  (user) => localStorage.getItem(`postroom.unsent.${user}`) === null, name);
// Leaves fields for later until one of this sort is there.
const until = async (sort) => {
  for (let tries = 0; tries < 80; tries += 1) {
    const now = await state();
    if (now.hidden || sort(now)) return now;
    await press("Tab");
    await page.waitForTimeout(60);
    if ((await state()).field === now.field) await page.waitForTimeout(400);
  }
  return state();
};

await page.goto(`${base}/sign-in`);
await page.keyboard.type(name);
await press("Tab");
await page.keyboard.type(password);
await press("Enter");
await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
await page.goto(`${base}/review`);
await page.waitForSelector("#station:not([hidden])");
await page.waitForTimeout(800);
await shot("station");

if (flag === "--measure") await measure(Number(count ?? 40));

// A text with a proposal or without: typed over, accepted.
const text = (now) => now.value !== null;
let now = await until(text);
check(now.value !== null, "a field with a line to type in is there");
check(await page.evaluate(() => document.activeElement.id === "value"), "the line has the focus");

// The keys, by a key; and away again.
await press("?");
check(await page.locator("#keys").evaluate((dialog) => dialog.open), "? shows the keys");
await shot("keys");
await press("Escape");
check(await page.locator("#keys").evaluate((dialog) => !dialog.open), "Esc closes them");

// Nothing in the line is no answer.
await page.focus("#value");
await press("Control+a");
await press("Delete");
await press("Enter");
check((await state()).error?.includes("Key what stands there"), "an empty line is refused with words");

// What is no value comes back with why.
expected.push("422");
now = await state();
await page.keyboard.type("!!");
await press("Enter");
await page.waitForFunction(() => {
  const said = ["error", "trouble"].map((id) => document.getElementById(id));
  return said.some((place) => !place.hidden && /it has|it must|looks like|is written/i.test(place.textContent));
});
let after = await state();
check([after.error, after.trouble].some((words) => words?.length > 10), `what is no value is refused: ${after.error ?? after.trouble}`);
await sent();

// Leaving for later, and back.
now = await until(text);
const left = now.field;
await press("Tab");
await other(now);
await press("F2");
await page.waitForFunction((left) => document.getElementById("station").dataset.field === left, left);
check(true, "Tab leaves a field for later, F2 brings it back");

// Unreadable, and undone.
now = await state();
await press("F8");
await other(now);
await sent();
await press("F2");
await page.waitForFunction((field) => document.getElementById("station").dataset.field === field, now.field).catch(() => {});
after = await state();
const blind = after.trouble?.includes("stays as it was keyed");
check(after.field === now.field || blind, "F2 brings back what was settled, unless it was keyed blind");

// A supervisor is asked, with a reason.
now = await until((state) => !state.hidden);
await press("F4");
check(await page.locator("#why").evaluate((dialog) => dialog.open), "F4 asks why");
await press("Escape");
check((await state()).field === now.field, "Esc leaves the field where it is");
await press("F4");
await page.keyboard.type("written over twice");
await press("Enter");
await other(now);
await sent();
check((await state()).field !== now.field, "a reason and Enter leave it to a supervisor");

// Without the server, answers wait in the browser, and are taken once it is back.
expected.push("ERR_INTERNET_DISCONNECTED");
now = await until((state) => state.value || state.tick);
if (!now.hidden) {
  await context.setOffline(true);
  await press("F8");
  await other(now);
  await page.waitForFunction(() => !document.getElementById("unsent").hidden);
  check((await state()).unsent.includes("1 answer is not sent yet"), "what is not sent yet is told");
  const kept = await page.evaluate((user) => localStorage.getItem(`postroom.unsent.${user}`), name);
  check(JSON.parse(kept).length === 1, "and waits in the browser");
  await context.setOffline(false);
  await sent();
  await page.waitForFunction(() => document.getElementById("unsent").hidden);
  check(true, "it is sent once the server is back, and nothing of it stays");
}

// A box to tick, by its letter.
now = await until((state) => state.tick !== null);
if (now.tick !== null && !now.hidden) {
  await shot("tick");
  await press("e");
  await other(now);
  await sent();
  check(true, "a box to tick is settled by one key");
}

// All others, to the end of what there is or thirty of them; what was left for later comes back.
await page.waitForSelector("#station:not([hidden])").catch(() => {});
let settled = 0;
for (let tries = 0; tries < 30; tries += 1) {
  now = await state();
  if (now.hidden) break;
  if (now.value || (now.tick && now.tick !== "like neither")) await press("Enter");
  else await press("F8");
  await other(now);
  await sent();
  settled += 1;
}
check(settled > 0 || (await state()).hidden, `${settled} fields more by Enter and F8`);
await page.waitForTimeout(500);
await shot("end");

// The sheet and the sheets.
for (const path of ["/review/sheet", "/sheets"]) {
  const answer = await page.goto(base + path);
  check(answer.status() === 200, `${path} opens`);
  await page.waitForTimeout(300);
  await shot(path.replaceAll("/", "-").slice(1));
}

await browser.close();
if (faults.length > 0) {
  console.error(`\n${faults.length} wrong:\n  ${faults.join("\n  ")}`);
  process.exit(1);
}
console.log("\nThe clerk's journey is as it should be.");

// From the key to the paint of the next field with its picture.
async function measure(count) {
  await page.evaluate(() => {
    window.painted = [];
    let began = null;
    window.addEventListener("keydown", (event) => {
      if (event.key === "F8" || event.key === "Enter") began = performance.now();
    }, true);
    new MutationObserver(() => {
      const from = began;
      if (from === null) return;
      began = null;
      const image = document.querySelector("#crop img");
      const ready = !image || image.complete ? Promise.resolve() : image.decode().catch(() => {});
      // What comes after a frame's own callback comes after its paint.
      ready.then(() => requestAnimationFrame(() => {
        const after = new MessageChannel();
        after.port1.onmessage = () => window.painted.push(performance.now() - from);
        after.port2.postMessage(null);
      }));
    }).observe(document.getElementById("station"), { attributeFilter: ["data-field"] });
  });
  for (let at = 0; at < count; at += 1) {
    const now = await state();
    if (now.hidden) break;
    await press(now.value || (now.tick && now.tick !== "like neither") ? "Enter" : "F8");
    await other(now);
    await page.waitForTimeout(Number(process.env.PAUSE ?? 1500)); // ms: nobody reads much faster
  }
  const all = (await page.evaluate(() => window.painted)).sort((one, two) => one - two);
  const at = (share) => all[Math.min(all.length - 1, Math.floor(all.length * share))]?.toFixed(1);
  console.log(`next field on the screen, of ${all.length}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`);
  check(all.length > 0 && Number(at(0.95)) <= 50, "the next field is there within 50 ms (p95)");
}
