// HTML mail in a real browser: nothing in it runs, and nothing is fetched. The vectors are made here,
// from the ways in which HTML runs scripts, fetches, sends forms and leaves its frame; each is a
// message of its own that was taken in as post is.
import { mkdirSync, writeFileSync } from "node:fs";
import { base, expect, run, Visit } from "./lib.mjs";

const CALL = "window.top.ran=1;window.ran=1;fetch('http://tracker.invalid/ran')";
const AWAY = "http://tracker.invalid/seen";

// Handlers on elements that load, fail, move, focus or are clicked by themselves.
const handlers = ["onload", "onerror", "onfocus", "onmouseover", "onclick", "onanimationstart", "ontoggle", "onbegin", "onpointerover", "onscroll", "onwheel", "oncopy", "onbeforeinput", "onpageshow", "onhashchange"];
const holders = [
  (h) => `<img src=x ${h}="${CALL}">`,
  (h) => `<svg ${h}="${CALL}"><animate attributeName=x dur=1s></svg>`,
  (h) => `<body ${h}="${CALL}">`,
  (h) => `<details open ${h}="${CALL}"><summary>x</summary></details>`,
  (h) => `<input autofocus ${h}="${CALL}">`,
];
const running = [
  ...handlers.flatMap((h) => holders.map((hold) => hold(h))),
  ...["script", "SCRIPT", "ScRiPt", "script/x", "script\n", "svg/script", "svg><script", "math><script"].map((tag) => `<${tag}>${CALL}</script>`),
  ...["javascript:", "JaVaScRiPt:", " javascript:", "java\tscript:", "java\nscript:", "&#106;avascript:", "&#x6a;avascript:", "vbscript:", "data:text/html,<script>", "\u0001javascript:"].flatMap((scheme) => [
    `<a href="${scheme}${CALL}" id=go>go</a>`,
    `<iframe src="${scheme}${CALL}"></iframe>`,
    `<form action="${scheme}${CALL}"><button id=go>go</button></form>`,
  ]),
  `<iframe srcdoc="<script>${CALL}</script>"></iframe>`,
  `<object data="data:text/html,<script>${CALL}</script>"></object>`,
  `<embed src="data:text/html,<script>${CALL}</script>">`,
  `<noscript><p title="</noscript><img src=x onerror=${CALL}>">`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${CALL}&gt;">`,
  `<svg></p><style><a id="</style><img src=1 onerror=${CALL}>">`,
  `<form><math><mtext></form><form><mglyph><style></math><img src onerror=${CALL}>`,
  `<template><script>${CALL}</script></template>`,
  `<xmp><img title="</xmp><img src=x onerror=${CALL}>"></xmp>`,
  `<title><img title="</title><img src=x onerror=${CALL}>"></title>`,
  `<style>@import 'javascript:${CALL}';</style>`,
  `<div style="width:expression(${CALL});behavior:url(x.htc)">x</div>`,
  `<base href="javascript:${CALL}//"><a href="x" id=go>go</a>`,
  `<meta http-equiv=refresh content="0;url=javascript:${CALL}">`,
  `<isindex action="javascript:${CALL}" type=image>`,
  `<a href="x" target=_top id=go onclick="${CALL}">go</a>`,
  `<portal src="javascript:${CALL}"></portal>`,
  `<img src="x\` \`<script>${CALL}</script>"\` \`>`,
];
const fetching = [
  ...["img src", "img srcset", "input type=image src", "video poster", "audio src", "video src", "source src", "track src", "embed src", "object data", "iframe src", "frame src", "body background", "table background", "td background", "link rel=stylesheet href", "link rel=prefetch href", "link rel=preload as=image href", "link rel=dns-prefetch href", "link rel=icon href", "script src", "svg><image href", "svg><use href", "svg><feImage href", "image src", "bgsound src", "applet code", "layer src", "ilayer src", "html manifest", "img lowsrc", "img dynsrc", "portal src", "blockquote cite"].map((at) => `<${at}="${AWAY}">`),
  ...["//tracker.invalid/x", "\\\\tracker.invalid\\x", "https:tracker.invalid", "http:/tracker.invalid/x", "ftp://tracker.invalid/x", "&#104;ttp://tracker.invalid/x", "ws://tracker.invalid/x", "cid:nobody", "file:///etc/passwd"].map((to) => `<img src="${to}">`),
  ...["background:url", "background-image:url", "list-style-image:url", "border-image:url", "cursor:url", "content:url", "mask:url", "filter:url", "shape-outside:url", "src:url"].map((css) => `<p style="${css}(${AWAY})">x</p><style>p{${css}(${AWAY})} @font-face{font-family:x;src:url(${AWAY})} p{font-family:x}</style>`),
  `<style>@import url(${AWAY});</style>`,
  `<style>@import "${AWAY}";</style>`,
  `<meta http-equiv=refresh content="0;url=${AWAY}">`,
  `<meta http-equiv=Link content="<${AWAY}>; rel=stylesheet">`,
  `<a href="x" ping="${AWAY}" id=go>go</a>`,
  `<form action="${AWAY}" id=f><input name=a autofocus></form><button form=f id=go>go</button>`,
  `<picture><source srcset="${AWAY}"><img src="${AWAY}"></picture>`,
  `<svg><style>@import url(${AWAY});</style><rect style="fill:url(${AWAY})"/></svg>`,
  `<table><tr><td background="${AWAY}">x</td></tr></table>`,
  `<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='${CALL}'><image href='${AWAY}'/></svg>">`,
];
// Ways out of quotes and comments, and of what a cleaner takes for the end of something.
const breaking = [
  `<!--><script>${CALL}</script>-->`,
  `<!--[if gte IE 4]><script>${CALL}</script><![endif]-->`,
  `<![CDATA[<script>${CALL}</script>]]>`,
  `<p title='"><script>${CALL}</script>'>x</p>`,
  `<textarea></textarea><script>${CALL}</script>`,
  `<select><option></select><img src=x onerror="${CALL}">`,
  `<iframe></iframe><img src=x onerror="${CALL}">`,
  `<plaintext><script>${CALL}</script>`,
  `<a href="data:text/html;base64,PHNjcmlwdD53aW5kb3cucmFuPTE8L3NjcmlwdD4=" id=go>go</a>`,
  `<svg><a xlink:href="javascript:${CALL}"><text id=go>go</text></a></svg>`,
  `<svg><set attributeName=onmouseover to="${CALL}"></svg>`,
  `<math href="javascript:${CALL}" id=go>go</math>`,
];
const vectors = [...running, ...fetching, ...breaking];

// `node mail.mjs write DIR`: the messages, for `postroom mail import`.
if (process.argv[2] === "write") {
  const folder = process.argv[3];
  mkdirSync(folder, { recursive: true });
  vectors.forEach((vector, at) => {
    const name = String(at).padStart(3, "0");
    const head = [`From: Vector ${name} <v${name}@vectors.invalid>`, "To: care@hartwell.example", `Subject: vector ${name}`, `Message-ID: <v${name}@vectors.invalid>`, "Date: Mon, 30 Nov 2026 10:00:00 +0000", "MIME-Version: 1.0", "Content-Type: text/html; charset=utf-8"];
    writeFileSync(`${folder}/${name}.eml`, `${head.join("\r\n")}\r\n\r\n<html><body><p>vectorword ${at % 2 ? "odd" : "even"}</p>${vector}<p>the end</p></body></html>\r\n`);
  });
  console.log(`${vectors.length} messages`);
  process.exit(0);
}

await run("mail", {
  [`${vectors.length} ways of running and tracking do nothing`]: async (browser) => {
    expect(vectors.length >= 200, `there are ${vectors.length} vectors`);
    const visit = await Visit.begin(browser, "mary");
    const { page } = visit;
    page.on("dialog", (dialog) => { visit.troubles.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    const hits = [];
    // A search shows 200 at most.
    for (const word of ["even", "odd"]) {
      await page.goto(`${base}/search?q=vectorword+${word}&kind=message`);
      hits.push(...(await page.locator(".hits a").evaluateAll((links) => links.map((link) => link.getAttribute("href")))));
    }
    expect(hits.length === vectors.length, `${hits.length} of ${vectors.length} messages are found`);
    for (const hit of hits) {
      const id = new URL(hit, base).searchParams.get("item");
      await page.goto(`${base}/messages/${id}/html`);
      const text = await page.evaluate(() => document.body.innerText);
      expect(text.includes("vectorword"), `${id} shows nothing`);
      // Whoever clicks what can be clicked stays unseen too: links leave only by a person's own hand.
      const ran = await page.evaluate(() => {
        const bad = document.querySelectorAll("script, iframe, object, embed, form, input, button, style, [style], base:not([target]), meta[http-equiv]");
        const hosts = [...document.querySelectorAll("[src], [href]")].map((one) => one.getAttribute("src") ?? one.getAttribute("href"));
        const unsafe = hosts.filter((to) => !/^(https?:|mailto:|tel:|data:image\/|\/assets\/)/i.test(to));
        return [window.ran, bad.length, unsafe.join(" ")].filter(Boolean).join(", ");
      });
      expect(ran === "", `${id}: ${ran}`);
    }
    // And in the frame on its case, beside everything else of ours.
    for (const hit of hits.slice(0, 40)) {
      await page.goto(base + hit);
      await page.click(".as-sent summary");
      await page.waitForTimeout(50);
      expect(!(await page.evaluate(() => window.ran)), `${hit} ran on the page`);
    }
    expect((await visit.end()).length === 0, [...new Set(visit.troubles)].slice(0, 10).join("\n"));
  },
});
