// How one map is painted: water without data, the field of a lead, layers, land, and what is marked on top.

import { drawAxis, drawGraticule, drawLand, drawLine, drawMarker, drawMissing, drawPins } from "./geography.js";
import { nearestTo, turnsInView } from "./longitudes.js";
import { Painter } from "./painter.js";
import { storeLead } from "./panel_spec.js";

const TOLERANCE = 0.01; // degrees by which a frame may end inside the view and still cover it
const POLE = 89.9; // degrees of latitude beyond which no grid has cells
const PATIENCE = 6; // while the view moves, land is redrawn once in this many times of what it costs

export class PanelCanvas {
  /** @param {import("./panel.js").Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.stage = panel.stage;
    this.picture = panel.parts.picture;
    this.context = this.picture.getContext("2d", { alpha: false });
    this.below = document.createElement("canvas");
    this.land = document.createElement("canvas");
    this.above = document.createElement("canvas");
    this.painter = new Painter();
    this.widePainter = new Painter();
    this.drawn = null; // view and look of the land as it is drawn, and what that cost
    this.topKey = null;
  }

  setColours(colours, low, high, logarithmic) {
    for (const painter of [this.painter, this.widePainter]) painter.setColours(colours, low, high, logarithmic);
  }

  resize(view, ratio) {
    const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
    if (this.picture.width === width && this.picture.height === height) return;
    for (const canvas of [this.picture, this.below, this.land, this.above]) Object.assign(canvas, { width, height });
    this.drawn = this.topKey = null;
  }

  // Redraws land and coast where view or theme changed; returns whether they fit the view exactly. While the view moves
  // they are redrawn as often as their cost allows, and stretched from the last drawing in between.
  drawScene() {
    const { view, theme, ratio, geography } = this.stage;
    const look = [ratio, theme.key, geography.revision].join();
    if (this.drawn?.look === look && this.drawn.view.sameAs(view)) return true;
    const started = performance.now();
    if (this.stage.moving && this.drawn?.look === look && started - this.drawn.at < PATIENCE * this.drawn.cost) return false;
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
  landFits() {
    return Boolean(this.drawn?.view.sameAs(this.stage.view));
  }

  // Draws what lies on top - land, graticule, scale bar and marks - which is one picture while the view rests.
  drawTop() {
    const { ratio, marker, pins, line } = this.stage;
    const key = `${this.drawn.at} ${marker} ${pins} ${line}`;
    if (key === this.topKey) return;
    this.topKey = key;
    const context = this.above.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.above.width, this.above.height);
    context.drawImage(this.land, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.drawMarks(context);
  }

  drawMarks(context) {
    const { view, theme, marker, pins, line } = this.stage;
    drawGraticule(context, view, theme);
    drawLine(context, view, line, theme);
    drawPins(context, view, pins, theme);
    if (marker) drawMarker(context, view, marker, theme);
  }

  // Paints the frame of a lead, or its blend with the following one, and what lies over it.
  draw(lead, following, weight) {
    const { context, panel } = this;
    const { view, theme, ratio } = this.stage;
    const exact = this.drawScene();
    context.setTransform(1, 0, 0, 1, 0, 0);
    if (exact) context.drawImage(this.below, 0, 0);
    else this.stretch(this.below);
    const { frame } = panel;
    if (frame) {
      const under = panel.wide?.frames.get(storeLead(panel.spec, lead));
      if (under && under !== frame && !covers(frame, view)) this.put(under, this.widePainter.paint(under));
      const next = weight > 0 ? panel.frameAt(following) : null;
      this.put(frame, this.painter.paint(frame, next, weight));
    }
    panel.layers.draw(lead);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawAxis(context, view, this.stage.axisOf(panel, lead), this.stage.axisName, theme);
    context.setTransform(1, 0, 0, 1, 0, 0);
    panel.overlay.draw(lead);
    if (exact) {
      this.drawTop();
      context.drawImage(this.above, 0, 0);
      return;
    }
    this.stretch(this.land);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.drawMarks(context);
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
    for (const turn of turnsInView(view, before.west, before.east)) {
      const x = (before.west + turn - view.west) * scale;
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
    for (const turn of turnsInView(view, west, east)) {
      this.context.drawImage(surface, (west + turn - view.west) * scale, top, width, height);
    }
  }
}

// Whether a frame reaches as far as the view, but for the poles.
function covers(frame, view) {
  const [south, north, west, east] = frame.bounds;
  if (south > Math.max(view.south, -POLE) + TOLERANCE || north < Math.min(view.north, POLE) - TOLERANCE) return false;
  if (east - west > 359.9) return true;
  const middle = nearestTo(view.lon, (west + east) / 2);
  const half = (east - west) / 2;
  return middle - half <= view.west + TOLERANCE && middle + half >= view.east - TOLERANCE;
}
