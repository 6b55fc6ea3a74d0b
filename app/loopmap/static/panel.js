// One map: the loops of frames that it holds, and which of them is on screen.

import { difference } from "./codec.js";
import { colourLimits, differences } from "./colour_limits.js";
import { say } from "./i18n.js";
import { PanelLayers } from "./layers.js";
import { Loop } from "./loader.js";
import { Overlay } from "./overlay.js";
import { PanelCanvas } from "./panel_canvas.js";
import { PanelLabels } from "./panel_labels.js";
import { contentKey, nearestLead, storeLead } from "./panel_spec.js";

/** @typedef {import("./panel_spec.js").PanelSpec} PanelSpec */

export class Panel {
  /** @param {import("./stage.js").Stage} stage what the panels share: address of frames, geography, theme and view */
  constructor(stage) {
    this.stage = stage;
    this.labels = new PanelLabels(this);
    this.element = this.labels.element;
    this.parts = this.labels.parts;
    this.canvas = new PanelCanvas(this);
    /** @type {PanelSpec | null} what is on screen */
    this.spec = null;
    /** @type {PanelSpec | null} what the page asks for */
    this.wantedSpec = null;
    this.asked = null; // what was asked for last, and for which content and view
    /** @type {Loop | null} frames on screen, at the newest viewport */
    this.loop = null;
    /** @type {Loop | null} frames at a wider viewport, shown where the newest do not reach */
    this.wide = null;
    /** @type {Loop | null} frames on their way, with the spec they belong to */
    this.next = null;
    this.differences = new Map();
    this.colours = null; // palette, limits and scale on screen
    this.frame = null; // on screen
    this.rangeKey = ""; // what the limits of a difference were taken from
    this.layers = new PanelLayers(this);
    this.overlay = new Overlay(this);
  }

  get isDifference() {
    return (this.wantedSpec || this.spec)?.kind === "difference";
  }

  get pending() {
    return this.next !== null;
  }

  // Why there is nothing to show; a loop that lacks some leads still shows the others.
  get error() {
    return this.loop && this.loop.frames.size === 0 ? (this.loop.error ?? this.loop.trouble) : null;
  }

  // Why the frame of a lead is not there, empty where it is there or on its way.
  absence(lead) {
    const absent = this.loop && !this.frameAt(lead) && !this.loop.awaits(storeLead(this.spec, lead));
    return absent ? (this.loop.trouble ?? say("Nothing for this day")) : "";
  }

  // What to ask for at a view: the same as before where neither content nor view changed, such as for other words or units.
  requestAt(view, ratio) {
    const content = contentKey(this.wantedSpec);
    const { asked } = this;
    if (asked?.content === content && asked.ratio === ratio && asked.view.sameAs(view)) return asked.request;
    const step = this.loop?.content === content ? this.frames()[0]?.step : null;
    this.asked = { content, ratio, view, request: view.request(ratio, step ?? 0.25) };
    return this.asked.request;
  }

  /**
   * Starts or extends the loop for a spec and viewport; returns whether other frames than those on screen are awaited.
   * @param {PanelSpec} spec
   */
  want(spec, request, lead) {
    this.wantedSpec = spec;
    this.labels.name(spec);
    if (spec.kind === "difference" || !spec.store || spec.leads.length === 0) {
      this.next?.drop();
      this.next = null;
      if (spec.kind !== "difference") this.clear();
      this.spec = spec;
      return false;
    }
    const content = contentKey(spec);
    const key = `${content} ${Object.values(request)
      .map((value) => value.toFixed(4))
      .join(" ")}`;
    const first = nearestLead(spec, lead);
    const running = [this.next, this.loop].find((loop) => loop?.key === key);
    if (running) {
      if (running === this.loop && this.next) {
        this.next.drop();
        this.next = null;
      }
      running.spec = spec;
      if (running === this.loop) this.spec = spec;
      running.want(spec.leads, first);
      return running === this.next;
    }
    this.next?.drop();
    this.next = new Loop(this.stage.framesUrl, spec, request, (loop) => this.arrived(loop));
    Object.assign(this.next, { key, content });
    this.next.want(spec.leads, first);
    return true;
  }

  arrived(loop) {
    if (loop !== this.loop && loop !== this.next) return;
    this.stage.frameSwap.arrived(loop);
  }

  // Whether the awaited loop can take the place of the one on screen.
  ready(lead) {
    const { next } = this;
    if (!next || next.error !== null || next.trouble !== null) return true;
    return next.frames.has(nearestLead(/** @type {PanelSpec} */ (next.spec), lead)) || next.complete;
  }

  // Puts the awaited loop on screen.
  swap() {
    if (!this.next) return;
    const same = this.loop?.content === this.next.content;
    if (same && this.loop.complete && (!this.wide || spanOf(this.loop) >= spanOf(this.wide))) this.wide = this.loop;
    else if (same && this.loop !== this.wide) this.loop.drop();
    if (!same) {
      this.loop?.drop();
      this.wide = null;
    }
    this.loop = this.next;
    this.next = null;
    if (this.wide && spanOf(this.wide) <= spanOf(this.loop)) this.wide = null;
    this.spec = /** @type {PanelSpec} */ (this.loop.spec);
  }

  clear() {
    this.loop?.drop();
    this.loop = this.wide = null;
  }

  // The frame of a lead of the loop, from the newest viewport or else the wider one.
  frameAt(lead) {
    if (this.isDifference) return this.differenceAt(lead);
    if (!this.loop || !this.spec) return null;
    const number = storeLead(this.spec, lead);
    return this.loop.frames.get(number) ?? this.wide?.frames.get(number) ?? null;
  }

  differenceAt(lead) {
    const [first, second] = (this.wantedSpec.of || []).map((key) => this.stage.panelOf(key)?.frameAt(lead));
    if (!first || !second || first.width === 0 || second.width === 0) return null;
    const known = this.differences.get(lead);
    if (known && known.first === first && known.second === second) return known.frame;
    const frame = difference(first, second);
    this.differences.set(lead, { first, second, frame });
    return frame;
  }

  expects(lead) {
    return !this.isDifference && Boolean(this.spec?.leads.includes(storeLead(this.spec, lead)));
  }

  // Whether playback may go to a lead: its frame is here, or will never come.
  has(lead) {
    if (this.isDifference || !this.spec || !this.loop) return true;
    if (!this.layers.has(lead)) return false;
    return this.frameAt(lead) !== null || !this.loop.awaits(storeLead(this.spec, lead));
  }

  frames() {
    if (this.isDifference) return [];
    return this.loop ? [...this.loop.frames.values()].filter((frame) => frame.width > 0) : [];
  }

  setColours(colours, low, high, logarithmic) {
    this.colours = { colours, low, high, logarithmic };
    this.canvas.setColours(colours, low, high, logarithmic);
  }

  // A difference has limits of its own, symmetric about zero, over all leads held by now.
  ownLimits(leads) {
    const [first, second] = this.wantedSpec.of.map((key) => this.stage.panelOf(key));
    const pairs = leads.map((lead) => [first?.frameAt(lead), second?.frameAt(lead)]).filter(([a, b]) => a?.width && b?.width);
    return this.wantedSpec.range || colourLimits(differences(pairs), "symmetric") || [-1, 1];
  }

  draw(lead, following, weight) {
    this.frame = this.colours ? this.frameAt(lead) : null;
    if (!this.element.hidden) this.canvas.draw(lead, following, weight);
  }

  remove() {
    this.next?.drop();
    this.clear();
    this.layers.remove();
    this.overlay.remove();
    this.element.remove();
  }
}

function spanOf(loop) {
  return loop.request.east - loop.request.west;
}
