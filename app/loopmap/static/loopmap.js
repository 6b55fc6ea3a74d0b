// The component as Panel renders it: its parameters to the stage, what happens on the stage back to them.

import { ask } from "./asking.js";
import { Stage } from "./stage.js";
import { say, speak } from "./words.js";

const REPORT_EVERY = 250; // ms
const PLAYING_EVERY = 1000; // of the day on screen while it plays: of fifty visitors the server would hear 200 words a second

// Asked for as soon as the page names this module in its head, long before there is a map to colour.
const tables = ask(new URL("palettes.json", import.meta.url), (response) => response.json());

// Panel would fetch and compile every module a second time; a page that names this one in its head finds it here.
(globalThis.gomsComponents ??= {})[new URL(".", import.meta.url).href] = { render };

export async function render({ model, frames, sizing }) {
  model.send_msg({ kind: "rendered" });
  speak(model.words);
  const palettes = await tables;
  const reporter = new Reporter(model);
  const stage = new Stage({
    framesUrl: frames, palettes, fill: ["stretch_both", "stretch_height"].includes(sizing),
    report: (name, value) => reporter.report(name, value),
    clicked: (lat, lon) => model.send_msg({ kind: "point", lat, lon }),
    stepped: (what, by) => model.send_msg({ kind: "step", what, by }),
  });
  const style = () => stage.setStyle({
    palette: model.palette, mode: model.range_mode, low: model.range_low, high: model.range_high, logarithmic: model.log_scale,
  });
  const view = () => stage.setView(...model.view);
  const playhead = () => stage.goTo(model.playhead);
  const loop = () => stage.setLoop(model.leads, model.times);

  for (const name of ["speed", "looping", "blend", "playing"]) {
    stage[name] = model[name];
    model.on(name, () => { if (stage[name] !== model[name]) stage.set(name, model[name]); });
  }
  // Several parameters often change together; one pass over them in this order asks for frames once.
  const steps = { loop, playhead, view, panels: () => stage.setPanels(model.panels), style };
  const due = new Set();
  const soon = (name) => {
    if (due.size === 0) queueMicrotask(() => {
      Object.keys(steps).filter((step) => due.delete(step)).forEach((step) => steps[step]());
    });
    due.add(name);
  };
  const watched = {
    leads: "loop", times: "loop", playhead: "playhead", view: "view", panels: "panels",
    palette: "style", range_mode: "style", range_low: "style", range_high: "style", log_scale: "style",
  };
  for (const [parameter, step] of Object.entries(watched)) model.on(parameter, () => { if (!reporter.writing) soon(step); });
  model.on("panels", () => stage.keys.answered("depth", model.panels[0]?.quantity));
  model.on("palette", () => stage.keys.answered("palette", say("Palette: {name}", { name: model.palette })));
  model.on("marker", () => stage.setMarker(model.marker));
  model.on("pins", () => stage.setPins(model.pins));
  model.on("line", () => stage.setLine(model.line));
  model.on("layers", () => stage.layers.set(model.layers));
  model.on("paths", () => stage.setPaths(model.paths));
  model.on("layout", () => stage.setLayout(model.layout));
  model.on("divider", () => { if (!reporter.writing) stage.swipe.move(model.divider / 100); });
  model.on("axes", () => stage.setAxes(model.axes, model.axis_name));
  model.on("show_player", () => { stage.player.element.hidden = !model.show_player; });
  model.on("remove", () => stage.remove());

  stage.player.element.hidden = !model.show_player;
  stage.marker = model.marker;
  stage.pins = model.pins;
  stage.line = model.line;
  stage.paths = model.paths;
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
  constructor(model) {
    this.model = model;
    this.waiting = new Map();
    this.writing = false; // true while the browser's own values go into the parameters
  }

  report(name, value) {
    this.waiting.set(name, value);
    const now = performance.now();
    const due = now + (name === "playhead" && this.model.playing ? PLAYING_EVERY : REPORT_EVERY);
    if (this.timer && this.due <= due) return;
    clearTimeout(this.timer);
    Object.assign(this, { due, timer: setTimeout(() => this.flush(), due - now) });
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
