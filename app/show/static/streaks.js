// Streaks of the surface current: short trails of points that follow the current of the moment. They show where the water
// goes now and how fast, as on a long exposure, not where a drifter would go in a month.

import { vectorsOf } from "loopmap/fields.js";

const TRAIL = 14; // places of a trail
const TRAIL_STEP = 0.07; // seconds between two of them
const PIXELS_A_SECOND = 84; // of a point in a current of 1 m/s on a screen 900 pixels high
const SHADES = 4;
const SLOWEST = 0.04; // m/s below which nothing is drawn

export class Streaks {
  constructor(count) {
    this.resize(count);
  }

  resize(count) {
    this.count = count;
    this.places = new Float32Array(count * TRAIL * 2);
    this.length = new Uint8Array(count);
    this.age = new Float32Array(count);
    this.life = new Float32Array(count);
    this.speed = new Float32Array(count);
    this.clock = 0;
  }

  // Moves every point by `seconds` in the current that `flow.at(lon, lat)` gives; those that are spent or out of sight begin
  // anew somewhere on the screen.
  advance(seconds, flow, projection) {
    const { places, length, age, life } = this;
    const { screen } = projection;
    const reach = (PIXELS_A_SECOND * Math.min(screen.width, screen.height) * projection.degreesPerPixel) / 900;
    this.clock += seconds;
    const steps = this.clock >= TRAIL_STEP;
    if (steps) this.clock %= TRAIL_STEP;
    for (let i = 0; i < this.count; i++) {
      const head = i * TRAIL * 2;
      age[i] += seconds;
      if (age[i] >= life[i] && !this.begin(i, flow, projection)) continue;
      const [lon, lat] = [places[head], places[head + 1]];
      const current = flow.at(lon, lat);
      if (!current) {
        life[i] = 0;
        length[i] = 0;
        continue;
      }
      if (steps) {
        places.copyWithin(head + 2, head, head + 2 * (TRAIL - 1));
        length[i] = Math.min(length[i] + 1, TRAIL);
      }
      this.speed[i] = Math.hypot(current[0], current[1]);
      places[head] = lon + (current[0] * reach * seconds) / Math.max(Math.cos((lat * Math.PI) / 180), 0.1);
      places[head + 1] = lat + current[1] * reach * seconds;
    }
  }

  begin(i, flow, projection) {
    const { places } = this;
    const { screen } = projection;
    this.length[i] = 0;
    this.life[i] = 0;
    const place = projection.unproject(Math.random() * screen.width, Math.random() * screen.height);
    if (!place || !flow.at(place[0], place[1])) return false;
    [places[i * TRAIL * 2], places[i * TRAIL * 2 + 1]] = place;
    this.length[i] = 1;
    this.age[i] = 0;
    this.life[i] = 1.5 + 3.5 * Math.random();
    return true;
  }

  draw(context, projection, width) {
    const { places, length, age, life, speed } = this;
    const paths = Array.from({ length: SHADES }, () => new Path2D());
    for (let i = 0; i < this.count; i++) {
      if (length[i] < 2 || speed[i] < SLOWEST) continue;
      const fading = Math.min(1, age[i] / 0.5, (life[i] - age[i]) / 0.6);
      const strength = fading * Math.min(1, 0.3 + 0.9 * speed[i]);
      const path = paths[Math.min(SHADES - 1, Math.max(0, Math.floor(strength * SHADES)))];
      const head = i * TRAIL * 2;
      if (projection.project(places[head], places[head + 1]) < 0.12) continue;
      let [x, y] = projection.at;
      path.moveTo(x, y);
      for (let k = 1; k < length[i]; k++) {
        projection.project(places[head + 2 * k], places[head + 2 * k + 1]);
        if (Math.abs(projection.at[0] - x) > 200) break; // the seam of a flat map
        [x, y] = projection.at;
        path.lineTo(x, y);
      }
    }
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = width;
    paths.forEach((path, shade) => {
      context.strokeStyle = `rgba(255,255,255,${(0.75 * (shade + 1)) / SHADES})`;
      context.stroke(path);
    });
  }
}

// The current between two days, from the finest frames that hold a place.
export class Flow {
  // `days` are two lists of {u, v} frames, finest first; `weight` is the share of the second.
  constructor(days, weight) {
    this.days = days;
    this.weight = weight;
    this.current = new Float64Array(2);
    this.found = { u: 0, v: 0 };
  }

  at(lon, lat) {
    const [first, second] = this.days;
    const share = second.length ? this.weight : 0;
    const { current } = this;
    current.fill(0);
    if (!this.add(first, lon, lat, 1 - share)) return null;
    if (share > 0 && !this.add(second, lon, lat, share)) return null;
    return current;
  }

  add(pairs, lon, lat, weight) {
    const { current, found } = this;
    for (const { u, v } of pairs) {
      if (!vectorsOf([u, v])?.sample(lat, lon, found)) continue;
      current[0] += weight * found.u;
      current[1] += weight * found.v;
      return true;
    }
    return false;
  }
}
