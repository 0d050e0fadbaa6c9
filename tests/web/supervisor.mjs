// A supervisor's morning by keyboard alone: did the night balance, who is late, how good are the readings.
import { base, expect, run, tabTo, Visit } from "./lib.mjs";

await run("supervisor", {
  "the morning leads from the night to who is late": async (browser) => {
    const visit = await Visit.begin(browser, "mary");
    const { page } = visit;
    await tabTo(page, ".bar nav a[href='/morning']");
    await Promise.all([page.waitForURL(/morning/), page.keyboard.press("Enter")]);
    expect((await page.textContent(".tiles")).includes("every sheet accounted for"), "the night does not balance");
    await visit.shot("supervisor-1-morning");
    await tabTo(page, "tbody th a");
    await Promise.all([page.waitForURL(/cases\?team=/), page.keyboard.press("Enter")]);
    expect((await page.locator("tbody tr").count()) > 0, "the team has no case");
    await tabTo(page, ".bar nav a[href='/quality']");
    await Promise.all([page.waitForURL(/quality/), page.keyboard.press("Enter")]);
    await visit.shot("supervisor-2-quality");
    expect((await visit.end()).length === 0, visit.troubles.join("\n"));
  },

  "an administrator makes a user, who chooses a password": async (browser) => {
    const visit = await Visit.begin(browser, "boss");
    const { page } = visit;
    await page.goto(`${base}/users`);
    const name = `new${Date.now() % 100000}`;
    await tabTo(page, "section input[name=name]");
    await page.keyboard.type(name);
    await page.keyboard.press("Tab");
    await page.keyboard.type("New Person");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await tabTo(page, "section button.primary");
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    const given = await page.textContent(".said code");
    expect((await visit.end()).length === 0, visit.troubles.join("\n"));

    const other = await Visit.begin(browser, null);
    await other.page.goto(`${base}/sign-in`);
    await other.page.keyboard.type(name);
    await other.page.keyboard.press("Tab");
    await other.page.keyboard.type(given);
    await Promise.all([other.page.waitForURL(/password/), other.page.keyboard.press("Enter")]);
    await other.page.keyboard.type(given);
    await other.page.keyboard.press("Tab");
    await other.page.keyboard.type("another plain sentence");
    await other.page.keyboard.press("Tab");
    await other.page.keyboard.type("another plain sentence");
    await Promise.all([other.page.waitForURL(/cases/), other.page.keyboard.press("Enter")]);
    expect((await other.end()).length === 0, other.troubles.join("\n"));
  },
});
