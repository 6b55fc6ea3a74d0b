// Currents as streaks in motion on the maps: points that follow the field of one instant and leave a fading trace.

import { Particles } from "./particles.js";

const PIXELS_PER_PARTICLE = 420;
const FAST = 52; // pixels a second of a particle at the reference speed
const FADE = 0.45; // seconds in which a trace loses two thirds of its strength
const STEP_PLACES = 2; // the place before a step and the one after
/** @type {[number, number]} */
const LIFE = [1.2, 3.6]; // seconds
const STRENGTHS = [0.5, 0.75, 1]; // of slow, middling and fast water
const [MIDDLING, SWIFT] = [0.25, 0.6]; // of the reference speed, from which water counts as such
const FRAME = 1 / 60; // seconds
const [SLOW, SMOOTH] = [1 / 25, 1 / 45]; // seconds a picture: beyond and below these the number of particles falls and grows
const LEAST = 0.12; // share of the particles that stays
const STILL_STEPS = 30; // of a picture without motion
// A dark edge under a light core: one of the two stands out from every palette.
/** @type {[number, string, number][]} width in pixels, colour, opacity */
const STROKES = [
  [3, "8,18,26", 0.5],
  [1.3, "255,255,255", 1],
];

// The traces of one map, on a canvas of their own over its picture.
class Traces {
  /** @param {import("./panel.js").Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "streaks";
    this.context = this.canvas.getContext("2d");
    this.particles = new Particles({ places: STEP_PLACES, life: LIFE });
    this.view = null; // of the traces on the canvas
    this.grid = null;
    panel.parts.picture.after(this.canvas);
  }

  fit(view, ratio, share) {
    const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const count = Math.round((share * view.width * view.height) / PIXELS_PER_PARTICLE);
    if (count !== this.particles.count) this.particles.resize(count);
  }

  clear() {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  fade(seconds) {
    const { context } = this;
    context.globalCompositeOperation = "destination-out";
    context.fillStyle = `rgba(0,0,0,${1 - Math.exp(-seconds / FADE)})`;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    context.globalCompositeOperation = "source-over";
  }

  // Moves every particle on and draws its step.
  step(grid, view, ratio, reference, seconds) {
    const inView = (lat, lon) => lat > view.south && lat < view.north && lon > view.west && lon < view.east;
    const field = { sample: (lat, lon, out) => inView(lat, lon) && grid.sample(lat, lon, out) };
    /** @returns {[number, number]} */
    const anywhere = () => [view.west + Math.random() * view.span, view.south + Math.random() * (view.north - view.south)];
    this.particles.step(seconds, FAST / reference / view.pixelsPerDegree, field, anywhere);
    this.draw(view, ratio, reference);
  }

  draw(view, ratio, reference) {
    const { context } = this;
    const { count, track, length, speed } = this.particles;
    const steps = STRENGTHS.map(() => []);
    for (let i = 0; i < count; i++) {
      if (length[i] < STEP_PLACES) continue;
      const k = 2 * STEP_PLACES * i;
      const relative = speed[i] / reference;
      const strength = relative < MIDDLING ? 0 : relative < SWIFT ? 1 : 2;
      steps[strength].push(view.x(track[k + 2]), view.y(track[k + 3]), view.x(track[k]), view.y(track[k + 1]));
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.lineCap = "round";
    for (const [width, colour, opacity] of STROKES) {
      context.lineWidth = width;
      steps.forEach((points, number) => {
        context.strokeStyle = `rgba(${colour},${STRENGTHS[number] * opacity})`;
        context.beginPath();
        for (let n = 0; n < points.length; n += 4) {
          context.moveTo(points[n], points[n + 1]);
          context.lineTo(points[n + 2], points[n + 3]);
        }
        context.stroke();
      });
    }
  }

  // Land lies over the streaks, at the screen's own resolution.
  underLand() {
    const { context, panel } = this;
    if (!panel.canvas.landFits()) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalCompositeOperation = "destination-out";
    context.drawImage(panel.canvas.land, 0, 0, this.canvas.width, this.canvas.height);
    context.globalCompositeOperation = "source-over";
  }
}

// The streaks of all maps: one clock, one speed, one number of particles, which follows what the machine can paint.
export class Streaks {
  /** @param {import("./stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    /** @type {Map<import("./panel.js").Panel, Traces>} */
    this.traces = new Map();
    this.shown = new Map(); // grid of the lead on screen and reference speed, by panel
    this.pictures = 0;
    this.share = 1; // of the particles that a fast machine moves
    this.pace = null; // seconds a picture, smoothed
    this.still = false;
    this.last = null; // time of the picture before
    this.timer = undefined; // of the next picture, while streaks move
    this.resume = () => this.wake();
    document.addEventListener("visibilitychange", this.resume);
  }

  get running() {
    return this.timer !== undefined;
  }

  state() {
    return { running: this.running, particles: this.particles, pictures: this.pictures };
  }

  get particles() {
    return [...this.traces.values()].reduce((sum, traces) => sum + traces.particles.count, 0);
  }

  // Shows streaks on these maps; an empty map ends them.
  show(shown) {
    this.shown = shown;
    for (const [panel, traces] of this.traces) {
      if (shown.has(panel)) continue;
      traces.canvas.remove();
      this.traces.delete(panel);
    }
    for (const panel of shown.keys()) if (!this.traces.has(panel)) this.traces.set(panel, new Traces(panel));
    this.wake();
  }

  wake() {
    if (this.running || document.hidden || !this.shown.size) return;
    this.last = null;
    this.timer = requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    this.timer = undefined;
    if (document.hidden || !this.shown.size) return;
    const { stage } = this;
    const { view } = stage;
    const ratio = Math.min(stage.ratio, 1.5);
    const seconds = Math.min(this.last === null ? FRAME : (now - this.last) / 1000, 0.1);
    if (this.last !== null) this.adapt((now - this.last) / 1000);
    for (const [panel, traces] of this.traces) {
      const { grid, reference } = this.shown.get(panel);
      const same = traces.view === view;
      if (this.still && same && traces.grid === grid) continue;
      if (!same) traces.clear();
      Object.assign(traces, { view, grid });
      traces.fit(view, ratio, this.share);
      if (this.still) this.drawStill(traces, grid, view, ratio, reference);
      else {
        traces.fade(seconds);
        traces.step(grid, view, ratio, reference, seconds);
      }
      traces.underLand();
    }
    this.last = now;
    this.pictures++;
    if (!this.still) this.timer = requestAnimationFrame((next) => this.tick(next));
  }

  // Fewer particles where painting is slow, more again where it is quick.
  adapt(seconds) {
    this.pace = 0.9 * (this.pace ?? seconds) + 0.1 * seconds;
    if (this.pace > SLOW) this.share = Math.max(LEAST, this.share * 0.97);
    else if (this.pace < SMOOTH) this.share = Math.min(1, this.share * 1.01);
  }

  // The traces of an instant without motion.
  drawStill(traces, grid, view, ratio, reference) {
    traces.clear();
    traces.particles.scatter();
    for (let step = 0; step < STILL_STEPS; step++) traces.step(grid, view, ratio, reference, FRAME);
  }

  remove() {
    document.removeEventListener("visibilitychange", this.resume);
    this.show(new Map());
    cancelAnimationFrame(this.timer);
  }
}
