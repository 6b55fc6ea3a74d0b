// Currents as streaks in motion: particles carried by the field of one instant, which leave a fading trace.

const PIXELS_PER_PARTICLE = 420;
const FAST = 52; // pixels a second of a particle at the reference speed
const FADE = 0.45; // seconds in which a trace loses two thirds of its strength
const LIFE = [1.2, 3.6]; // seconds, drawn anew for each particle, so that slow water and dead ends stay evenly covered
const STRENGTHS = [0.5, 0.75, 1]; // of slow, middling and fast water
const [SLOW, SMOOTH] = [1 / 25, 1 / 45]; // seconds a picture: beyond and below these the number of particles falls and grows
const LEAST = 0.12; // share of the particles that stays
const STILL_STEPS = 30; // of a picture without motion

// The traces of one map, on a canvas of their own over its picture.
class Traces {
  constructor(panel) {
    this.panel = panel;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "streaks";
    this.context = this.canvas.getContext("2d");
    this.particles = new Float32Array(0); // longitude, latitude, seconds to live
    panel.parts.picture.after(this.canvas);
  }

  get count() { return this.particles.length / 3; }

  fit(view, ratio, share) {
    const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const count = Math.round((share * view.width * view.height) / PIXELS_PER_PARTICLE);
    if (count === this.count) return;
    const before = this.particles;
    this.particles = new Float32Array(3 * count);
    this.particles.set(before.subarray(0, 3 * count));
  }

  clear() { this.context.clearRect(0, 0, this.canvas.width, this.canvas.height); }

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
    const { context, particles } = this;
    const perSpeed = (FAST * seconds) / reference / view.pixelsPerDegree; // degrees of latitude in this step per m s⁻¹
    const steps = STRENGTHS.map(() => []);
    const out = { u: 0, v: 0 };
    for (let k = 0; k < particles.length; k += 3) {
      particles[k + 2] -= seconds;
      let [lon, lat] = [particles[k], particles[k + 1]];
      const inside = lat > view.south && lat < view.north && lon > view.west && lon < view.east;
      if (particles[k + 2] <= 0 || !inside || !grid.sample(lat, lon, out)) {
        this.seed(k, view);
        continue;
      }
      const speed = Math.hypot(out.u, out.v) / reference;
      const [x, y] = [view.x(lon), view.y(lat)];
      lon += (out.u * perSpeed) / Math.max(Math.cos((lat * Math.PI) / 180), 0.1);
      lat += out.v * perSpeed;
      particles[k] = lon;
      particles[k + 1] = lat;
      steps[speed < 0.25 ? 0 : speed < 0.6 ? 1 : 2].push(x, y, view.x(lon), view.y(lat));
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.lineCap = "round";
    // A dark edge under a light core: one of the two stands out from every palette.
    for (const [width, colour] of [[3, "8,18,26"], [1.3, "255,255,255"]]) {
      context.lineWidth = width;
      steps.forEach((points, number) => {
        context.strokeStyle = `rgba(${colour},${STRENGTHS[number] * (width > 2 ? 0.5 : 1)})`;
        context.beginPath();
        for (let n = 0; n < points.length; n += 4) {
          context.moveTo(points[n], points[n + 1]);
          context.lineTo(points[n + 2], points[n + 3]);
        }
        context.stroke();
      });
    }
  }

  seed(k, view) {
    this.particles[k] = view.west + Math.random() * view.span;
    this.particles[k + 1] = view.south + Math.random() * (view.north - view.south);
    this.particles[k + 2] = LIFE[0] + Math.random() * (LIFE[1] - LIFE[0]);
  }

  // Land lies over the streaks, at the screen's own resolution.
  underLand() {
    const { context, panel } = this;
    if (!panel.landFits()) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalCompositeOperation = "destination-out";
    context.drawImage(panel.land, 0, 0, this.canvas.width, this.canvas.height);
    context.globalCompositeOperation = "source-over";
  }
}

// The streaks of all maps: one clock, one speed, one number of particles, which follows what the machine can paint.
export class Streaks {
  constructor(stage) {
    this.stage = stage;
    this.traces = new Map(); // panel -> its traces
    this.pictures = 0;
    this.share = 1;
    this.still = false;
    this.resume = () => this.wake();
    document.addEventListener("visibilitychange", this.resume);
  }

  get running() { return this.timer !== undefined; }
  state() { return { running: this.running, particles: this.particles, pictures: this.pictures }; }

  get particles() { return [...this.traces.values()].reduce((sum, traces) => sum + traces.count, 0); }

  // Shows streaks on the maps of `shown` {panel: grid of the lead on screen}; an empty map ends them.
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
    if (this.running || document.hidden || !this.shown?.size) return;
    this.last = null;
    this.timer = requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    this.timer = undefined;
    if (document.hidden || !this.shown.size) return;
    const { stage } = this;
    const ratio = Math.min(stage.ratio, 1.5);
    const seconds = Math.min(this.last === null ? 1 / 60 : (now - this.last) / 1000, 0.1);
    if (this.last !== null) this.adapt((now - this.last) / 1000);
    for (const [panel, traces] of this.traces) {
      const { grid, reference } = this.shown.get(panel);
      const { view } = stage;
      const same = traces.view === view;
      if (this.still && same && traces.grid === grid) continue;
      if (!same) traces.clear();
      Object.assign(traces, { view, grid });
      traces.fit(view, ratio, this.share);
      if (this.still) this.picture(traces, grid, view, ratio, reference);
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

  // The traces of a moment without motion.
  picture(traces, grid, view, ratio, reference) {
    traces.clear();
    for (let k = 0; k < traces.particles.length; k += 3) traces.seed(k, view);
    for (let step = 0; step < STILL_STEPS; step++) traces.step(grid, view, ratio, reference, 1 / 60);
  }

  remove() {
    document.removeEventListener("visibilitychange", this.resume);
    this.show(new Map());
    cancelAnimationFrame(this.timer);
  }
}
