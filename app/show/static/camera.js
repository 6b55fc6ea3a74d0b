// Where the tour looks, how it flies from one place to the next, and how places come to pixels and back.

import { nearestTo, wrapped } from "loopmap/longitudes.js";

const RADIANS = Math.PI / 180;
const WIDEST = 175; // degrees of the globe across the open area
const NARROWEST = 18;
const FARTHEST = 150; // degrees in view from which a long flight looks down
const TALLEST = 150; // degrees of latitude that a flat map shows at most in the open area
const FLIGHT = 2.8; // seconds

export class Camera {
  constructor() {
    this.lat = 0;
    this.lon = 200;
    this.span = 160;
    this.flight = null; // where it flies from and to, how far it rises, and the share of the way behind it
  }

  get flying() {
    return this.flight !== null;
  }

  // Sets out for a place; `at once` where motion is not wanted.
  flyTo({ lat, lon, span }, atOnce) {
    this.flight = null;
    if (atOnce) {
      Object.assign(this, { lat, lon: wrapped(lon), span });
      return;
    }
    const from = { lat: this.lat, lon: this.lon, span: this.span };
    const to = { lat, lon: nearestTo(this.lon, lon), span };
    const way = Math.hypot(to.lat - from.lat, (to.lon - from.lon) * Math.cos(((to.lat + from.lat) / 2) * RADIANS));
    const wide = Math.max(from.span, to.span);
    const rise = Math.max(0, Math.log(Math.min(FARTHEST, wide + way) / wide));
    this.flight = { from, to, rise, share: 0 };
  }

  // Moves on by `seconds`; without a flight it drifts by `turn` degrees of longitude a second.
  advance(seconds, turn) {
    if (!this.flight) {
      this.lon = wrapped(this.lon + turn * seconds);
      return;
    }
    const { from, to, rise } = this.flight;
    const share = Math.min(1, this.flight.share + seconds / FLIGHT);
    this.flight.share = share;
    const eased = share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2;
    this.lat = from.lat + (to.lat - from.lat) * eased;
    this.lon = wrapped(from.lon + (to.lon - from.lon) * eased);
    this.span = from.span * (to.span / from.span) ** eased * Math.exp(rise * Math.sin(Math.PI * eased));
    if (share === 1) this.flight = null;
  }

  // Under a finger: by pixels at `degrees` a pixel.
  drag(dx, dy, degrees) {
    this.flight = null;
    this.lat = Math.min(Math.max(this.lat + dy * degrees, -85), 85);
    this.lon = wrapped(this.lon - (dx * degrees) / Math.max(Math.cos(this.lat * RADIANS), 0.3));
  }

  zoom(factor) {
    this.flight = null;
    this.span = Math.min(Math.max(this.span / factor, NARROWEST), WIDEST);
  }
}

// One picture's projection; `open` is the part of the screen that nothing covers: its centre is what the camera looks at.
export class Projection {
  constructor(kind, camera, open, screen) {
    this.kind = kind;
    this.screen = screen;
    this.globe = kind === "globe";
    this.x = open.x + open.width / 2;
    this.y = open.y + open.height / 2;
    const size = Math.min(open.width, open.height);
    this.lon = camera.lon;
    this.lat = camera.lat;
    if (this.globe) this.scale = size / 2 / Math.sin((Math.min(camera.span, WIDEST) / 2) * RADIANS);
    else {
      this.scale = Math.max(size / camera.span, open.height / TALLEST, screen.width / 360);
      // No more of what lies beyond the poles than needs be.
      const reach = 90 - Math.min(open.height / 2 / this.scale, 90);
      this.lat = Math.min(Math.max(camera.lat, -reach), reach);
    }
    this.sin = Math.sin(this.lat * RADIANS);
    this.cos = Math.cos(this.lat * RADIANS);
    this.at = new Float64Array(2);
  }

  get degreesPerPixel() {
    return this.globe ? 1 / (this.scale * RADIANS) : 1 / this.scale;
  }

  // Writes the pixel of a place into `at`; returns how far it faces the viewer, 0 to 1, below 0 where it is out of sight.
  project(lon, lat) {
    const { at } = this;
    if (!this.globe) {
      at[0] = this.x + (nearestTo(this.lon, lon) - this.lon) * this.scale;
      at[1] = this.y - (lat - this.lat) * this.scale;
      return 1;
    }
    const east = (lon - this.lon) * RADIANS;
    const cos = Math.cos(lat * RADIANS);
    const sin = Math.sin(lat * RADIANS);
    at[0] = this.x + this.scale * cos * Math.sin(east);
    at[1] = this.y - this.scale * (this.cos * sin - this.sin * cos * Math.cos(east));
    return this.sin * sin + this.cos * cos * Math.cos(east);
  }

  /** Returns the place under a pixel as [longitude, latitude], null off the globe. @returns {[number, number] | null} */
  unproject(x, y) {
    const right = (x - this.x) / this.scale;
    const up = (this.y - y) / this.scale;
    if (!this.globe) {
      const lat = this.lat + up;
      return Math.abs(lat) > 90 ? null : [wrapped(this.lon + right), lat];
    }
    const depth = Math.sqrt(1 - right * right - up * up);
    if (!(depth > 0)) return null;
    const sin = up * this.cos + depth * this.sin;
    const east = Math.atan2(right, depth * this.cos - up * this.sin);
    return [wrapped(this.lon + east / RADIANS), Math.asin(sin) / RADIANS];
  }
}
