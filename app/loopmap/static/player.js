// The player: buttons, scrub bar with what is held so far, speed, loop and blending.

import { say } from "./i18n.js";
import { markup, put } from "./markup.js";

const ICONS = {
  first: "M5 5v14M19 5 8 12l11 7z",
  back: "M16 5 7 12l9 7z",
  play: "M8 5v14l11-7z",
  pause: "M8 5v14M16 5v14",
  forward: "M8 5l9 7-9 7z",
  last: "M19 5v14M5 5l11 7-11 7z",
  keys: "M3 7h18v10H3zM6.5 10.2h.1M10.2 10.2h.1M13.9 10.2h.1M17.5 10.2h.1M8 13.8h8",
  loop: "M4 12a8 6 0 0 1 14-4l2 2M20 5v5h-5M20 12a8 6 0 0 1-14 4l-2-2M4 19v-5h5",
};
const SPEEDS = [1, 2, 4, 6, 10, 15, 30, 60];

export class Player {
  /** @param {import("./stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.element = document.createElement("div");
    this.element.className = "player";
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", say("Player"));
    put(
      this.element,
      markup`
      <div class="buttons">
        ${button("first", say("First day"), "Home")}${button("back", say("One day back"), "←")}
        ${button("play", say("Play"), say("space"))}
        ${button("forward", say("One day on"), "→")}${button("last", say("Last day"), "End")}
      </div>
      <div class="track">
        <div class="rail"><div class="held"></div></div>
        <input type="range" data-scrub min="0" step="1" value="0" aria-label="${say("Lead time")}">
        <div class="marks" aria-hidden="true"></div>
      </div>
      <div class="settings">
        <label class="speed"><span class="sr">${say("Speed")}</span><select aria-label="${say("Speed in days a second")}">
          ${SPEEDS.map((speed) => markup`<option value="${speed}">${say("{speed} d/s", { speed })}</option>`)}</select></label>
        ${button("loop", say("Repeat"), "", true)}
        <button type="button" class="text" data-act="blend" aria-pressed="false" aria-label="${say("Blend between days")}" title="${say("Blend between days: a blend is not a forecast")}">${say("Blend")}</button>
        ${button("keys", say("Keys"), "?")}
      </div>`,
    );
    this.scrub = this.element.querySelector("input");
    this.held = /** @type {HTMLElement} */ (this.element.querySelector(".held"));
    this.marks = this.element.querySelector(".marks");
    this.speed = this.element.querySelector("select");
    this.play = this.button("play");
    this.key = ""; // of what is shown
    this.marksKey = "";
    this.element.addEventListener("click", (event) =>
      this.act(/** @type {Element} */ (event.target).closest("button")?.dataset.act),
    );
    this.scrub.addEventListener("input", () => stage.go(Number(this.scrub.value)));
    this.speed.addEventListener("change", () => stage.set("speed", Number(this.speed.value)));
  }

  act(name) {
    const { stage } = this;
    const actions = {
      first: () => stage.go(0),
      back: () => stage.step(-1),
      play: () => stage.toggle(),
      forward: () => stage.step(1),
      last: () => stage.go(Infinity),
      loop: () => stage.set("looping", !stage.looping),
      blend: () => stage.set("blend", !stage.blend),
      keys: () => stage.keys.open(),
    };
    actions[name]?.();
  }

  button(name) {
    return /** @type {HTMLButtonElement} */ (this.element.querySelector(`[data-act=${name}]`));
  }

  // Shows the state of the stage and which leads are `held`.
  show({ playing, speed, looping, blend }, { index, leads, times }, held) {
    const key = [index, leads.length, playing, speed, looping, blend, held.join("")].join();
    if (key === this.key) return;
    this.key = key;
    const last = Math.max(leads.length - 1, 0);
    this.scrub.max = String(last);
    this.scrub.value = String(index);
    this.scrub.setAttribute(
      "aria-valuetext",
      say("{day}, lead {lead} days", { day: times[index] ?? "", lead: leads[index] ?? 0 }),
    );
    this.element.style.setProperty("--place", String(last ? index / last : 0));
    if (this.play.dataset.playing !== String(playing)) {
      this.play.dataset.playing = String(playing);
      put(this.play, icon(playing ? "pause" : "play"));
      const label = say(playing ? "Pause" : "Play");
      this.play.setAttribute("aria-label", label);
      this.play.title = `${label} (${say("space")})`;
    }
    this.button("loop").setAttribute("aria-pressed", String(looping));
    this.button("blend").setAttribute("aria-pressed", String(blend));
    if (![...this.speed.options].some((option) => Number(option.value) === speed)) {
      this.speed.append(new Option(say("{speed} d/s", { speed }), String(speed)));
    }
    this.speed.value = String(speed);
    this.showHeld(held, last);
    this.showMarks(leads, last);
  }

  // Which leads are here already, as runs along the rail.
  showHeld(held, last) {
    const stops = [];
    held.forEach((isHeld, i) => {
      const [from, to] = [(i - 0.5) / (last || 1), (i + 0.5) / (last || 1)].map(
        (share) => `${Math.min(Math.max(share, 0), 1) * 100}%`,
      );
      stops.push(`${isHeld ? "var(--held)" : "transparent"} ${from} ${to}`);
    });
    this.held.style.background = stops.length ? `linear-gradient(90deg, ${stops.join(",")})` : "none";
  }

  showMarks(leads, last) {
    const key = leads.join();
    if (key === this.marksKey) return;
    this.marksKey = key;
    const every = [1, 2, 5, 10, 15, 30, 60].find((step) => last / step <= 7) ?? 120;
    this.marks.replaceChildren(
      ...leads.flatMap((lead, i) => {
        if (lead % every !== 0 && i !== last) return [];
        if (i !== last && last - i < every * 0.6) return [];
        const mark = document.createElement("span");
        mark.style.left = `${last ? (100 * i) / last : 0}%`;
        mark.textContent = lead === 0 ? "0" : i === last ? say("{lead} d", { lead: `+${lead}` }) : `+${lead}`;
        return [mark];
      }),
    );
  }
}

function icon(name) {
  return markup`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;
}

function button(act, label, key, pressed) {
  const state = pressed === undefined ? "" : markup` aria-pressed="${pressed}"`;
  return markup`<button type="button" class="icon ${act}" data-act="${act}" aria-label="${label}" title="${label}${key ? ` (${key})` : ""}"${state}>${icon(act)}</button>`;
}
