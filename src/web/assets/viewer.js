// The page viewer: a plain picture becomes one that can be zoomed, moved and turned by mouse and
// keyboard; a word in the text shows its place on the page, and the other way round; a box drawn on
// the page takes a note.
"use strict";

(() => {
  const LEAST_BOX = 8; // pixels of the image: anything smaller is a slip of the hand

  // The library adds a style sheet of its own unless an element of this name is there. Our policy
  // refuses styles in a page: an element that only has the name stands in for it.
  const standIn = document.createElementNS("urn:postroom", "style");
  standIn.setAttribute("data-openseadragon-mobile-css", "true");
  document.head.append(standIn);

  const parse = (text) => {
    const [x, y, w, h] = text.split(",").map(Number);
    return { x, y, w, h };
  };

  class Viewer {
    constructor(root) {
      this.root = root;
      this.pane = root.closest("article") ?? document;
      this.stage = root.querySelector(".viewer-stage");
      this.size = { w: Number(root.dataset.width), h: Number(root.dataset.height) };
      const image = this.stage.querySelector("img");
      this.osd = OpenSeadragon({
        element: this.stage,
        tileSources: { type: "image", url: root.dataset.source, buildPyramid: true },
        showNavigationControl: false,
        animationTime: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 0.25,
        visibilityRatio: 0.2,
        minZoomImageRatio: 0.5,
        maxZoomPixelRatio: 3,
        gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true, scrollToZoom: true },
        crossOriginPolicy: false,
        drawer: "canvas",
      });
      this.osd.addHandler("open", () => {
        image?.remove();
        this.root.classList.add("open");
        this.layNotes();
        this.showFirstHit();
      });
      this.osd.addHandler("canvas-click", (event) => event.quick && this.clicked(event.position));
      root.querySelector(".viewer-tools").hidden = false;
      root.querySelector(".viewer-tools").addEventListener("click", (event) => {
        const does = event.target.closest("button")?.dataset.does;
        if (does) this.tool(does, event.target.closest("button"));
      });
      this.pane.addEventListener("click", (event) => {
        const place = event.target.closest("[data-box]");
        if (place && !root.contains(place)) this.show(parse(place.dataset.box), place);
      });
    }

    tool(does, button) {
      const port = this.osd.viewport;
      switch (does) {
        case "in": port.zoomBy(1.4); break;
        case "out": port.zoomBy(1 / 1.4); break;
        case "fit": port.goHome(); break;
        case "width": port.fitHorizontally(); break;
        case "left": port.setRotation(port.getRotation() - 90); break;
        case "right": port.setRotation(port.getRotation() + 90); break;
        case "note": this.drawNote(button); break;
      }
      port.applyConstraints();
    }

    // The place on the image of a point on the screen.
    onImage(point) {
      return this.osd.viewport.viewerElementToImageCoordinates(point);
    }

    rectOf({ x, y, w, h }) {
      return this.osd.viewport.imageToViewportRectangle(x, y, w, h);
    }

    // Shows where something stands: brings it into view where it is not, and frames it.
    show(box, from) {
      this.frame?.remove();
      const frame = document.createElement("div");
      frame.className = "place-mark";
      this.osd.addOverlay({ element: frame, location: this.rectOf(box) });
      this.frame = { remove: () => this.osd.removeOverlay(frame) };
      const port = this.osd.viewport;
      const rect = this.rectOf(box);
      const seen = port.getBounds();
      if (!seen.containsPoint(rect.getTopLeft()) || !seen.containsPoint(rect.getBottomRight())) {
        port.panTo(rect.getCenter());
      }
      this.pane.querySelectorAll(".shown").forEach((old) => old.classList.remove("shown"));
      from?.classList.add("shown");
    }

    // A word on the page shows itself in the text.
    clicked(position) {
      const at = this.onImage(position);
      const words = [...this.pane.querySelectorAll(".text .w[data-box]")];
      const word = words.find((word) => {
        const { x, y, w, h } = parse(word.dataset.box);
        return at.x >= x && at.x <= x + w && at.y >= y && at.y <= y + h;
      });
      if (!word) return;
      this.show(parse(word.dataset.box), word);
      word.scrollIntoView({ block: "nearest" });
    }

    showFirstHit() {
      const hits = [...this.pane.querySelectorAll(".text .hit")];
      for (const hit of hits) {
        const mark = document.createElement("div");
        mark.className = "hit-mark";
        this.osd.addOverlay({ element: mark, location: this.rectOf(parse(hit.dataset.box)) });
      }
      if (hits.length > 0) hits[0].scrollIntoView({ block: "nearest" });
    }

    layNotes() {
      this.root.querySelectorAll(".note-on-page").forEach((note) => {
        const box = document.createElement("div");
        box.className = "note-mark";
        box.title = `${note.textContent} (${note.dataset.by})`;
        this.osd.addOverlay({ element: box, location: this.rectOf(parse(note.dataset.box)) });
      });
    }

    // The next drag draws a box; then a form asks what to write on it.
    drawNote(button) {
      const old = this.root.querySelector("form.note-here");
      if (old) return old.remove();
      button.setAttribute("aria-pressed", "true");
      this.osd.setMouseNavEnabled(false);
      const box = document.createElement("div");
      box.className = "note-mark drawing";
      let from = null;
      const tracker = new OpenSeadragon.MouseTracker({
        element: this.osd.canvas,
        pressHandler: (event) => { from = this.onImage(event.position); },
        dragHandler: (event) => {
          if (!from) return;
          const region = this.between(from, this.onImage(event.position));
          this.osd.removeOverlay(box);
          this.osd.addOverlay({ element: box, location: this.rectOf(region) });
        },
        releaseHandler: (event) => {
          const region = from && this.between(from, this.onImage(event.position));
          done();
          if (region && region.w >= LEAST_BOX && region.h >= LEAST_BOX) this.askNote(region, box);
          else this.osd.removeOverlay(box);
        },
      });
      const done = () => {
        tracker.destroy();
        this.osd.setMouseNavEnabled(true);
        button.removeAttribute("aria-pressed");
      };
      // By keyboard there is no box to drag: what is in view is what the note is about.
      if (button.matches(":focus-visible")) {
        done();
        const seen = this.osd.viewport.viewportToImageRectangle(this.osd.viewport.getBounds());
        this.askNote(this.between(
          { x: seen.x, y: seen.y }, { x: seen.x + seen.width, y: seen.y + seen.height }), box);
      }
    }

    between(one, other) {
      const within = (value, most) => Math.round(Math.min(Math.max(value, 0), most));
      const [x1, x2] = [one.x, other.x].map((x) => within(x, this.size.w)).sort((a, b) => a - b);
      const [y1, y2] = [one.y, other.y].map((y) => within(y, this.size.h)).sort((a, b) => a - b);
      return { x: x1, y: y1, w: x2 - x1, h: y2 - y1 };
    }

    askNote({ x, y, w, h }, box) {
      const form = document.createElement("form");
      form.className = "note-here card";
      form.method = "post";
      form.action = `/cases/${this.root.dataset.case}/note`;
      const hidden = {
        document: this.root.closest("[data-document]").dataset.document,
        page: this.root.dataset.number,
        region: `${x},${y},${w},${h}`,
      };
      for (const [name, value] of Object.entries(hidden)) {
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      }
      const label = document.createElement("label");
      label.textContent = "Note on this place";
      const text = Object.assign(document.createElement("textarea"), { name: "text", required: true, rows: 3 });
      label.append(text);
      const keep = Object.assign(document.createElement("button"), { textContent: "Keep the note", className: "primary" });
      const leave = Object.assign(document.createElement("button"), { type: "button", textContent: "Leave it" });
      leave.addEventListener("click", () => { form.remove(); this.osd.removeOverlay(box); });
      form.append(label, keep, leave);
      this.root.append(form);
      text.focus();
    }
  }

  const begin = (root) => {
    root.querySelectorAll("[data-viewer]:not(.begun)").forEach((element) => {
      element.classList.add("begun");
      new Viewer(element);
    });
  };
  begin(document);
  document.addEventListener("htmx:afterSettle", () => begin(document));

  // Pages by keyboard, wherever the focus is but in a field.
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select")) return;
    const step = { "]": 1, "[": -1, PageDown: 1, PageUp: -1 }[event.key];
    const here = document.querySelector("nav.pages a[aria-current]");
    if (!step || !here) return;
    const next = step > 0 ? here.nextElementSibling : here.previousElementSibling;
    if (next) { event.preventDefault(); next.click(); }
  });
})();
