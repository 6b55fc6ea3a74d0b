// What the panels share - view, playhead, range, theme - and the one loop that paints them.

import { recolour, recolourDifferences } from "./colours.js";
import { counters } from "./counters.js";
import { unpackPath } from "./codec.js";
import { Geography } from "./geography.js";
import { Layers } from "./layers.js";
import { Keys } from "./keys.js";
import { arrange } from "./layout.js";
import { Panel, contentKey } from "./panel.js";
import { Player } from "./player.js";
import { Playhead } from "./playhead.js";
import { attachPointer } from "./pointer.js";
import { Swipe } from "./swipe.js";
import { readTheme, watchTheme } from "./theme.js";
import { View } from "./view.js";

const SETTLE = 150; // ms without movement before frames are asked for anew

export class Stage {
  // `report(name, value)` tells the page's server; `clicked(lat, lon)` a click on a map; `stepped(what, by)` a key for what it knows.
  constructor({ framesUrl, palettes, fill, report, clicked, stepped }) {
    Object.assign(this, { framesUrl, palettes, fill, report, clicked, stepped });
    this.element = document.createElement("div");
    this.element.className = fill ? "goms fill" : "goms";
    this.grid = document.createElement("div");
    this.grid.className = "panels";
    this.element.append(this.grid);
    this.geography = new Geography(() => this.refresh());
    this.player = new Player(this);
    this.element.append(this.player.element);
    this.panels = [];
    this.layers = new Layers(this);
    this.swipe = new Swipe(this);
    this.layout = "side";
    this.paths = {}; // of drifting particles, by key of the panel
    this.playhead = new Playhead();
    this.playing = false;
    this.looping = true;
    this.blend = false;
    this.speed = 6;
    this.marker = null;
    this.pins = []; // [latitude, longitude, letter, colour] of places that stay marked
    this.line = []; // [latitude, longitude] of the places of a line across the ocean
    this.axes = {}; // by key of a map and lead: [[latitude, longitude]] of a path that moves with the days
    Object.assign(this, { style: {}, wantedStyle: {} });
    // Milliseconds at which each began, null while none is under way.
    Object.assign(this, { changeStarted: null, loopStarted: null, paintedChange: null, zoomStarted: null });
    this.view = new View(0, 205, 360, 1200, 600);
    this.wantedView = { lat: 0, lon: 205, span: 360 };
    this.ratio = 1;
    this.keys = new Keys(this);
    this.stopTheme = watchTheme(() => requestAnimationFrame(() => this.retheme()));
    this.resizer = new ResizeObserver(() => this.resized());
    this.resizer.observe(this.grid);
    this.resizer.observe(this.element);
    counters.state = () => this.state();
  }

  get lead() { return this.playhead.lead; }

  state() {
    return {
      line: this.line.length, pins: this.pins.map(([, , letter]) => letter).join(""),
      lead: this.lead, playing: this.playing, view: { lat: this.view.lat, lon: this.view.lon, span: this.view.span },
      complete: this.complete(), pending: this.panels.some((panel) => panel.pending),
      panels: this.panels.map((panel) => ({
        title: panel.spec?.title, quantity: panel.spec?.quantity, error: panel.error, held: panel.loop?.frames.size ?? 0,
        low: panel.colours?.low, high: panel.colours?.high, drawn: Boolean(panel.frame), drawnWidth: panel.frame?.width ?? 0,
        layers: panel.layers.state(), overlay: panel.overlay.state(), axis: this.axisOf(panel, this.lead).length,
      })),
      streaks: this.layers.streaks.state(),
    };
  }

  panelOf(key) { return this.panels.find((panel) => panel.wantedSpec?.key === key); }

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
      this.changeStarted = this.loopStarted = performance.now();
      this.zoomStarted = null;
    }
    this.measure();
    this.request();
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
    if (this.changeStarted === null) this.applyStyle();
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

  setMarker(point) {
    this.marker = point;
    this.refresh();
  }

  setPins(pins) {
    this.pins = pins;
    this.refresh();
  }

  setLayout(layout) {
    this.layout = layout;
    this.swipe.arrange(layout);
    this.resized();
  }

  setPaths(paths) {
    this.paths = paths;
    this.refresh();
  }

  setLine(places) {
    this.line = places;
    this.refresh();
  }

  setAxes(axes, name) {
    this.axisName = name;
    const ofDays = (days) => Object.fromEntries(Object.entries(days).map(([lead, text]) => [lead, unpackPath(text)]));
    this.axes = Object.fromEntries(Object.entries(axes).map(([key, days]) => [key, ofDays(days)]));
    this.refresh();
  }

  axisOf(panel, lead) { return this.axes[panel.wantedSpec?.key]?.[lead] ?? []; }

  setView(lat, lon, span) {
    this.move(new View(lat, lon, span, this.view.width, this.view.height), { lat, lon, span });
  }

  home() { this.setView(0, this.view.lon, 360); }

  // --- playhead -------------------------------------------------------------------------------------------------------

  toggle() { this.set("playing", !this.playing); }

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

  expects(lead) { return this.panels.some((panel) => panel.expects(lead)); }

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
      this.request();
    }, SETTLE);
  }

  reportExtent() {
    const { view } = this;
    const west = ((view.west % 360) + 360) % 360;
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
    for (const panel of this.panels) {
      const canvas = panel.parts.picture;
      if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) panel.resize(this.view, ratio);
    }
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
      panel.read(this.swipe.swiping && !own ? null : this.pointer, own);
    }
  }

  click(panel, at) {
    const lon = this.view.lonAt(at.x);
    this.clicked(this.view.latAt(at.y), ((lon % 360) + 360) % 360);
    panel.parts.map.focus({ preventScroll: true });
    panel.overlay.click(at);
  }

  // --- frames ---------------------------------------------------------------------------------------------------------

  // Asks every panel for its leads at the present view.
  request() {
    for (const panel of this.panels) panel.want(panel.wantedSpec, panel.requestAt(this.view, this.ratio), this.lead);
    if (this.changeStarted !== null || this.panels.some((panel) => panel.pending)) this.swapIfReady();
    this.refresh();
  }

  arrived(loop) {
    counters.bytes += loop.bytes - (loop.counted ?? 0);
    loop.counted = loop.bytes;
    if (this.panels.some((one) => one.pending)) this.swapIfReady();
    this.finishLoop();
    this.refresh();
  }

  // All panels change at once, when each holds the lead on screen; until then the old pictures stay.
  swapIfReady() {
    if (!this.panels.every((panel) => panel.ready(this.lead))) return;
    for (const panel of this.panels) {
      panel.swap();
      panel.differences.clear();
    }
    if (this.changeStarted !== null) {
      this.paintedChange = this.changeStarted;
      this.changeStarted = null;
      this.applyStyle();
    }
    this.finishLoop();
  }

  complete() {
    return this.panels.length > 0 && this.panels.every((panel) => !panel.pending && (panel.isDifference || !panel.loop || panel.loop.complete));
  }

  finishLoop() {
    if (this.changeStarted !== null || !this.complete()) return;
    recolour(this);
    if (this.loopStarted !== null) counters.loopReadyMs.push(performance.now() - this.loopStarted);
    this.loopStarted = null;
  }

  // --- painting -------------------------------------------------------------------------------------------------------

  retheme() {
    const theme = readTheme(this.element);
    if (this.theme?.key === theme.key) return;
    this.theme = theme;
    this.refresh();
  }

  // Asks for a paint at the next display refresh.
  refresh() {
    if (this.scheduled || this.removed) return;
    this.scheduled = true;
    requestAnimationFrame((now) => {
      this.scheduled = false;
      if (!this.removed) this.paint(now);
    });
  }

  paint(now) {
    if (!this.element.isConnected || this.panels.length === 0) {
      if (this.panels.length) setTimeout(() => this.refresh(), 50);
      return;
    }
    this.theme ??= readTheme(this.element);
    if (this.playing) this.advance(now);
    recolourDifferences(this);
    const { playhead } = this;
    const weight = this.blend ? playhead.position - playhead.index : 0;
    for (const panel of this.panels) {
      panel.draw(playhead.lead, playhead.following, weight);
      panel.label(playhead.lead, playhead.time, weight > 0);
      panel.parts.busy.hidden = !(panel.pending || (panel.loop && !panel.loop.complete && !panel.loop.error));
    }
    this.layers.painted();
    this.readouts();
    this.count(weight);
    const held = playhead.leads.map((lead) => this.panels.every((panel) => panel.isDifference || (panel.loop && panel.frameAt(lead) !== null)));
    this.player.show(this, playhead, held);
    if (this.playing) this.refresh();
  }

  count(weight) {
    const moment = `${this.lead} ${weight}`;
    const content = this.panels.map((panel) => `${panel.frame?.scaleKey} ${panel.frame?.width} ${panel.painter.key}`).join() + [this.view.lat, this.view.lon, this.view.span, this.theme.key];
    if (moment === this.lastMoment && content === this.lastContent) return;
    if (counters.painted++ === 0) this.element.ownerDocument.documentElement.classList.add("goms-painted");
    if (moment !== this.lastMoment) {
      counters.leadsPainted++;
      document.dispatchEvent(new CustomEvent("goms-lead", { detail: this.lead }));
    }
    this.lastMoment = moment;
    this.lastContent = content;
    if (this.paintedChange !== null) {
      counters.changeMs.push(performance.now() - this.paintedChange);
      this.paintedChange = null;
    } else if (this.zoomStarted !== null && !this.panels.some((panel) => panel.pending) && performance.now() - this.zoomStarted > SETTLE) {
      counters.zoomMs.push(performance.now() - this.zoomStarted);
      this.zoomStarted = null;
    }
  }

  remove() {
    this.removed = true;
    this.stopTheme();
    this.resizer.disconnect();
    this.layers.remove();
    this.panels.forEach((panel) => panel.remove());
  }
}
