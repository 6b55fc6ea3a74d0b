// The stage: what the panels of one map component share: view, playhead, colours, theme and layers.

import { activate, activeStage, register, unregister } from "./active_map.js";
import { unpackPath } from "./codec.js";
import { FrameSwap } from "./frame_swap.js";
import { Geography } from "./geography.js";
import { Keys } from "./keyboard.js";
import { Layers } from "./layers.js";
import { arrange } from "./layout.js";
import { wrapped } from "./longitudes.js";
import { metrics } from "./metrics.js";
import { PaintLoop, SETTLE } from "./paint_loop.js";
import { Panel } from "./panel.js";
import { recolour } from "./panel_colours.js";
import { contentKey } from "./panel_spec.js";
import { Player } from "./player.js";
import { Playhead } from "./playhead.js";
import { attachPointer } from "./pointer.js";
import { Swipe } from "./swipe.js";
import { readTheme, watchTheme } from "./theme.js";
import { View } from "./view.js";

/**
 * What a stage tells the page, and what it needs from it.
 * @typedef {object} StageOptions
 * @property {string} framesUrl address of the frames handler
 * @property {Record<string, string[]>} palettes 256 colours by name
 * @property {boolean} fill whether the maps fill the height of their container
 * @property {(name: import("./loopmap.js").Reported, value: unknown) => void} report a parameter that changed in the browser
 * @property {(lat: number, lon: number) => void} clicked a click on a map
 * @property {(what: "depth" | "palette", by: number) => void} stepped a key for the next or previous depth or palette
 */

export class Stage {
  /** @param {StageOptions} options */
  constructor({ framesUrl, palettes, fill, report, clicked, stepped }) {
    this.framesUrl = framesUrl;
    this.palettes = palettes;
    this.fill = fill;
    this.report = report;
    this.clicked = clicked;
    this.stepped = stepped;
    this.paintLoop = new PaintLoop(this);
    this.frameSwap = new FrameSwap(this);
    this.element = document.createElement("div");
    this.element.className = fill ? "goms fill" : "goms";
    this.grid = document.createElement("div");
    this.grid.className = "panels";
    this.element.append(this.grid);
    this.geography = new Geography(() => this.refresh());
    this.player = new Player(this);
    this.element.append(this.player.element);
    /** @type {Panel[]} */
    this.panels = [];
    this.layers = new Layers(this);
    this.swipe = new Swipe(this);
    this.layout = "side";
    this.paths = {}; // of drifting particles, by key of the panel
    this.playhead = new Playhead();
    this.playing = false;
    this.looping = true;
    this.blend = false;
    this.speed = 6; // days a second
    this.marker = null; // [latitude, longitude]
    this.pins = []; // [latitude, longitude, letter, colour] of places that stay marked
    this.line = []; // [latitude, longitude] of the places of a line across the ocean
    this.axes = {}; // by key of a map and lead: [latitude, longitude] of the places of a path that moves with the days
    this.axisName = "";
    this.style = {};
    this.wantedStyle = {};
    this.zoomStarted = null; // milliseconds at which the view last moved, until a sharp picture of it is painted
    this.view = new View(0, 205, 360, 1200, 600);
    this.wantedView = { lat: 0, lon: 205, span: 360 };
    this.moving = false; // between the first movement of the view and its rest
    this.ratio = 1;
    this.range = null; // colour limits of all maps that share them
    this.rangeKey = ""; // what they were taken from
    this.theme = null;
    this.pointer = null; // place under the pointer, and its panel
    this.removed = false;
    this.keys = new Keys(this);
    this.stopTheme = watchTheme(() => requestAnimationFrame(() => this.retheme()));
    this.resizer = new ResizeObserver(() => this.resized());
    this.resizer.observe(this.grid);
    this.resizer.observe(this.element);
    register(this);
    for (const use of ["pointerdown", "focusin"]) this.element.addEventListener(use, () => activate(this));
    metrics.state = () => (activeStage() ?? this).state();
  }

  get lead() {
    return this.playhead.lead;
  }

  state() {
    return {
      line: this.line.length,
      pins: this.pins.map(([, , letter]) => letter).join(""),
      lead: this.lead,
      playing: this.playing,
      view: { lat: this.view.lat, lon: this.view.lon, span: this.view.span },
      complete: this.frameSwap.complete,
      pending: this.panels.some((panel) => panel.pending),
      panels: this.panels.map((panel) => ({
        title: panel.spec?.title,
        quantity: panel.spec?.quantity,
        error: panel.error,
        held: panel.loop?.frames.size ?? 0,
        low: panel.colours?.low,
        high: panel.colours?.high,
        drawn: Boolean(panel.frame),
        drawnWidth: panel.frame?.width ?? 0,
        layers: panel.layers.state(),
        overlay: panel.overlay.state(),
        axis: this.axisOf(panel, this.lead).length,
      })),
      streaks: this.layers.streaks.state(),
    };
  }

  panelOf(key) {
    return this.panels.find((panel) => panel.wantedSpec?.key === key);
  }

  // --- what the page asks for -------------------------------------------------------------------------------------------

  setPanels(specs) {
    const before = this.panels.map((panel) => contentKey(panel.wantedSpec)).join();
    const byKey = new Map(this.panels.map((panel) => [panel.wantedSpec.key, panel]));
    this.panels = specs.map((spec) => {
      const panel = byKey.get(spec.key) ?? this.newPanel();
      byKey.delete(spec.key);
      panel.wantedSpec = spec;
      return panel;
    });
    byKey.forEach((panel) => panel.remove());
    this.panels.forEach((panel, i) => {
      if (this.grid.children[i] !== panel.element) this.grid.insertBefore(panel.element, this.grid.children[i] ?? null);
    });
    this.swipe.arrange(this.layout);
    if (before !== specs.map(contentKey).join()) {
      this.frameSwap.begin();
      this.zoomStarted = null;
    }
    this.measure();
    this.frameSwap.request();
  }

  newPanel() {
    const panel = new Panel(this);
    attachPointer(panel.parts.map, this, panel);
    return panel;
  }

  setLoop(leads, times) {
    this.playhead.setLoop(leads, times);
    this.refresh();
  }

  // Colours wait for the picture they belong to, so that the old picture never flashes in the new colours.
  setStyle(style) {
    Object.assign(this.wantedStyle, style);
    if (this.frameSwap.changeStarted === null) this.applyStyle();
  }

  applyStyle() {
    Object.assign(this.style, this.wantedStyle);
    recolour(this);
  }

  set(name, value) {
    this[name] = value;
    if (name === "playing") this.playhead.last = null;
    if (name === "blend" && !value) this.playhead.position = this.playhead.index;
    this.report(name, value);
    this.refresh();
  }

  /** @param {"marker" | "pins" | "line" | "paths"} name of what is marked on the maps */
  mark(name, value) {
    this[name] = value;
    this.refresh();
  }

  setLayout(layout) {
    this.layout = layout;
    this.swipe.arrange(layout);
    this.resized();
  }

  setAxes(axes, name) {
    this.axisName = name;
    const ofDays = (days) => Object.fromEntries(Object.entries(days).map(([lead, text]) => [lead, unpackPath(text)]));
    this.axes = Object.fromEntries(Object.entries(axes).map(([key, days]) => [key, ofDays(days)]));
    this.refresh();
  }

  axisOf(panel, lead) {
    return this.axes[panel.wantedSpec?.key]?.[lead] ?? [];
  }

  setView(lat, lon, span) {
    this.move(new View(lat, lon, span, this.view.width, this.view.height), { lat, lon, span });
  }

  home() {
    this.setView(0, this.view.lon, 360);
  }

  // --- playhead -------------------------------------------------------------------------------------------------------

  toggle() {
    this.set("playing", !this.playing);
  }

  step(by) {
    if (this.playing) this.set("playing", false);
    this.playhead.step(by, this.looping);
    this.moved();
  }

  go(index) {
    this.playhead.go(index);
    this.moved();
  }

  goTo(lead) {
    this.playhead.goTo(lead);
    this.refresh();
  }

  moved() {
    this.report("playhead", this.lead);
    this.refresh();
  }

  advance(now) {
    const { speed, looping, blend } = this;
    const before = this.lead;
    const has = (lead) => this.panels.every((panel) => panel.has(lead));
    // Days that no map has yet, of a forecast that still runs, are left out.
    const { leads } = this.playhead;
    const [first, end] = [leads.findIndex((lead) => this.expects(lead)), leads.findLastIndex((lead) => this.expects(lead))];
    if (!this.playhead.advance(now, { speed, looping, blend, has, first, end })) this.set("playing", false);
    if (this.lead !== before) this.report("playhead", this.lead);
  }

  expects(lead) {
    return this.panels.some((panel) => panel.expects(lead));
  }

  // --- view -----------------------------------------------------------------------------------------------------------

  move(view, wanted = { lat: view.lat, lon: view.lon, span: view.span }) {
    this.wantedView = wanted;
    if (view.sameAs(this.view)) return;
    this.view = view;
    this.report("view", [view.lat, view.lon, view.span]);
    this.reportExtent();
    this.zoomStarted = performance.now();
    this.moving = true;
    this.settleSoon();
    this.refresh();
  }

  settleSoon() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.moving = false;
      this.frameSwap.request();
    }, SETTLE);
  }

  reportExtent() {
    const { view } = this;
    const west = wrapped(view.west);
    this.report("extent", [Math.max(view.south, -90), Math.min(view.north, 90), west, west + view.span]);
  }

  resized() {
    if (this.measure()) this.settleSoon();
  }

  // Gives the maps their share of the page and takes their size; returns whether it changed.
  measure() {
    const map = this.swipe.shown?.[0]?.parts.map;
    if (!map || this.grid.clientWidth < 20) return false;
    const overhead = Math.max(...this.panels.map((panel) => panel.element.offsetHeight - panel.parts.map.offsetHeight));
    const room = this.fill ? this.element.clientHeight - this.player.element.offsetHeight : null;
    const layout = arrange(this.swipe.count, this.grid.clientWidth, room, overhead);
    this.grid.style.setProperty("--columns", layout.columns);
    this.grid.style.setProperty("--map-height", `${Math.floor(layout.height)}px`);
    const [width, height] = [map.clientWidth, map.clientHeight];
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const changed = width !== this.view.width || height !== this.view.height || ratio !== this.ratio;
    this.ratio = ratio;
    const { lat, lon, span } = this.wantedView;
    this.view = new View(lat, lon, span, width, height);
    for (const panel of this.panels) panel.canvas.resize(this.view, ratio);
    this.swipe.place();
    if (changed) this.reportExtent();
    this.refresh();
    return changed;
  }

  point(panel, at) {
    this.pointer = at && { lat: this.view.latAt(at.y), lon: this.view.lonAt(at.x), panel };
    this.readouts();
  }

  readouts() {
    for (const panel of this.panels) {
      const own = panel === this.pointer?.panel;
      panel.labels.read(this.swipe.swiping && !own ? null : this.pointer, own);
    }
  }

  click(panel, at) {
    const lon = this.view.lonAt(at.x);
    this.clicked(this.view.latAt(at.y), wrapped(lon));
    panel.overlay.click(at);
  }

  // --- painting -------------------------------------------------------------------------------------------------------

  retheme() {
    const theme = readTheme(this.element);
    if (this.theme?.key === theme.key) return;
    this.theme = theme;
    this.refresh();
  }

  refresh() {
    this.paintLoop.request();
  }

  // Charts beside the maps follow the lead of the active map.
  announceLead() {
    if (activeStage() === this) document.dispatchEvent(new CustomEvent("goms-lead", { detail: this.lead }));
  }

  remove() {
    this.removed = true;
    unregister(this);
    this.keys.remove();
    this.stopTheme();
    this.resizer.disconnect();
    this.layers.remove();
    this.panels.forEach((panel) => panel.remove());
  }
}
