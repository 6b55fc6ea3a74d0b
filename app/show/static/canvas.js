// Draws the flat map on a plain 2-D canvas, where WebGL2 is missing or too slow. The shapes of land are drawn again only when
// the view has come to rest.

import { drawLand } from "loopmap/geography.js";
import { turnsInView } from "loopmap/longitudes.js";
import { Painter } from "loopmap/painter.js";

const THEME = { land: "#191e23", coast: "rgba(158,176,189,.7)" };
const MISSING = "#0e1317";

export class CanvasRenderer {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.kinds = ["flat"];
    this.painters = { globe: new Painter(), close: new Painter() };
    this.shore = document.createElement("canvas");
    this.shoreKey = ""; // of the view that land is drawn for
    this.width = 0;
    this.height = 0;
    this.ratio = 1;
  }

  setScene({ colours, limits, logarithmic }) {
    for (const painter of Object.values(this.painters)) painter.setColours(colours, ...limits, logarithmic);
  }

  resize(width, height, ratio) {
    for (const surface of [this.canvas, this.shore]) {
      surface.width = Math.round(width * ratio);
      surface.height = Math.round(height * ratio);
    }
    Object.assign(this, { width, height, ratio, shoreKey: "" });
  }

  draw({ projection, geography, day, next, weight, light }) {
    const { context, ratio } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = "#05080b";
    context.fillRect(0, 0, this.width, this.height);
    const [top, bottom] = [90, -90].map((lat) => projection.y - (lat - projection.lat) * projection.scale);
    context.fillStyle = MISSING;
    context.fillRect(0, top, this.width, bottom - top);
    context.globalAlpha = light;
    if (day) this.drawFrames(projection, day.globe, next.globe, weight, this.painters.globe);
    if (day?.close) this.drawFrames(projection, day.close, next.close, weight, this.painters.close);
    context.globalAlpha = 1;
    this.drawShore(projection, geography);
  }

  drawFrames(projection, frame, next, weight, painter) {
    const surface = painter.paint(frame, next, weight);
    if (!surface) return;
    const [south, north, west, east] = frame.bounds;
    const { context } = this;
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "medium";
    const width = (east - west) * projection.scale;
    const y = projection.y - (north - projection.lat) * projection.scale;
    const left = projection.lon - projection.x / projection.scale; // longitude at the left edge of the screen
    for (const turn of turnsInView({ west: left, east: left + this.width / projection.scale }, west, east)) {
      const x = (west + turn - left) * projection.scale;
      context.drawImage(surface, x, y, width, (north - south) * projection.scale);
    }
  }

  drawShore(projection, geography) {
    const { scale } = projection;
    // All of the screen, beyond the poles, too; the open part of it, which the camera looks at, lies elsewhere.
    const [width, height] = [this.width, this.height];
    const [north, west] = [projection.lat + projection.y / scale, projection.lon - projection.x / scale];
    const view = {
      lat: north - height / 2 / scale,
      lon: west + width / 2 / scale,
      span: width / scale,
      width,
      height,
      pixelsPerDegree: scale,
      north,
      west,
      south: north - height / scale,
      east: west + width / scale,
    };
    const key = [north, west, scale, geography.revision].join();
    if (key !== this.shoreKey) {
      this.shoreKey = key;
      const context = this.shore.getContext("2d");
      context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
      context.clearRect(0, 0, this.width, this.height);
      drawLand(context, view, geography.paths(view), THEME);
    }
    this.context.drawImage(this.shore, 0, 0, this.width, this.height);
  }
}
