// The layers over the fields: which are chosen, what they need, and the canvas and key of each map.

import { drawArrows, INKS, referenceLength } from "./arrows.js";
import { roundStep } from "./colour_limits.js";
import { figure } from "./format.js";
import { say } from "./i18n.js";
import { LabelPlacement } from "./label_placement.js";
import { LayerField, vectorsOf } from "./layer_fields.js";
import { drawLines, writeValues } from "./lines.js";
import { markup, put } from "./markup.js";
import { storeLead } from "./panel_spec.js";
import { placeNames, writeNames } from "./place_names.js";
import { Streaks } from "./streaks.js";
import { speedUnitOf, unitOf } from "./units.js";

const SEA_FLOOR = { store: "sea-floor", depth_index: 0, revision: "", leads: [0] };
// What each layer draws from: a field of the panel's description by its name, and its variables.
const FIELDS = {
  currents: ["uo", "vo"],
  wind: ["u10", "v10"],
  ice: ["margin"],
  bathymetry: ["deptho"],
};
const FIELD_OF = { streaks: "currents", arrows: "currents", wind: "wind", ice: "ice", bathymetry: "bathymetry" };
const REFERENCES = { currents: [0.01, 5], wind: [1, 40] }; // m s⁻¹: the least and the largest of an arrow
const NOT_OF_A_DIFFERENCE = "currents and wind belong to the two maps, not to their difference";
const NOT_PATHS = "currents: direction and speed of this instant, not drift paths";

// The layers of the stage: chosen once for all its maps.
export class Layers {
  constructor(stage) {
    this.stage = stage;
    this.shown = new Set();
    this.streaks = new Streaks(stage);
    this.references = new Map();
  }

  // Shows the layers of these names; on the first call they come from the address, where streaks are kept still for those
  // who asked their system for less motion.
  set(names) {
    const asked = names.includes("streaks") && !this.shown.has("streaks");
    if (asked) this.streaks.still = !this.begun && matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.begun = true;
    this.shown = new Set(names);
    this.stage.refresh();
  }

  // After all maps are painted: one reference speed for all of them, and streaks where they have currents.
  painted() {
    const shown = new Map();
    for (const panel of this.shown.has("streaks") ? this.stage.panels : []) {
      const grid = panel.layers.vectors.currents;
      if (grid) shown.set(panel, { grid, reference: this.reference("currents") });
    }
    if (shown.size || this.streaks.shown.size) this.streaks.show(shown);
  }

  // The speed in m s⁻¹, round as it is read, that an arrow of full length stands for, the same on all maps and days of a view.
  reference(field) {
    const { stage } = this;
    const key =
      stage.panels
        .map((panel) => JSON.stringify([panel.spec?.[field]?.store, panel.spec?.[field]?.depth_index, panel.spec?.speed]))
        .join() + stage.view.span;
    const known = this.references.get(field);
    if (known && (known.key === key || stage.moving)) return known.speed;
    const speeds = stage.panels.map((panel) => panel.layers.vectors[field]?.fast(stage.view)).filter(Boolean);
    if (!speeds.length) return null;
    const [least, most] = REFERENCES[field];
    const { show, back } = speedUnitOf(stage.panels[0].spec);
    const speed = back(roundStep(show(Math.min(Math.max(Math.max(...speeds) * 0.8, least), most))));
    this.references.set(field, { key, speed });
    return speed;
  }

  remove() {
    this.streaks.remove();
  }
}

// The layers of one map.
export class PanelLayers {
  /** @param {import("./panel.js").Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.fields = {};
    this.vectors = {}; // currents and wind of the lead on screen; those before while they are on their way
    this.counts = {};
  }

  // The description of a field and the store's number of a lead; null where the store does not have it.
  source(name, lead) {
    const { spec } = this.panel;
    const source = name === "bathymetry" ? SEA_FLOOR : spec?.[name];
    const number = name === "bathymetry" || !spec ? 0 : storeLead(spec, lead);
    return source?.leads.includes(number) ? { source, number } : null;
  }

  // Whether playback may go to a lead: its layers are here or will never come; if not, they are asked for.
  has(lead) {
    const { stage } = this.panel;
    return (
      stage.moving ||
      Object.entries(this.fields).every(([name, field]) => {
        const found = this.source(name, lead);
        if (!found || field.failed || field.at(found.number)) return true;
        field.want(found.source, stage.view, found.number);
        return false;
      })
    );
  }

  state() {
    // biome-ignore lint/performance/useDomNodeTextContent: what a visitor reads, line by line
    return { ...this.counts, key: this.key?.innerText ?? "" };
  }

  // Draws what is chosen, where anything of it changed since the last time.
  draw(lead) {
    const { stage } = this.panel;
    const { shown } = stage.layers;
    if (shown.size === 0) {
      if (this.canvas) this.remove();
      return;
    }
    this.begin();
    const frames = this.frames(shown, lead);
    const { frame, colours } = this.panel;
    const names = shown.has("names") ? placeNames(stage) : null;
    const contoured = shown.has("contours") && colours ? [frame, colours.low, colours.high, colours.logarithmic] : [];
    const drawn = [
      stage.view,
      stage.theme.key,
      stage.ratio,
      [...shown].join(),
      names,
      ...contoured,
      ...Object.values(frames),
      this.panel.canvas.landFits(),
      String(this.panel.spec?.shown),
      String(this.panel.spec?.speed),
    ];
    if (this.drawn?.length === drawn.length && this.drawn.every((one, index) => one === drawn[index])) return;
    this.drawn = drawn;
    this.paint(shown, frames, names);
  }

  begin() {
    if (this.canvas) return;
    const { picture, busy, map } = this.panel.parts;
    this.canvas = Object.assign(document.createElement("canvas"), { className: "layers" });
    this.context = this.canvas.getContext("2d");
    this.key = Object.assign(document.createElement("div"), { className: "key" });
    picture.parentElement.insertBefore(this.canvas, busy);
    map.append(this.key);
  }

  // Asks for what the layers need and returns what is here: {field: frames of the lead on screen, or null}.
  frames(shown, lead) {
    const { panel } = this;
    const { stage } = panel;
    const found = {};
    const wanted = new Set([...shown].map((name) => FIELD_OF[name]).filter(Boolean));
    for (const name of Object.keys(this.fields)) {
      if (wanted.has(name)) continue;
      this.fields[name].drop();
      delete this.fields[name];
    }
    for (const name of wanted) {
      const known = this.source(name, lead);
      if (!known) continue;
      this.fields[name] ??= new LayerField(stage.framesUrl, FIELDS[name], () => stage.refresh());
      const field = this.fields[name];
      if (!stage.moving && !panel.pending && panel.frame) field.want(known.source, stage.view, known.number);
      found[name] = field.at(known.number) ?? (field.failed ? null : field.latest);
    }
    this.vectors = { currents: vectorsOf(found.currents), wind: vectorsOf(found.wind) };
    return { ...this.vectors, ice: found.ice?.[0], bathymetry: found.bathymetry?.[0] };
  }

  paint(shown, frames, names) {
    const { panel, context, canvas } = this;
    const { view, ratio, theme, layers } = panel.stage;
    const [width, height] = [panel.parts.picture.width, panel.parts.picture.height];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.counts = {};
    const lines = { bathymetry: frames.bathymetry, contours: panel.colours && panel.frame, ice: frames.ice };
    const written = [];
    for (const [name, frame] of Object.entries(lines)) {
      if (!shown.has(name) || !frame?.width) continue;
      const drawn = drawLines(context, view, frame, name, panel.colours, unitOf(panel.spec ?? panel.wantedSpec));
      this.counts[name] = drawn.count;
      written.unshift(drawn);
    }
    const keyed = {};
    for (const [name, field] of [
      ["arrows", "currents"],
      ["wind", "wind"],
    ]) {
      const reference = shown.has(name) && this.vectors[field] ? layers.reference(field) : null;
      if (!reference) continue;
      this.counts[name] = drawArrows(context, view, this.vectors[field], name, reference);
      keyed[name] = reference;
    }
    this.eraseLand();
    this.showKey(shown, keyed);
    const placement = new LabelPlacement(view.width, view.height);
    [panel.parts.notice, this.key].forEach((element) => placement.keepOut(element));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (names) this.counts.names = writeNames(context, view, names, placement, theme);
    this.counts.values = written.reduce((sum, drawn) => sum + writeValues(context, view, drawn, placement, theme), 0);
  }

  // Lines and arrows end at the shore, as the field does.
  eraseLand() {
    if (!this.panel.canvas.landFits()) return;
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.globalCompositeOperation = "destination-out";
    this.context.drawImage(this.panel.canvas.land, 0, 0);
    this.context.globalCompositeOperation = "source-over";
  }

  // The key says what arrows and lines mean, and what a layer lacks.
  showKey(shown, keyed) {
    const { panel } = this;
    const rows = [];
    const { show, symbol } = speedUnitOf(panel.spec);
    const lacks = (name) => !panel.isDifference && panel.spec && !panel.spec[FIELD_OF[name]];
    if (shown.has("streaks") && this.vectors.currents) rows.push(markup`<span>${say(NOT_PATHS)}</span>`);
    for (const [name, what] of [
      ["arrows", "current"],
      ["wind", "wind"],
    ]) {
      if (keyed[name])
        rows.push(markup`<span>${sample(name)}${figure(show(keyed[name]), show(keyed[name]) / 2)} ${symbol} ${say(what)}</span>`);
    }
    if (panel.isDifference && ["streaks", "arrows", "wind"].some((name) => shown.has(name)))
      rows.push(markup`<span>${say(NOT_OF_A_DIFFERENCE)}</span>`);
    if (shown.has("ice") && this.counts.ice) rows.push(markup`<span>${sample("ice")}${say("ice edge")}</span>`);
    const lacking = [
      ["streaks", "currents"],
      ["arrows", "currents"],
      ["wind", "wind"],
      ["ice", "ice"],
    ].filter(([name]) => shown.has(name) && lacks(name));
    for (const what of new Set(lacking.map(([, field]) => field)))
      rows.push(markup`<span>${say("no {what} known here", { what: say(what) })}</span>`);
    put(this.key, markup`${rows}`);
    this.key.hidden = rows.length === 0;
  }

  remove() {
    for (const field of Object.values(this.fields)) field.drop();
    this.canvas?.remove();
    this.key?.remove();
    Object.assign(this, { fields: {}, vectors: {}, counts: {}, canvas: null, key: null, drawn: null });
  }
}

// A sample of an arrow of full length, or of a line, as it looks on the map.
function sample(name) {
  const length = name === "ice" ? 18 : referenceLength(name);
  const { core, halo } = name === "ice" ? { core: "#ffffff", halo: "rgba(6,60,96,.85)" } : INKS[name];
  const head = name === "ice" ? "" : `M${length - 4} 3.2L${length + 1} 6L${length - 4} 8.8`;
  const path = `M1 6H${length + 1}${head}`;
  const strokes = [
    [3.2, halo],
    [1.5, core],
  ].map(([width, colour]) => markup`<path d="${path}" stroke="${colour}" stroke-width="${width}"/>`);
  return markup`<svg width="${length + 4}" height="12" viewBox="0 0 ${length + 4} 12" fill="none" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${strokes}</svg>`;
}
