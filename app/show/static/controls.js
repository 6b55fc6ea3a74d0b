// Buttons large enough for fingers, keys, touch, full screen and the wake lock.

import { markup, put } from "loopmap/markup.js";

import { TEXTS } from "./texts.js";

const ICONS = {
  previous: "M15 5l-8 7 8 7",
  next: "M9 5l8 7-8 7",
  play: "M8 5v14l11-7z",
  pause: "M8 5v14M16 5v14",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18",
  flat: "M3 6h18v12H3zM3 12h18M9 6v12M15 6v12",
  streaks: "M3 8c4-4 7 3 11 0s5-2 7-1M3 13c4-4 7 3 11 0s5-2 7-1M3 18c4-4 7 3 11 0s5-2 7-1",
  full: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
};

const KEYS = {
  ArrowLeft: "previous",
  ArrowUp: "previous",
  PageUp: "previous",
  ArrowRight: "next",
  ArrowDown: "next",
  PageDown: "next",
  " ": "play",
  f: "full",
  g: "view",
  s: "streaks",
  Escape: "back",
};

const IDLE_AFTER = 5000; // ms without a touch before the buttons fade

export class Controls {
  // `actions` are the functions that buttons and keys call: previous, next, play, view, streaks, full, back, go(number).
  constructor(element, actions) {
    this.element = element;
    this.actions = actions;
    const button = (act) =>
      markup`<button type="button" data-act="${act}"><svg viewBox="0 0 24 24" aria-hidden="true"><path/></svg></button>`;
    put(
      element,
      markup`<ol class="stops"></ol><div class="buttons">${["previous", "play", "next", "view", "streaks", "full"].map(button)}</div>`,
    );
    this.stops = element.querySelector(".stops");
    element.addEventListener("click", (event) => {
      const { act, stop } = /** @type {Element} */ (event.target).closest("button")?.dataset ?? {};
      if (stop) actions.go(Number(stop));
      else if (act) actions[act]();
    });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!act || (event.key === " " && /** @type {Element} */ (event.target).closest("button, a"))) return;
      event.preventDefault();
      actions[act]();
    });
    for (const name of ["pointermove", "pointerdown", "keydown", "focusin"]) document.addEventListener(name, () => this.wake());
    this.wake();
  }

  // Buttons are bright while somebody is there.
  wake() {
    clearTimeout(this.idle);
    document.body.classList.remove("idle");
    this.idle = setTimeout(() => document.body.classList.add("idle"), IDLE_AFTER);
  }

  setStops(titles) {
    put(this.stops, markup`${titles.map((_, i) => markup`<li><button type="button" data-stop="${i}"><i></i></button></li>`)}`);
    titles.forEach((title, i) =>
      this.stops.children[i].firstChild.setAttribute("aria-label", TEXTS.scene(i + 1, titles.length, title)),
    );
  }

  // `state`: number, playing, view, kinds, streaks (null where the scene has none), full (null where it cannot be).
  show({ number, playing, view, kinds, streaks, full }) {
    this.put("previous", "previous", TEXTS.previous);
    this.put("next", "next", TEXTS.next);
    this.put("play", playing ? "pause" : "play", playing ? TEXTS.pause : TEXTS.play);
    this.put("view", view === "globe" ? "flat" : "globe", view === "globe" ? TEXTS.flat : TEXTS.globe, kinds.length > 1);
    this.put("streaks", "streaks", streaks ? TEXTS.streaksOff : TEXTS.streaksOn, streaks !== null);
    this.find("streaks").setAttribute("aria-pressed", Boolean(streaks));
    this.put("full", "full", full ? TEXTS.leaveFull : TEXTS.full, full !== null);
    [...this.stops.children].forEach((stop, i) => stop.firstChild.setAttribute("aria-current", i === number ? "step" : "false"));
  }

  find(act) {
    return this.element.querySelector(`[data-act=${act}]`);
  }

  put(act, icon, label, there = true) {
    const button = this.find(act);
    button.hidden = !there;
    button.setAttribute("aria-label", label);
    button.title = label;
    button.querySelector("path").setAttribute("d", ICONS[icon]);
  }
}

// Drag, pinch and wheel on the sea.
export function attachTouch(element, { drag, zoom }) {
  const fingers = new Map();
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return Math.max(Math.hypot(a.x - b.x, a.y - b.y), 1);
  };
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  element.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const wide = fingers.size === 2 ? spread() : 0;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 1) drag(event.clientX - before.x, event.clientY - before.y);
    else if (wide) zoom(spread() / wide);
  });
  for (const name of ["pointerup", "pointercancel"]) element.addEventListener(name, (event) => fingers.delete(event.pointerId));
  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(Math.exp(-Math.max(-240, Math.min(240, event.deltaY)) * 0.0015));
    },
    { passive: false },
  );
}

// Keeps the screen of a kiosk or phone awake where the browser can, for as long as the page is seen.
export function stayAwake() {
  const ask = () => {
    if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}

export function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}
