// An agent's morning by keyboard alone: a letter is on screen at once, a word leads to its place,
// a note is written, a reply goes out after a look at it, the case is closed.
import { base, expect, run, tabTo, Visit } from "./lib.mjs";

await run("agent", {
  "a letter is read, noted on, answered and closed without a mouse": async (browser) => {
    const visit = await Visit.begin(browser, "mary");
    const { page } = visit;
    await page.goto(`${base}/cases?show=review`);
    await tabTo(page, "tbody th a");
    const reference = await page.evaluate(() => document.activeElement.textContent);
    await page.keyboard.press("Enter");
    await page.waitForURL(new RegExp(`/cases/${reference}`));

    // The page is there at once, and the viewer takes it over.
    await page.waitForSelector(".viewer.open", { timeout: 10_000 });
    await tabTo(page, "[data-does=in]");
    await page.keyboard.press("Enter");
    await tabTo(page, "[data-does=right]");
    await page.keyboard.press("Enter");

    // A value leads to its place on the page.
    await tabTo(page, "button.value");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".place-mark");
    await visit.shot("agent-1-letter");

    // A note.
    await page.goto(`${base}/cases/${reference}`);
    await tabTo(page, ".actions summary");
    await page.keyboard.press("Enter");
    await tabTo(page, "#note-text");
    await page.keyboard.type("Rang them: they are at home after four.");
    await page.keyboard.press("Tab");
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    expect((await page.textContent(".items")).includes("after four"), "the note is not on the timeline");

    // The case is taken, then answered.
    await tabTo(page, "a.primary");
    await Promise.all([page.waitForURL(/reply$/), page.keyboard.press("Enter")]);
    await page.waitForSelector("#preview dl, #preview .alert");
    await tabTo(page, "#text");
    await page.keyboard.type("We are sending you another one tomorrow.");
    await page.waitForFunction(() => /tomorrow|Nobody knows/.test(document.querySelector("#preview").textContent));
    await visit.shot("agent-2-reply");

    // Closed.
    await page.goto(`${base}/cases/${reference}`);
    await page.evaluate(() => document.querySelector("#main").focus());
    await tabTo(page, ".actions details:last-of-type summary");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    await page.goto(`${base}/cases/${reference}`);
    expect((await page.textContent(".case-head")).includes("closed"), "the case is not closed");
    expect((await visit.end()).length === 0, visit.troubles.join("\n"));
  },

  "an e-mail is answered by e-mail": async (browser) => {
    const visit = await Visit.begin(browser, "mary");
    const { page } = visit;
    await page.goto(`${base}/search?q=kettle&kind=message`);
    await tabTo(page, ".hits a");
    await page.keyboard.press("Enter");
    await page.waitForSelector("article.message mark");
    await tabTo(page, ".case-head a.primary");
    await Promise.all([page.waitForURL(/reply$/), page.keyboard.press("Enter")]);
    await tabTo(page, "#template");
    await page.keyboard.type("explanation");
    await tabTo(page, "#text");
    await page.keyboard.type("The lid was from a bad batch; a new one is on its way.");
    await page.waitForFunction(() => document.querySelector("#preview").textContent.includes("bad batch"));
    await tabTo(page, "#reply button.primary");
    await Promise.all([page.waitForURL(/item=/), page.keyboard.press("Enter")]);
    expect((await page.textContent("#pane")).includes("bad batch"), "the reply is not on the case");
    await visit.shot("agent-3-answered");
    expect((await visit.end()).length === 0, visit.troubles.join("\n"));
  },

  "a document is moved to another case and back": async (browser) => {
    const visit = await Visit.begin(browser, "mary");
    const { page } = visit;
    await page.goto(`${base}/cases?show=review`);
    const path = await page.locator("tbody th a").nth(2).getAttribute("href");
    await page.goto(base + path);
    await tabTo(page, ".moving summary");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type("new");
    await page.keyboard.press("Tab");
    await page.keyboard.type("another person wrote it");
    await page.keyboard.press("Tab");
    await Promise.all([page.waitForURL(/moved=/), page.keyboard.press("Enter")]);
    await tabTo(page, "form.said button");
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    await page.goto(base + path);
    await page.waitForSelector(".viewer");
    expect((await visit.end()).length === 0, visit.troubles.join("\n"));
  },
});
