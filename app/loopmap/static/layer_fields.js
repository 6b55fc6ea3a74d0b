// Fields that a layer needs beside the one on the map: few pixels, and only the days about to be looked at.

import { Loop } from "./loader.js";
import { wrapped } from "./longitudes.js";
import { metrics } from "./metrics.js";

const MOST_PIXELS = 320; // across: about four pixels of the screen each
const AHEAD = 6; // days brought along with the one on screen
const MARGIN = 1.15;

export class LayerField {
  /**
   * @param {string} framesUrl
   * @param {string[]} variables names of fields on one grid, such as uo and vo
   * @param {() => void} changed called when frames arrive
   */
  constructor(framesUrl, variables, changed) {
    this.framesUrl = framesUrl;
    this.variables = variables;
    this.changed = changed;
    /** @type {Loop[] | null} one a variable, at the newest view */
    this.loops = null;
    /** @type {Loop[] | null} at the view before, until the newest has the lead on screen */
    this.before = null;
    this.latest = null; // the frames found last, shown until those of another lead are here
    this.key = null; // of content and view
    this.content = null; // of the source alone
  }

  // Asks for the days of `source` from lead `first` on, around a view; what is here already is not asked for again.
  want(source, view, first) {
    const request = around(view);
    const content = [source.store, source.depth_index, source.revision].join(" ");
    const key = `${content} ${Object.values(request)
      .map((value) => value.toFixed(3))
      .join(" ")}`;
    if (this.key !== key) {
      const spare = this.content === content && this.loops?.some((loop) => loop.frames.size) ? this.loops : this.before;
      if (this.loops !== spare) drop(this.loops);
      if (this.before !== spare) drop(this.before);
      this.before = this.content === content ? spare : null;
      if (this.content !== content) drop(spare);
      this.loops = this.variables.map(
        (variable) => new Loop(this.framesUrl, { ...source, variable }, request, (loop) => this.arrived(loop)),
      );
      if (this.content !== content) this.latest = null;
      this.key = key;
      this.content = content;
    }
    const index = source.leads.indexOf(first);
    if (index < 0 || this.failed) return;
    for (const loop of this.loops) loop.want(source.leads.slice(index, index + AHEAD), first);
  }

  arrived(loop) {
    metrics.layerBytes += loop.uncountedBytes();
    this.changed();
  }

  // The frames of a lead, one a variable, at the newest view that has them all, else at the one before; null where none has.
  at(lead) {
    for (const loops of [this.loops, this.before]) {
      const frames = loops?.map((loop) => loop.frames.get(lead));
      if (!frames?.every((frame) => frame?.width > 0)) continue;
      this.latest = frames;
      return frames;
    }
    return null;
  }

  get failed() {
    return Boolean(this.loops?.some((loop) => loop.error ?? loop.trouble));
  }

  drop() {
    drop(this.loops);
    drop(this.before);
    this.loops = this.before = this.latest = this.key = this.content = null;
  }
}

function drop(loops) {
  loops?.forEach((loop) => loop.drop());
}

function around(view) {
  const span = Math.min(view.span * MARGIN, 360);
  const half = Math.min(((view.north - view.south) / 2) * MARGIN, 90);
  const [south, north] = [Math.max(view.lat - half, -90), Math.min(view.lat + half, 90)];
  const width = Math.min(MOST_PIXELS, Math.max(1, Math.round(view.width / 4)));
  return {
    south,
    north,
    west: view.lon - span / 2,
    east: view.lon + span / 2,
    width,
    height: Math.max(1, Math.round((width * (north - south)) / span)),
  };
}

const grids = new WeakMap(); // frame of the eastward component -> its grid

// Two frames as one field of arrows in m s⁻¹.
export function vectorsOf(frames) {
  if (!frames) return null;
  const [first, second] = frames;
  if (!first.sameGridAs(second)) return null;
  if (!grids.has(first)) grids.set(first, new VectorGrid(first, second));
  return grids.get(first);
}

class VectorGrid {
  constructor(eastward, northward) {
    this.frame = eastward;
    this.u = Float32Array.from(eastward.numbers, (number) => eastward.value(number));
    this.v = Float32Array.from(northward.numbers, (number) => northward.value(number));
    this.around = eastward.bounds[3] - eastward.bounds[2] > 359.9;
  }

  // Writes eastward and northward speed at a position into `out`; returns false on land and outside.
  sample(lat, lon, out) {
    const {
      width,
      height,
      bounds: [south, north, west, east],
    } = this.frame;
    const inside = wrapped(lon, west);
    if (inside >= east || lat < south || lat >= north) return false;
    const x = ((inside - west) / (east - west)) * width - 0.5;
    const y = ((north - lat) / (north - south)) * height - 0.5;
    if (Number.isNaN(this.u[this.node(Math.round(x), Math.round(y))])) return false;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    let [sumU, sumV, total] = [0, 0, 0];
    for (let corner = 0; corner < 4; corner++) {
      const [column, row] = [left + (corner & 1), top + (corner >> 1)];
      const k = this.node(column, row);
      const weight = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
      if (weight <= 0 || Number.isNaN(this.u[k]) || Number.isNaN(this.v[k])) continue;
      sumU += weight * this.u[k];
      sumV += weight * this.v[k];
      total += weight;
    }
    if (total === 0) return false;
    out.u = sumU / total;
    out.v = sumV / total;
    return true;
  }

  node(column, row) {
    const { width, height } = this.frame;
    const i = this.around ? (column + width) % width : Math.min(Math.max(column, 0), width - 1);
    return Math.min(Math.max(row, 0), height - 1) * width + i;
  }

  // The speed that one in twenty places of a view exceeds, in m s⁻¹; null where there is nothing.
  fast(view) {
    const speeds = [];
    const out = { u: 0, v: 0 };
    for (let j = 0.5; j < 30; j++) {
      for (let i = 0.5; i < 60; i++) {
        if (this.sample(view.latAt((j / 30) * view.height), view.lonAt((i / 60) * view.width), out))
          speeds.push(Math.hypot(out.u, out.v));
      }
    }
    speeds.sort((a, b) => a - b);
    return speeds.length ? speeds[Math.floor(0.95 * (speeds.length - 1))] || null : null;
  }
}
