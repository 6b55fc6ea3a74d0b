// One map: its labels, its canvas, the loops of frames it holds, and how a lead is put on the canvas.

import { difference } from "./codec.js";
import { ColourBar } from "./colourbar.js";
import { figure, latitude, leadText, longitude } from "./format.js";
import { drawGraticule, drawLand, drawLine, drawMarker, drawMissing, drawAxis, drawPins } from "./geography.js";
import { PanelLayers } from "./layers.js";
import { Loop } from "./loader.js";
import { markup, put } from "./markup.js";
import { Overlay } from "./overlay.js";
import { colourRange, differences, Painter } from "./painter.js";
import { readingOf } from "./reading.js";
import { say } from "./words.js";

const skeleton = () => markup`
  <header class="head">
    <div class="what"><h2 class="quantity"></h2><span class="source"></span></div>
    <div class="when"><span class="date"></span><span class="lead"></span></div>
  </header>
  <div class="map" tabindex="0" role="application">
    <canvas class="picture"></canvas>
    <div class="busy" hidden></div>
    <div class="pin" hidden></div>
    <div class="readout" hidden></div>
    <div class="notice"></div>
    <div class="empty" hidden></div>
    <div class="zoom">
      <button type="button" data-zoom="in" aria-label="${say("Zoom in")}" title="${say("Zoom in")} (+)">+</button>
      <button type="button" data-zoom="out" aria-label="${say("Zoom out")}" title="${say("Zoom out")} (−)">−</button>
      <button type="button" data-zoom="reset" aria-label="${say("Whole map")}" title="${say("Whole map")} (0)">⤢</button>
    </div>
  </div>`;

export class Panel {
  // `stage` is what the panels share: address of frames, geography, theme, view and `arrived(loop)`.
  constructor(stage) {
    this.stage = stage;
    this.element = document.createElement("section");
    this.element.className = "panel";
    put(this.element, skeleton());
    this.parts = Object.fromEntries(
      ["quantity", "source", "date", "lead", "map", "picture", "busy", "pin", "readout", "notice", "empty"].map((name) => [name, this.element.querySelector(`.${name}`)]),
    );
    this.bar = new ColourBar();
    this.element.append(this.bar.element);
    this.context = this.parts.picture.getContext("2d", { alpha: false });
    this.below = document.createElement("canvas");
    this.land = document.createElement("canvas");
    this.above = document.createElement("canvas");
    this.painter = new Painter();
    this.widePainter = new Painter();
    this.spec = null; // what is on screen
    this.loop = null; // its frames at the newest viewport
    this.wide = null; // its frames at a wider viewport, shown where the newest do not reach
    this.next = null; // frames on their way, with the spec they belong to
    this.differences = new Map();
    this.layers = new PanelLayers(this);
    this.overlay = new Overlay(this);
  }

  get isDifference() { return (this.wantedSpec || this.spec)?.kind === "difference"; }
  get pending() { return this.next !== null; }
  // Why there is nothing to show; a loop that lacks some leads still shows the others.
  get error() { return this.loop && this.loop.frames.size === 0 ? this.loop.error ?? this.loop.trouble : null; }

  // What to ask for at a view: the same as before where neither content nor view changed, such as for other words or units.
  requestAt(view, ratio) {
    const content = contentKey(this.wantedSpec);
    const { asked } = this;
    if (asked?.content === content && asked.ratio === ratio && asked.view.sameAs(view)) return asked.request;
    const step = this.loop?.content === content ? this.frames()[0]?.step : null;
    this.asked = { content, ratio, view, request: view.request(ratio, step ?? 0.25) };
    return this.asked.request;
  }

  // Starts or extends the loop for a spec and viewport; returns whether other frames than those on screen are awaited.
  want(spec, request, lead) {
    this.wantedSpec = spec;
    this.parts.map.setAttribute("aria-label", say("Map: {quantity}, {source}", { quantity: spec.quantity, source: spec.title }));
    if (spec.kind === "difference" || !spec.store || spec.leads.length === 0) {
      this.next?.drop();
      this.next = null;
      if (spec.kind !== "difference") this.clear();
      this.spec = spec;
      return false;
    }
    const key = `${contentKey(spec)} ${Object.values(request).map((value) => value.toFixed(4)).join(" ")}`;
    const first = nearest(spec.leads, lead + (spec.lead_offset || 0));
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
    this.next.key = key;
    this.next.content = contentKey(spec);
    this.next.want(spec.leads, first);
    return true;
  }

  arrived(loop) {
    if (loop !== this.loop && loop !== this.next) return;
    this.stage.arrived(loop);
  }

  // Whether the awaited loop can take the place of the one on screen.
  ready(lead) {
    return !this.next || this.next.error !== null || this.next.trouble !== null || this.next.frames.has(this.storeLead(this.next.spec, lead)) || this.next.complete;
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
    this.spec = this.loop.spec;
  }

  clear() {
    this.loop?.drop();
    this.loop = this.wide = null;
  }

  storeLead(spec, lead) { return nearest(spec.leads, lead + (spec.lead_offset || 0)); }

  // The frame of a lead of the loop, from the newest viewport or else the wider one.
  frameAt(lead) {
    if (this.isDifference) return this.differenceAt(lead);
    if (!this.loop || !this.spec) return null;
    const number = lead + (this.spec.lead_offset || 0);
    return this.loop.frames.get(number) ?? this.wide?.frames.get(number) ?? null;
  }

  differenceAt(lead) {
    const [first, second] = (this.wantedSpec.of || []).map((key) => this.stage.panelOf(key)?.frameAt(lead));
    if (!first || !second || first.width === 0 || second.width === 0) return null;
    const kept = this.differences.get(lead);
    if (kept && kept.first === first && kept.second === second) return kept.frame;
    const frame = difference(first, second);
    this.differences.set(lead, { first, second, frame });
    return frame;
  }

  expects(lead) { return !this.isDifference && Boolean(this.spec?.leads.includes(lead + (this.spec.lead_offset || 0))); }

  // Whether playback may go to a lead: its frame is here, or will never come.
  has(lead) {
    if (this.isDifference || !this.spec || !this.loop) return true;
    if (!this.layers.has(lead)) return false;
    return this.frameAt(lead) !== null || !this.loop.awaits(lead + (this.spec.lead_offset || 0));
  }

  frames() {
    if (this.isDifference) return [];
    return this.loop ? [...this.loop.frames.values()].filter((frame) => frame.width > 0) : [];
  }

  setColours(colours, low, high, logarithmic) {
    this.colours = { colours, low, high, logarithmic };
    this.painter.setColours(colours, low, high, logarithmic);
    this.widePainter.setColours(colours, low, high, logarithmic);
  }

  // A difference has a range of its own, symmetric about zero, over all leads held by now.
  ownRange(leads) {
    const [first, second] = this.wantedSpec.of.map((key) => this.stage.panelOf(key));
    const pairs = leads.map((lead) => [first?.frameAt(lead), second?.frameAt(lead)]).filter(([a, b]) => a?.width && b?.width);
    return this.wantedSpec.range || colourRange(differences(pairs), "symmetric") || [-1, 1];
  }

  resize(view, ratio) {
    for (const canvas of [this.parts.picture, this.below, this.land, this.above]) {
      canvas.width = Math.round(view.width * ratio);
      canvas.height = Math.round(view.height * ratio);
    }
    this.drawn = this.topKey = null;
  }

  // Redraws land and coast where view or theme changed; returns whether they fit the view exactly. While the view moves
  // they are redrawn as often as their cost allows, and stretched from the last drawing in between.
  scene() {
    const { view, theme, ratio, geography } = this.stage;
    const look = [ratio, theme.key, geography.revision].join();
    if (this.drawn?.look === look && this.drawn.view.sameAs(view)) return true;
    const started = performance.now();
    if (this.stage.moving && this.drawn?.look === look && started - this.drawn.at < 6 * this.drawn.cost) return false;
    const paths = geography.paths(view);
    const below = this.below.getContext("2d", { alpha: false });
    below.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawMissing(below, view, theme);
    const land = this.land.getContext("2d");
    land.setTransform(ratio, 0, 0, ratio, 0, 0);
    land.clearRect(0, 0, view.width, view.height);
    drawLand(land, view, paths, theme);
    this.drawn = { view, look, at: performance.now(), cost: performance.now() - started };
    return true;
  }

  // Whether the drawing of the land is that of the present view.
  landFits() { return Boolean(this.drawn?.view.sameAs(this.stage.view)); }

  // What lies on top: land, graticule, scale bar and marker, kept as one picture while the view rests.
  top() {
    const { view, ratio, marker, pins, line, theme } = this.stage;
    const key = `${this.drawn.at} ${marker} ${pins} ${line}`;
    if (key === this.topKey) return;
    this.topKey = key;
    const context = this.above.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.above.width, this.above.height);
    context.drawImage(this.land, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawGraticule(context, view, theme);
    drawLine(context, view, line, theme);
    drawPins(context, view, pins, theme);
    if (marker) drawMarker(context, view, marker, theme);
  }

  draw(lead, following, weight) {
    const { context } = this;
    const { view, theme, ratio, marker, pins, line } = this.stage;
    if (this.element.hidden) {
      this.frame = this.colours ? this.frameAt(lead) : null;
      return;
    }
    const exact = this.scene();
    context.setTransform(1, 0, 0, 1, 0, 0);
    if (exact) context.drawImage(this.below, 0, 0);
    else this.stretch(this.below);
    const frame = this.colours ? this.frameAt(lead) : null;
    if (frame) {
      const under = this.wide?.frames.get(lead + (this.spec.lead_offset || 0));
      if (under && under !== frame && !covers(frame, view)) this.put(under, this.widePainter.paint(under));
      const next = weight > 0 ? this.frameAt(following) : null;
      this.put(frame, this.painter.paint(frame, next, weight));
    }
    this.frame = frame;
    this.layers.draw(lead);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawAxis(context, view, this.stage.axisOf(this, lead), this.stage.axisName, theme);
    context.setTransform(1, 0, 0, 1, 0, 0);
    this.overlay.draw(lead);
    if (exact) {
      this.top();
      context.drawImage(this.above, 0, 0);
      return;
    }
    this.stretch(this.land);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawGraticule(context, view, theme);
    drawLine(context, view, line, theme);
    drawPins(context, view, pins, theme);
    if (marker) drawMarker(context, view, marker, theme);
  }

  // Puts a drawing of an earlier view where it belongs in the present one.
  stretch(drawing) {
    const { view, ratio, theme } = this.stage;
    const { view: before } = this.drawn;
    const scale = view.pixelsPerDegree * ratio;
    if (drawing === this.below) {
      this.context.fillStyle = theme.missing;
      this.context.fillRect(0, 0, drawing.width, drawing.height);
    }
    this.context.imageSmoothingEnabled = before.span !== view.span;
    for (let turn = Math.ceil((view.west - before.east) / 360); turn <= Math.floor((view.east - before.west) / 360); turn++) {
      const x = (before.west + 360 * turn - view.west) * scale;
      const y = (view.north - before.north) * scale;
      this.context.drawImage(drawing, x, y, before.span * scale, (before.north - before.south) * scale);
    }
  }

  put(frame, surface) {
    if (!surface) return;
    const { view, ratio } = this.stage;
    const [south, north, west, east] = frame.bounds;
    const scale = view.pixelsPerDegree * ratio;
    const [top, height] = [(view.north - north) * scale, (north - south) * scale];
    const width = (east - west) * scale;
    // At one frame pixel a screen pixel nothing is to be smoothed.
    this.context.imageSmoothingEnabled = Math.abs(width - surface.width) > 0.5 || Math.abs(height - surface.height) > 0.5;
    for (let turn = Math.ceil((view.west - east) / 360); turn <= Math.floor((view.east - west) / 360); turn++) {
      this.context.drawImage(surface, (west + 360 * turn - view.west) * scale, top, width, height);
    }
  }

  label(lead, time, blended) {
    const spec = this.spec || this.wantedSpec;
    if (!spec) return;
    const { quantity, source, date, lead: leadPart, notice, empty } = this.parts;
    const { symbol, show } = readingOf(spec);
    setText(quantity, symbol ? `${spec.quantity} (${symbol})` : spec.quantity);
    setText(source, [spec.title, spec.forcing].filter(Boolean).join(" · "));
    setText(date, blended ? say("{day} (blended)", { day: time }) : time);
    setText(leadPart, time && spec.has_lead !== false ? leadText(lead + (spec.lead_shift || 0)) : "");
    setText(notice, spec.notice || "");
    const message = this.message(spec, lead);
    setText(empty, message);
    empty.hidden = !message;
    this.bar.element.classList.toggle("vacant", !this.colours || Boolean(message));
    if (this.colours) {
      const { colours, low, high, logarithmic } = this.colours;
      this.bar.show(colours, show(low), show(high), logarithmic, symbol, this.stage.view.width, spec.classes);
    }
  }

  message(spec, lead) {
    if (this.isDifference) {
      const bare = (spec.of || []).some((key) => !(this.stage.panelOf(key)?.wantedSpec.leads.length > 0));
      return bare ? spec.empty || say("Nothing to compare with yet") : "";
    }
    if (!spec.store || spec.leads.length === 0) return spec.empty || say("Nothing to show yet");
    if (this.error) return this.error;
    const absent = this.loop && !this.frameAt(lead) && !this.loop.awaits(lead + (spec.lead_offset || 0));
    return absent ? this.loop.trouble ?? say("Nothing for this day") : "";
  }

  // Shows value and position under the pointer; a pin marks the place on the panels that the pointer is not over.
  read(position, own) {
    const { readout, pin } = this.parts;
    readout.hidden = !position;
    pin.hidden = !position || own;
    if (!position) return;
    const { view } = this.stage;
    const value = this.frame ? this.frame.valueAt(position.lat, position.lon) : NaN;
    const { symbol, factor, show } = readingOf(this.spec);
    const range = factor * (this.colours ? this.colours.high - this.colours.low : 1);
    const place = `${latitude(position.lat, 2)} ${longitude(position.lon, 2)}`;
    const text = Number.isFinite(value) ? `${figure(show(value), range / 500)} ${symbol}` : say("no data");
    readout.replaceChildren(Object.assign(document.createElement("b"), { textContent: text }), document.createTextNode(place));
    const [x, y] = [view.x(position.lon), view.y(position.lat)];
    pin.style.transform = `translate(${x}px, ${y}px)`;
    const [left, up] = [x > view.width - readout.offsetWidth - 24, y < readout.offsetHeight + 24];
    readout.style.transform = `translate(${x + (left ? -14 : 14)}px, ${y + (up ? 14 : -14)}px) translate(${left ? -100 : 0}%, ${up ? 0 : -100}%)`;
  }

  remove() {
    this.next?.drop();
    this.clear();
    this.layers.remove();
    this.overlay.remove();
    this.element.remove();
  }
}

export function contentKey(spec) {
  return JSON.stringify([spec.kind, spec.store, spec.variable, spec.depth_index || 0, spec.revision || "", spec.of]);
}

function spanOf(loop) { return loop.request.east - loop.request.west; }

function covers(frame, view) {
  const [south, north, west, east] = frame.bounds;
  const within = 0.01;
  if (south > Math.max(view.south, -89.9) + within || north < Math.min(view.north, 89.9) - within) return false;
  if (east - west > 359.9) return true;
  const shift = 360 * Math.round((view.lon - (west + east) / 2) / 360);
  return west + shift <= view.west + within && east + shift >= view.east - within;
}

function nearest(leads, lead) {
  return leads.reduce((best, one) => (Math.abs(one - lead) < Math.abs(best - lead) ? one : best), leads[0]);
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
