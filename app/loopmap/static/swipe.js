// How compared maps share the page: side by side, one over the other with a divider to move, or their difference alone.

import { say } from "./i18n.js";

const STEP = 0.02; // of the width, for an arrow key
const LEAP = 0.1; // the same with Shift, Page Up and Page Down

export class Swipe {
  /** @param {import("./stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.layout = "side";
    this.share = 0.5; // of the width that belongs to the left map
    this.left = ""; // title of that map
    this.shown = null; // panels of the layout
    this.count = 0; // of maps beside each other
    this.divider = Object.assign(document.createElement("div"), { className: "divider", hidden: true, tabIndex: 0 });
    this.divider.setAttribute("role", "slider");
    this.divider.setAttribute("aria-orientation", "horizontal");
    this.divider.setAttribute("aria-valuemin", "0");
    this.divider.setAttribute("aria-valuemax", "100");
    this.divider.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9 7l-5 5 5 5M15 7l5 5-5 5"/></svg>`;
    this.divider.addEventListener("pointerdown", (event) => this.divider.setPointerCapture(event.pointerId));
    this.divider.addEventListener("pointermove", (event) => this.dragged(event));
    this.divider.addEventListener("keydown", (event) => this.pressed(event));
    stage.grid.append(this.divider);
  }

  get swiping() {
    return this.layout === "swipe";
  }

  // Shows the maps of a layout; it is "side" where there are not two fields and their difference.
  arrange(wanted) {
    const { panels, grid } = this.stage;
    const compared = panels.length === 3 && panels[2].isDifference;
    this.layout = compared ? wanted : "side";
    const shown = { side: panels, swipe: panels.slice(0, 2), difference: panels.slice(2) }[this.layout];
    for (const panel of panels) {
      panel.element.hidden = !shown.includes(panel);
      if (panel.element.hidden) for (const over of [panel.layers, panel.overlay]) over.remove();
    }
    grid.dataset.layout = this.layout;
    this.count = this.swiping ? 1 : shown.length;
    grid.dataset.count = String(this.count);
    this.shown = shown;
    this.divider.hidden = !this.swiping;
    if (this.swiping) this.name();
    this.move(this.share);
  }

  // Puts the divider over the maps, once they have their size.
  place() {
    const map = this.shown?.[0]?.parts.map;
    if (!this.swiping || !map) return;
    this.divider.style.top = `${this.shown[0].element.offsetTop + map.offsetTop}px`;
    this.divider.style.height = `${map.offsetHeight}px`;
  }

  name() {
    const [left, right] = this.shown.map((panel) => panel.wantedSpec.title);
    this.left = left;
    this.divider.setAttribute("aria-label", say("Swipe: {left} on the left, {right} on the right", { left, right }));
  }

  move(share) {
    this.share = Math.min(Math.max(share, 0), 1);
    const percent = Math.round(100 * this.share);
    this.stage.grid.style.setProperty("--swipe", `${100 * this.share}%`);
    this.divider.setAttribute("aria-valuenow", String(percent));
    this.divider.setAttribute("aria-valuetext", `${percent} % ${this.left}`);
  }

  // Moved by the visitor: the address keeps where it is, in whole per cent.
  put(share) {
    this.move(share);
    this.stage.report("divider", Math.round(100 * this.share));
  }

  dragged(event) {
    if (!this.divider.hasPointerCapture(event.pointerId)) return;
    const box = this.stage.grid.getBoundingClientRect();
    this.put((event.clientX - box.left) / box.width);
  }

  pressed(event) {
    const by = event.shiftKey ? LEAP : STEP;
    const moves = {
      ArrowLeft: this.share - by,
      ArrowDown: this.share - by,
      ArrowRight: this.share + by,
      ArrowUp: this.share + by,
      PageDown: this.share - LEAP,
      PageUp: this.share + LEAP,
      Home: 0,
      End: 1,
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation(); // here the arrows do not step the days
    this.put(moves[event.key]);
  }
}
