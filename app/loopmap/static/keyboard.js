// The keys of the maps, the list that tells of them, and what is said aloud where a key is answered by the server.

import { activeStage } from "./active_map.js";
import { say } from "./i18n.js";
import { markup, put } from "./markup.js";

/** @type {[string[], string][]} */
const KEYS = [
  [["Space"], "Play, pause"],
  [["←", "→"], "One day back, one day on"],
  [["Home", "End"], "First day, last day"],
  [["Page Up", "Page Down"], "Shallower, deeper"],
  [["P", "Shift P"], "Next palette, the one before"],
  [["+", "−", "0"], "Zoom in, zoom out, whole map"],
  [["Shift ← ↑ → ↓"], "Move the map"],
  [["Esc"], "Close what is open"],
  [["?"], "This list"],
];
const NOTE =
  "Days follow their keys anywhere on the page; the others need the focus on a map or the player: click one, or reach it with Tab.";

// While nothing has the focus, letters and signs do nothing: with speech input they are typed by accident.
const ANYWHERE = [" ", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "Escape"];

export class Keys {
  /** @param {import("./stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    /** @type {HTMLDialogElement | null} */
    this.list = null;
    this.waiting = null; // what was asked of the server and is not answered yet
    this.spoken = Object.assign(document.createElement("div"), { className: "sr" });
    this.spoken.setAttribute("role", "status");
    stage.element.append(this.spoken);
    this.page = stage.element.ownerDocument;
    this.unfocused = (event) => {
      const heard = event.target === this.page.body && ANYWHERE.includes(event.key);
      if (heard && stage.element.isConnected && activeStage() === stage) this.press(event);
    };
    stage.element.addEventListener("keydown", (event) => this.press(event));
    this.page.addEventListener("keydown", this.unfocused);
  }

  press(event) {
    const { target, key, shiftKey } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("dialog, select, input[type=range]:not([data-scrub])"))
      return;
    if (key === " " && target.closest("button")) return;
    if (key.startsWith("Page") && target.closest("input")) return; // there they step the days by a tenth
    const action = this.actions(shiftKey)[key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  actions(shifted) {
    const { stage } = this;
    const distance = Math.round(stage.view.width / 8);
    const zoom = (factor) => () => stage.move(stage.view.zoomed(factor));
    const pan = (x, y) => () => stage.move(stage.view.panned(x * distance, y * distance));
    return {
      " ": () => stage.toggle(),
      ArrowLeft: shifted ? pan(1, 0) : () => stage.step(-1),
      ArrowRight: shifted ? pan(-1, 0) : () => stage.step(1),
      ArrowUp: shifted && pan(0, 1),
      ArrowDown: shifted && pan(0, -1),
      "+": zoom(1.6),
      "=": zoom(1.6),
      "-": zoom(1 / 1.6),
      0: () => stage.home(),
      Home: () => stage.go(0),
      End: () => stage.go(Infinity),
      PageUp: () => this.ask("depth", -1),
      PageDown: () => this.ask("depth", 1),
      p: () => this.ask("palette", 1),
      P: () => this.ask("palette", -1),
      "?": () => this.open(),
      Escape: stage.panels.some((panel) => panel.overlay.open) && (() => stage.panels.forEach((panel) => panel.overlay.close())),
    };
  }

  ask(what, by) {
    this.waiting = what;
    this.stage.stepped(what, by);
  }

  // Says what came of a key, once its answer is there.
  answered(what, words) {
    if (this.waiting !== what) return;
    this.waiting = null;
    this.spoken.textContent = words;
  }

  open() {
    if (!this.list) this.list = this.make();
    this.list.showModal();
  }

  make() {
    const list = document.createElement("dialog");
    list.className = "keys";
    list.setAttribute("aria-label", say("Keys"));
    const rows = KEYS.map(
      ([keys, what]) => markup`<div><dt>${keys.map((key) => markup`<kbd>${say(key)}</kbd> `)}</dt><dd>${say(what)}</dd></div>`,
    );
    put(
      list,
      markup`<header><h2>${say("Keys")}</h2><button type="button" aria-label="${say("Close")}" title="${say("Close")} (Esc)">×</button></header>
      <dl>${rows}</dl><p>${say(NOTE)}</p>`,
    );
    // A click beside the list closes it: there the target is the dialog itself.
    list.addEventListener("click", (event) => {
      const target = /** @type {Element} */ (event.target);
      if (target === list || target.closest("button")) list.close();
    });
    this.stage.element.append(list);
    return list;
  }

  remove() {
    this.page.removeEventListener("keydown", this.unfocused);
  }
}
