// The link with Python: parameters of the component go to the stage; clicks, keys and changes of view are sent to the server.

import { say, setTranslations } from "./i18n.js";
import { ask } from "./requests.js";
import { Stage } from "./stage.js";

const REPORT_EVERY = 250; // ms
const PLAYING_EVERY = 1000; // ms, of the day on screen while it plays: fifty visitors would send 200 messages a second
const MARKS = /** @type {const} */ (["marker", "pins", "line", "paths"]);

// Asked for as soon as the page names this module in its head, long before there is a map to colour.
const tables = ask(new URL("palettes.json", import.meta.url), (response) => response.json());

// Panel would fetch and compile every module a second time; a page that names this one in its head finds it here.
const page = /** @type {{ gomsComponents?: Record<string, { render: typeof render }> }} */ (globalThis);
page.gomsComponents ??= {};
page.gomsComponents[new URL(".", import.meta.url).href] = { render };

/** @typedef {"speed" | "looping" | "blend" | "playing" | "playhead" | "view" | "divider" | "extent" | "shown_range"} Reported */

/**
 * The parameters of app/loopmap/component.py as Panel hands them over.
 * @typedef {object} LoopMapModel
 * @property {import("./panel_spec.js").PanelSpec[]} panels
 * @property {number[]} leads every lead of the loop in days, finished or expected
 * @property {string[]} times valid date or sample day of each lead
 * @property {string} palette
 * @property {"auto" | "fixed" | "symmetric" | "balanced"} range_mode
 * @property {number} range_low
 * @property {number} range_high
 * @property {boolean} log_scale
 * @property {[number, number, number]} view centre latitude, centre longitude, degrees of longitude across a panel
 * @property {[number, number, number, number]} extent south, north, west, east in view; the browser writes it
 * @property {[number, number]} shown_range colour limits on screen; the browser writes it
 * @property {number} playhead lead on screen
 * @property {boolean} playing
 * @property {number} speed leads a second
 * @property {boolean} looping
 * @property {boolean} blend
 * @property {[number, number] | null} marker latitude and longitude
 * @property {[number, number, string, string][]} pins latitude, longitude, letter and colour
 * @property {string[]} layers
 * @property {[number, number][]} line latitude and longitude of each place
 * @property {Record<string, import("./drift.js").DriftPaths>} paths by key of the panel
 * @property {"side" | "swipe" | "difference"} layout
 * @property {number} divider per cent of the width left of the divider of a swipe
 * @property {Record<string, Record<string, string>>} axes by key of the panel and lead: a packed path
 * @property {string} axis_name
 * @property {import("./i18n.js").Translations} words
 * @property {boolean} show_player
 * @property {(name: string, listener: () => void) => void} on
 * @property {(message: Message) => void} send_msg
 */

/**
 * What the map tells the server beside its parameters: that it is rendered, a click on a map, a key for the next depth or palette.
 * @typedef {{ kind: "rendered" } | { kind: "point", lat: number, lon: number } | { kind: "step", what: "depth" | "palette", by: number }} Message
 */

/**
 * Returns the element of one map component.
 * @param {{ model: LoopMapModel, frames: string, sizing: string }} context with the address of the frames handler
 */
export async function render({ model, frames, sizing }) {
  model.send_msg({ kind: "rendered" });
  setTranslations(model.words);
  const palettes = await tables;
  const reporter = new Reporter(model);
  const stage = new Stage({
    framesUrl: frames,
    palettes,
    fill: ["stretch_both", "stretch_height"].includes(sizing),
    report: (name, value) => reporter.report(name, value),
    clicked: (lat, lon) => model.send_msg({ kind: "point", lat, lon }),
    stepped: (what, by) => model.send_msg({ kind: "step", what, by }),
  });
  const style = () =>
    stage.setStyle({
      palette: model.palette,
      mode: model.range_mode,
      low: model.range_low,
      high: model.range_high,
      logarithmic: model.log_scale,
    });
  const view = () => stage.setView(...model.view);
  const playhead = () => stage.goTo(model.playhead);
  const loop = () => stage.setLoop(model.leads, model.times);

  for (const name of ["speed", "looping", "blend", "playing"]) {
    stage[name] = model[name];
    model.on(name, () => {
      if (stage[name] !== model[name]) stage.set(name, model[name]);
    });
  }
  // Several parameters often change together; one pass over them in this order asks for frames once.
  const steps = { loop, playhead, view, panels: () => stage.setPanels(model.panels), style };
  const due = new Set();
  const carryOut = () => {
    for (const [name, step] of Object.entries(steps)) if (due.delete(name)) step();
  };
  const soon = (name) => {
    if (due.size === 0) queueMicrotask(carryOut);
    due.add(name);
  };
  const watched = {
    leads: "loop",
    times: "loop",
    playhead: "playhead",
    view: "view",
    panels: "panels",
    palette: "style",
    range_mode: "style",
    range_low: "style",
    range_high: "style",
    log_scale: "style",
  };
  for (const [parameter, step] of Object.entries(watched))
    model.on(parameter, () => {
      if (!reporter.writing) soon(step);
    });
  model.on("panels", () => stage.keys.answered("depth", model.panels[0]?.quantity));
  model.on("palette", () => stage.keys.answered("palette", say("Palette: {name}", { name: model.palette })));
  for (const name of MARKS) model.on(name, () => stage.mark(name, model[name]));
  model.on("layers", () => stage.layers.set(model.layers));
  model.on("layout", () => stage.setLayout(model.layout));
  model.on("divider", () => {
    if (!reporter.writing) stage.swipe.move(model.divider / 100);
  });
  model.on("axes", () => stage.setAxes(model.axes, model.axis_name));
  model.on("show_player", () => {
    stage.player.element.hidden = !model.show_player;
  });
  model.on("remove", () => stage.remove());

  stage.player.element.hidden = !model.show_player;
  for (const name of MARKS) stage.mark(name, model[name]);
  stage.layout = model.layout;
  stage.swipe.share = model.divider / 100;
  stage.layers.set(model.layers);
  stage.setAxes(model.axes, model.axis_name);
  loop();
  stage.goTo(model.playhead);
  stage.wantedView = { lat: model.view[0], lon: model.view[1], span: model.view[2] };
  style();
  // The size of the maps is known once the element is on the page.
  requestAnimationFrame(() => stage.setPanels(model.panels));
  return stage.element;
}

// Writes the browser's state back to the parameters, a value within REPORT_EVERY, the playhead of a loop within PLAYING_EVERY.
class Reporter {
  /** @param {LoopMapModel} model */
  constructor(model) {
    this.model = model;
    this.waiting = new Map();
    this.timer = null;
    this.due = 0; // milliseconds at which the timer ends
    this.writing = false; // true while the browser's own values go into the parameters
  }

  /** @param {Reported} name */
  report(name, value) {
    this.waiting.set(name, value);
    const now = performance.now();
    const due = now + (name === "playhead" && this.model.playing ? PLAYING_EVERY : REPORT_EVERY);
    if (this.timer && this.due <= due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => this.flush(), due - now);
  }

  flush() {
    this.timer = null;
    this.writing = true;
    for (const [name, value] of this.waiting) {
      if (JSON.stringify(this.model[name]) !== JSON.stringify(value)) this.model[name] = value;
    }
    this.writing = false;
    this.waiting.clear();
  }
}
