// Streaks of the show: short trails of points that follow the current of the instant. They show direction and speed as on a long
// exposure, not where a drifter would go in a month. The camera moves, so each picture draws whole trails.

import { Particles } from "loopmap/particles.js";

const PLACES = 14; // of a trail
const EVERY = 0.07; // seconds between two of them
/** @type {[number, number]} */
const LIFE = [1.5, 5]; // seconds
const PIXELS_A_SECOND = 84; // of a point in a current of 1 m/s on a screen of REFERENCE_SIZE
const REFERENCE_SIZE = 900; // pixels of the shorter side
const SHADES = 4;
const SLOWEST = 0.04; // m/s below which nothing is drawn
const [COMING, GOING] = [0.5, 0.6]; // seconds in which a trail comes up and goes out
const EDGE = 0.12; // how far a point must face the viewer
const SEAM = 200; // pixels between two places, beyond which the seam of a flat map lies between them

export class Trails {
  constructor() {
    this.particles = new Particles({ places: PLACES, life: LIFE, every: EVERY });
  }

  resize(count) {
    this.particles.resize(count);
  }

  /** @param {import("./current.js").Current} current @param {import("./camera.js").Projection} projection */
  advance(seconds, current, projection) {
    const { width, height } = projection.screen;
    const degrees = (PIXELS_A_SECOND * Math.min(width, height) * projection.degreesPerPixel) / REFERENCE_SIZE;
    const anywhere = () => projection.unproject(Math.random() * width, Math.random() * height);
    this.particles.step(seconds, degrees, current, anywhere);
  }

  /** @param {CanvasRenderingContext2D} context @param {import("./camera.js").Projection} projection */
  draw(context, projection, width) {
    const { count, track, length, age, life, speed } = this.particles;
    const paths = Array.from({ length: SHADES }, () => new Path2D());
    for (let i = 0; i < count; i++) {
      if (length[i] < 2 || speed[i] < SLOWEST) continue;
      const fading = Math.min(1, age[i] / COMING, (life[i] - age[i]) / GOING);
      const strength = fading * Math.min(1, 0.3 + 0.9 * speed[i]);
      const path = paths[Math.min(SHADES - 1, Math.max(0, Math.floor(strength * SHADES)))];
      const head = i * PLACES * 2;
      if (projection.project(track[head], track[head + 1]) < EDGE) continue;
      let [x, y] = projection.at;
      path.moveTo(x, y);
      for (let k = 1; k < length[i]; k++) {
        projection.project(track[head + 2 * k], track[head + 2 * k + 1]);
        if (Math.abs(projection.at[0] - x) > SEAM) break;
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
