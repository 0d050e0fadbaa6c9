// The review station: fields are fetched ahead with their pictures, so that the next one is there at
// once; every answer is sent as it is given, and what could not be sent waits in the browser.
"use strict";

(() => {
  const ASK_AGAIN = 120_000; // ms: a lease lasts five times as long
  const LOOK_AGAIN = 20_000; // ms: while nothing waits
  const SEND_AGAIN = 3_000; // ms
  const TYPING_PAUSE = 120; // ms without a key before the gazetteer is asked
  const MOST_UNDONE = 50;
  const MOST_CHOICES = 6;
  const HIGHEST = 0.38; // of the window: a field's picture leaves room for its page
  const LARGEST = 3; // times its pixels: more shows nothing more

  const by = (id) => document.getElementById(id);

  const post = async (path, body) => {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      redirect: "manual",
    });
    // Whoever is no longer signed in is sent to another page.
    if (answer.type === "opaqueredirect" || answer.status === 303) return { status: 303 };
    const told = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
    return { status: answer.status, told };
  };

  const keyOf = ({ document, name }) => `${document}/${name}`;

  // A crypto.randomUUID that also works where a page came without TLS.
  const newId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  // What was answered and is not known to be taken. It lies in the browser until it is, and no longer.
  class Outbox {
    constructor(user, told) {
      this.place = `postroom.unsent.${user}`;
      this.told = told;
      try {
        this.waiting = JSON.parse(localStorage.getItem(this.place)) ?? [];
      } catch {
        this.waiting = [];
      }
      this.sending = false;
    }

    keep() {
      try {
        if (this.waiting.length > 0) localStorage.setItem(this.place, JSON.stringify(this.waiting));
        else localStorage.removeItem(this.place);
      } catch {
        // Full or forbidden: the answers are still here while the page is.
      }
    }

    put(answer) {
      this.waiting.push(answer);
      this.keep();
      return this.flush();
    }

    async flush() {
      if (this.sending) return;
      this.sending = true;
      try {
        while (this.waiting.length > 0) {
          const answer = this.waiting[0];
          const { status, told } = await post("/review/answer", answer);
          if (status === 303 || status >= 500) {
            this.trouble(status === 303);
            return;
          }
          this.waiting.shift();
          this.keep();
          this.told.sent(answer, status, told);
        }
        this.told.unsent(0, false);
      } catch {
        this.trouble(false); // no connection
      } finally {
        this.sending = false;
      }
    }

    trouble(signedOut) {
      this.told.unsent(this.waiting.length, signedOut);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.flush(), SEND_AGAIN);
    }
  }

  const svg = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  // A picture with marks on it; `seen` is the part of the page that it shows.
  const paper = (source, size, seen, marks) => {
    const frame = document.createElement("div");
    frame.className = "paper";
    const image = new Image(size.w, size.h);
    image.alt = "";
    image.src = source;
    const over = svg("svg", { viewBox: `${seen.x} ${seen.y} ${seen.w} ${seen.h}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    for (const { x, y, w, h, kind } of marks) over.append(svg("rect", { x, y, width: w, height: h, class: kind, rx: 2 }));
    frame.append(image, over);
    // Decoded now, so that it is painted at once when its turn comes.
    image.decode().catch(() => frame.classList.add("missing"));
    return frame;
  };

  const noPaper = (words) => Object.assign(document.createElement("p"), { className: "no-paper", textContent: words });

  // What is shown of a field, made before its turn comes.
  const prepared = (item) => {
    const picture = item.picture;
    if (!picture) {
      item.crop = noPaper("It stands nowhere on the paper that is known: look for it.");
      item.around = noPaper("There is no picture of its page.");
      return item;
    }
    const { place, cut, doubtful } = picture;
    const boxes = doubtful.map((box) => ({ ...box, kind: "doubtful" }));
    const framed = item.input === "tick" ? [{ ...place, kind: "doubtful" }] : boxes;
    item.crop = paper(picture.field, cut, cut, framed);
    // It is small: painted with the words beside it, never after them.
    const image = item.crop.querySelector("img");
    image.decoding = "sync";
    image.fetchPriority = "high";
    item.around = paper(picture.page, { w: picture.width, h: picture.height },
      { x: 0, y: 0, w: picture.width, h: picture.height }, [{ ...place, kind: "place" }]);
    return item;
  };

  class Station {
    constructor(root) {
      this.root = root;
      this.keys = JSON.parse(root.dataset.keys);
      this.referred = root.dataset.referred === "1";
      this.queue = [];
      this.current = null;
      this.done = new Set(); // what was answered here: a list that was under way does not bring it back
      this.later = []; // left for later: not asked for until all else is done
      this.undone = []; // what came before, newest last
      this.form = by("answer");
      this.input = by("value");
      this.outbox = new Outbox(root.dataset.user, {
        sent: (...all) => this.sent(...all),
        unsent: (...all) => this.unsent(...all),
      });
      for (const answer of this.outbox.waiting) this.done.add(keyOf(answer));
      this.listen();
      this.begin();
    }

    async begin() {
      await this.outbox.flush();
      await this.fetchMore();
      setInterval(() => this.fetchMore(), ASK_AGAIN);
    }

    listen() {
      document.addEventListener("keydown", (event) => this.key(event));
      this.form.addEventListener("submit", (event) => event.preventDefault());
      document.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (!button) return;
        if (button.dataset.closes) return by(button.dataset.closes).close();
        if (button.id === "show-keys") return this.help();
        if (button.dataset.choice !== undefined) return this.pick(Number(button.dataset.choice));
        if (button.dataset.suggests !== undefined) return this.type(button.dataset.suggests);
        if (button.dataset.does && this.root.contains(button)) this.does(button.dataset.does);
      });
      this.input.addEventListener("input", () => this.typed());
      by("why").addEventListener("close", () => this.asked());
      window.addEventListener("resize", () => this.current && this.fit(this.current));
      window.addEventListener("online", () => this.outbox.flush());
      window.addEventListener("beforeunload", (event) => {
        if (this.outbox.waiting.length > 0) event.preventDefault();
      });
    }

    // Fields

    // One at a time; what is asked for meanwhile is asked for after it, since it may know more.
    fetchMore() {
      if (this.fetching) {
        this.fetchAgain = true;
        return this.fetching;
      }
      this.fetching = this.fetchOnce()
        .catch(() => this.trouble("The server does not answer; this page tries again by itself."))
        .finally(() => {
          this.fetching = null;
          if (!this.fetchAgain) return;
          this.fetchAgain = false;
          this.fetchMore();
        });
      return this.fetching;
    }

    async fetchOnce() {
      const { status, told } = await post("/review/lease", { referred: this.referred, but: this.later });
      if (status === 303) return this.unsent(this.outbox.waiting.length, true);
      if (this.signedOut) this.unsent(this.outbox.waiting.length, false);
      if (status !== 200) return this.trouble(told?.error ?? "The server does not answer; this page tries again by itself.");
      this.trouble(null);
      const known = new Set([...this.queue, this.current].filter(Boolean).map(keyOf));
      const left = new Set(this.later.map(([document, name]) => `${document}/${name}`));
      const fresh = told.items.filter((item) => {
        const key = keyOf(item);
        return !known.has(key) && !this.done.has(key) && !left.has(key);
      });
      this.queue.push(...fresh.map(prepared));
      by("waiting").textContent = told.waiting;
      if (this.current) return;
      if (this.queue.length > 0) return this.next();
      // What was left for later comes back when there is nothing else.
      if (this.later.length > 0) {
        this.later = [];
        this.fetchAgain = true;
        return;
      }
      this.show(null);
      clearTimeout(this.lookAgain);
      this.lookAgain = setTimeout(() => this.fetchMore(), LOOK_AGAIN);
    }

    next() {
      const item = this.queue.shift() ?? null;
      this.show(item);
    }

    show(item) {
      this.current = item;
      this.root.hidden = !item;
      by("nothing").hidden = Boolean(item);
      if (!item) return;
      this.shownAt = performance.now();
      this.touched = false;
      this.chosen = item.choices.indexOf(item.proposed ?? "");
      this.fit(item);
      by("crop").replaceChildren(item.crop);
      by("around").replaceChildren(item.around);
      this.words(item);
      const tick = item.input === "tick";
      by("text-input").hidden = tick;
      by("tick-input").hidden = !tick;
      by("tick-proposed").textContent = item.proposed ?? "like neither";
      this.input.value = item.kept ?? item.proposed ?? "";
      this.touched = item.kept !== undefined;
      this.choices(item);
      this.suggestions({ suggestions: [], note: null });
      if (item.help && this.input.value) this.ask();
      (tick ? by("field-label") : this.input).focus({ preventScroll: true });
      if (!tick) this.input.select();
      this.scrollTo(item);
      this.root.dataset.field = keyOf(item);
    }

    words(item) {
      const text = (id, words) => {
        by(id).textContent = words ?? "";
        by(id).hidden = !words;
      };
      text("document-kind", item.kind === "card" ? "On a card" : "On a letter");
      text("scan", item.scan);
      text("field-label", item.label);
      text("asked", { blind: "Key what stands there", contested: "Two people or machines differ: decide" }[item.asked]);
      text("referral", item.referral);
      text("about", item.about);
      text("reason", item.reason);
      text("how", item.how);
      const differs = item.as_read && item.as_read !== item.proposed;
      text("as-read", differs ? `Read sign by sign: ${item.as_read}` : null);
      text("error", item.error);
      item.error = null;
    }

    choices(item) {
      const list = by("choices");
      const shown = item.choices.length > 1 || (item.choices.length === 1 && item.choices[0] !== item.proposed);
      list.hidden = !shown;
      list.replaceChildren(...(shown ? item.choices : []).slice(0, MOST_CHOICES).map((choice, at) => {
        const line = document.createElement("li");
        const button = Object.assign(document.createElement("button"), { type: "button", tabIndex: -1 });
        button.dataset.choice = at;
        button.setAttribute("aria-pressed", String(at === this.chosen));
        if (!item.numeric) button.append(Object.assign(document.createElement("kbd"), { textContent: at + 1 }));
        button.append(choice);
        line.append(button);
        return line;
      }));
    }

    // The field's picture as large as there is room for.
    fit({ picture, crop }) {
      if (!picture) return;
      const { w, h } = picture.cut;
      const scale = Math.min(by("crop").clientWidth / w, (window.innerHeight * HIGHEST) / h, LARGEST);
      const image = crop.querySelector("img");
      [image.width, image.height] = [Math.floor(w * scale), Math.floor(h * scale)];
    }

    // The field in the middle of the page around it.
    scrollTo({ picture }) {
      const around = by("around");
      if (!picture) return;
      const scale = around.clientWidth / picture.width;
      const middle = (picture.place.y + picture.place.h / 2) * scale;
      around.scrollTop = middle - around.clientHeight / 2;
    }

    // Keys

    key(event) {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (by("keys").open || by("why").open) return;
      const typing = event.target === this.input;
      const elsewhere = !typing && event.target.closest("a, button, select, textarea, input, [tabindex='0']");
      if (elsewhere && event.key !== this.keys.help) return;
      if (event.key === "Escape" && typing) return this.input.blur();
      const does = Object.keys(this.keys).find((does) => this.keys[does].toLowerCase() === event.key.toLowerCase());
      const plain = event.key.length === 1;
      if (plain && typing && this.touched) return;
      // Shift and Tab go back through the page, as everywhere.
      if (does && !(event.shiftKey && !plain)) {
        const forTicks = does === "marked" || does === "empty";
        if (forTicks && this.current?.input !== "tick") return;
        event.preventDefault();
        if (!event.repeat || does.endsWith("choice")) this.does(does);
        return;
      }
      if (plain && /[1-9]/.test(event.key) && this.current && !this.current.numeric && !by("choices").hidden) {
        event.preventDefault();
        this.pick(Number(event.key) - 1);
      }
    }

    does(what) {
      if (what === "help") return this.help();
      if (what === "undo") return this.undo();
      if (!this.current) return;
      switch (what) {
        case "accept": return this.accept();
        case "later": return this.putOff();
        case "unreadable": return this.answer("unreadable", "");
        case "supervisor": return this.referred ? undefined : this.askWhy();
        case "marked": case "empty": return this.answer("value", what);
        case "next_choice": return this.step(1);
        case "previous_choice": return this.step(-1);
      }
    }

    accept() {
      const { input, proposed } = this.current;
      const value = input === "tick" ? proposed ?? "" : this.input.value.trim();
      if (!value) return this.wrong(input === "tick"
        ? "Nobody knows what it looks like: say whether it is marked or empty."
        : "Key what stands there first, or say that it is unreadable.");
      this.answer(value === proposed ? "proposed" : "value", value);
    }

    wrong(words) {
      by("error").textContent = words;
      by("error").hidden = false;
    }

    answer(says, value) {
      const item = this.current;
      const seconds = (performance.now() - this.shownAt) / 1000;
      const answer = { id: newId(), document: item.document, name: item.name, says, value, seconds };
      this.done.add(keyOf(item));
      this.remember({ item, how: "answered" });
      this.waitingLess();
      this.next();
      // The next field is on the screen before anything else is done.
      requestAnimationFrame(() => setTimeout(async () => {
        await this.outbox.put(answer);
        await this.fetchMore();
      }));
    }

    // What came of an answer.
    sent(answer, status, told) {
      if (status === 200) return;
      const key = keyOf(answer);
      const words = told?.error ?? "That was not taken.";
      const before = this.undone.findIndex((one) => keyOf(one.item) === key);
      const [one] = before >= 0 ? this.undone.splice(before, 1) : [];
      if (status === 422 && one) {
        // It is still theirs: it comes back with what was typed and what is wrong with it.
        this.done.delete(key);
        const item = prepared({ ...one.item, error: words });
        if (answer.says === "value" && item.input !== "tick") item.kept = answer.value;
        this.queue.unshift(item);
        if (!this.current) this.next();
        else this.trouble(`${item.label}: ${words} It comes again next.`);
      } else {
        this.trouble(words);
      }
    }

    putOff() {
      const item = this.current;
      this.later.push([item.document, item.name]);
      this.remember({ item, how: "later" });
      this.next();
      post("/review/later", { document: item.document, name: item.name })
        .catch(() => {}) // the lease ends by itself
        .then(() => this.fetchMore());
    }

    remember(one) {
      this.undone.push(one);
      if (this.undone.length > MOST_UNDONE) this.undone.shift();
    }

    async undo() {
      const one = this.undone.pop();
      if (!one) return this.trouble("There is nothing to undo.");
      await this.outbox.flush();
      if (this.outbox.waiting.length > 0) {
        this.undone.push(one);
        return;
      }
      const { item } = one;
      const { status, told } = await post("/review/again",
        { document: item.document, name: item.name, referred: this.referred }).catch(() => ({ status: 0 }));
      if (status !== 200) return this.trouble(told?.error ?? "The server does not answer: try again.");
      this.trouble(null);
      this.done.delete(keyOf(item));
      this.later = this.later.filter(([document, name]) => `${document}/${name}` !== keyOf(item));
      if (this.current) this.queue.unshift(this.current);
      this.show(prepared(told));
    }

    waitingLess() {
      const waiting = by("waiting");
      waiting.textContent = Math.max(0, Number(waiting.textContent) - 1);
    }

    // Choices and what the gazetteer says

    step(by_) {
      const { choices, numeric } = this.current;
      if (choices.length === 0) return this.stepSuggestion(by_);
      const last = Math.min(choices.length, MOST_CHOICES) - 1;
      const at = this.chosen < 0 ? (by_ > 0 ? 0 : last) : this.chosen + by_;
      this.pick(Math.min(Math.max(at, 0), last), numeric);
    }

    stepSuggestion(by_) {
      const buttons = [...by("help").querySelectorAll("button")];
      if (buttons.length === 0) return;
      const at = buttons.findIndex((button) => button.getAttribute("aria-pressed") === "true");
      const next = buttons[Math.min(Math.max(at + by_, 0), buttons.length - 1)];
      buttons.forEach((button) => button.setAttribute("aria-pressed", String(button === next)));
      this.type(next.dataset.suggests);
    }

    pick(at) {
      const value = this.current.choices[at];
      if (value === undefined) return;
      this.chosen = at;
      by("choices").querySelectorAll("button").forEach((button, number) => {
        button.setAttribute("aria-pressed", String(number === at));
      });
      this.type(value);
    }

    // A value that was picked stands in the line, as if nothing had been typed over it.
    type(value) {
      this.input.value = value;
      this.touched = false;
      this.input.focus({ preventScroll: true });
      this.input.select();
    }

    typed() {
      this.touched = true;
      this.chosen = -1;
      by("error").hidden = true;
      by("choices").querySelectorAll("button").forEach((button) => button.setAttribute("aria-pressed", "false"));
      if (!this.current?.help) return;
      clearTimeout(this.asking);
      this.asking = setTimeout(() => this.ask(), TYPING_PAUSE);
    }

    async ask() {
      const { help, document } = this.current;
      const text = this.input.value;
      const query = new URLSearchParams({ of: help, text, document });
      try {
        const answer = await fetch(`/review/suggest?${query}`, { redirect: "manual" });
        if (answer.ok && this.input.value === text) this.suggestions(await answer.json());
      } catch {
        // Help that does not come is missed by nobody for long.
      }
    }

    suggestions({ suggestions, note }) {
      const list = by("help");
      const typed = this.input.value;
      const lines = suggestions.map(({ value, says }) => {
        const line = document.createElement("li");
        const button = Object.assign(document.createElement("button"), { type: "button", tabIndex: -1 });
        button.dataset.suggests = value;
        button.setAttribute("aria-pressed", String(value === typed));
        button.append(value, Object.assign(document.createElement("span"), { className: "hint", textContent: says }));
        line.append(button);
        return line;
      });
      if (note) lines.push(Object.assign(document.createElement("li"), { className: "note", textContent: note }));
      list.replaceChildren(...lines);
      list.hidden = lines.length === 0;
    }

    // Dialogs

    askWhy() {
      const why = by("why");
      by("why-text").value = "";
      why.returnValue = "";
      why.showModal();
      by("why-text").focus();
    }

    asked() {
      const why = by("why-text").value.trim();
      if (by("why").returnValue === "yes" && why && this.current) this.answer("refer", why);
      else if (this.current) this.input.focus({ preventScroll: true });
    }

    help() {
      by("keys-error").hidden = true;
      by("keys").showModal();
    }

    // What is said above all

    unsent(count, signedOut) {
      const place = by("unsent");
      this.signedOut = signedOut;
      place.hidden = count === 0 && !signedOut;
      const answers = count === 1 ? "1 answer is" : `${count} answers are`;
      place.textContent = count > 0 ? `${answers} not sent yet; nothing is lost, and this page sends again by itself.` : "";
      if (!signedOut) return;
      const link = Object.assign(document.createElement("a"), { href: "/sign-in", target: "_blank", textContent: "Sign in again" });
      place.append(" You are no longer signed in. ", link, ", then come back to this page.");
    }

    trouble(words) {
      by("trouble").hidden = !words;
      by("trouble").textContent = words ?? "";
    }
  }

  // The keys themselves: a line takes the next key that is pressed.
  const changeKeys = (station) => {
    const form = by("keys-form");
    const lines = [...form.querySelectorAll("input")];
    form.addEventListener("keydown", (event) => {
      if (!event.target.matches("input")) return;
      // Tab goes through the lines; it is the usual key of one of them, and comes back by its button.
      if (["Escape", "Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
      if (event.key === "Tab") return;
      event.preventDefault();
      event.target.value = event.key;
    });
    by("keys-standard").addEventListener("click", () => {
      lines.forEach((line) => { line.value = line.dataset.standard; });
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const keys = Object.fromEntries(lines.map((line) => [line.name, line.value]));
      const { status, told } = await post("/review/keys", keys).catch(() => ({ status: 0 }));
      if (status !== 204) {
        by("keys-error").textContent = told?.error ?? "The server does not answer: try again.";
        by("keys-error").hidden = false;
        return;
      }
      station.keys = keys;
      const caps = { ArrowDown: "↓", ArrowUp: "↑" };
      document.querySelectorAll("[data-key-of]").forEach((cap) => {
        const key = keys[cap.dataset.keyOf];
        cap.textContent = caps[key] ?? key;
      });
      by("keys").close();
    });
  };

  // Single characters on one sheet: arrows go from box to box.
  const sheet = (form) => {
    const boxes = [...form.querySelectorAll(".tile input")];
    boxes[0]?.focus();
    form.addEventListener("keydown", (event) => {
      const at = boxes.indexOf(event.target);
      if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "Enter") {
        event.preventDefault();
        return form.requestSubmit();
      }
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const to = step ? boxes[at + step] : overOrUnder(boxes, at, event.key);
      if (!to) return;
      event.preventDefault();
      to.focus();
    });
  };

  // The nearest box of the row above or below.
  const overOrUnder = (boxes, at, key) => {
    const down = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (!down) return null;
    const here = boxes[at].getBoundingClientRect();
    let best = null;
    for (const box of boxes) {
      const there = box.getBoundingClientRect();
      const rows = (there.top - here.top) * down;
      if (rows < 4) continue;
      const far = rows * 1000 + Math.abs(there.left - here.left);
      if (!best || far < best.far) best = { box, far };
    }
    return best?.box ?? null;
  };

  const root = by("station");
  if (root) changeKeys(new Station(root));
  const tiles = by("sheet");
  if (tiles) sheet(tiles);
})();
