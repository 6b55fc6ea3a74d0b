// The part of the globe on the maps: an equirectangular view by centre and longitude span, with pixels to degrees and back.

import { wrapped } from "./longitudes.js";

export const NARROWEST = 1.5; // degrees of longitude across a panel

export class View {
  constructor(lat, lon, span, width, height) {
    this.width = width;
    this.height = height;
    this.span = Math.min(Math.max(span, NARROWEST), Math.min(360, (180 * width) / height));
    this.pixelsPerDegree = width / this.span;
    const half = height / this.pixelsPerDegree / 2;
    this.lat = Math.min(Math.max(lat, -90 + half), 90 - half);
    this.lon = wrapped(lon);
  }

  get north() {
    return this.lat + this.height / this.pixelsPerDegree / 2;
  }
  get south() {
    return this.lat - this.height / this.pixelsPerDegree / 2;
  }
  get west() {
    return this.lon - this.span / 2;
  }
  get east() {
    return this.lon + this.span / 2;
  }

  x(lon) {
    return (lon - this.west) * this.pixelsPerDegree;
  }
  y(lat) {
    return (this.north - lat) * this.pixelsPerDegree;
  }
  lonAt(x) {
    return this.west + x / this.pixelsPerDegree;
  }
  latAt(y) {
    return this.north - y / this.pixelsPerDegree;
  }

  resized(width, height) {
    return new View(this.lat, this.lon, this.span, width, height);
  }

  panned(dx, dy) {
    return new View(
      this.lat + dy / this.pixelsPerDegree,
      this.lon - dx / this.pixelsPerDegree,
      this.span,
      this.width,
      this.height,
    );
  }

  // The position under the pixel stays under it.
  zoomed(factor, x = this.width / 2, y = this.height / 2) {
    const lon = this.lonAt(x);
    const lat = this.latAt(y);
    const next = new View(this.lat, this.lon, this.span / factor, this.width, this.height);
    return new View(
      lat + (y - this.height / 2) / next.pixelsPerDegree,
      lon - (x - this.width / 2) / next.pixelsPerDegree,
      next.span,
      this.width,
      this.height,
    );
  }

  sameAs(other) {
    return ["lat", "lon", "span", "width", "height"].every((name) => Math.abs(this[name] - other[name]) < 1e-9);
  }

  // What to ask frames for: the view with a margin for panning where the grid, not the screen, limits the pixels.
  request(pixelRatio, step) {
    const across = this.width * pixelRatio;
    const cells = this.span / step;
    const margin = Math.min(Math.max(across / cells, 1), 1.5);
    const span = Math.min(this.span * margin, 360);
    const share = span / this.span;
    const half = Math.min((this.height / this.pixelsPerDegree / 2) * share, 90);
    const south = Math.max(this.lat - half, -90);
    const north = Math.min(this.lat + half, 90);
    return {
      south,
      north,
      west: this.lon - span / 2,
      east: this.lon + span / 2,
      width: Math.round(across * share),
      height: Math.max(1, Math.round((north - south) * this.pixelsPerDegree * pixelRatio)),
    };
  }
}
