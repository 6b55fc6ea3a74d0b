// The frames of the tour: every field comes as a coarse globe and, where the camera goes close, a box in full detail.

import { Loop } from "loopmap/loader.js";

const CELLS_A_DEGREE = 4; // of the finest box worth asking for
const FLOW_WIDTH = 360; // pixels of the globe of currents: streaks are coarser than colours

export class Library {
  /**
   * @param {string} framesUrl
   * @param {number} width pixels around the globe
   * @param {() => void} changed called when frames have arrived
   */
  constructor(framesUrl, width, changed) {
    this.framesUrl = framesUrl;
    this.width = width;
    this.changed = changed;
    /** @type {Map<string, Loop>} */
    this.loops = new Map();
  }

  globe(width) {
    return { south: -90, north: 90, west: 0, east: 360, width, height: width / 2 };
  }

  loop({ store, revision }, variable, request) {
    const key = [store, revision, variable, ...Object.values(request)].join();
    if (!this.loops.has(key)) {
      this.loops.set(key, new Loop(this.framesUrl, { store, variable, revision, depth_index: 0 }, request, () => this.changed()));
    }
    return this.loops.get(key);
  }

  /** Returns what one scene is drawn from. @param {import("./programme.js").Scene} scene */
  of(scene) {
    return new SceneFields(this, scene);
  }

  // Forgets the loops that none of `scenes` needs.
  keep(scenes) {
    const needed = new Set(scenes.flatMap((scene) => scene.loops));
    for (const [key, loop] of this.loops) {
      if (needed.has(loop)) continue;
      loop.drop();
      this.loops.delete(key);
    }
  }
}

class SceneFields {
  /** @param {Library} library @param {import("./programme.js").Scene} scene */
  constructor(library, scene) {
    const { store, revision, variable, flow, close, streaks } = scene;
    const box = close && {
      ...close,
      width: (close.east - close.west) * CELLS_A_DEGREE,
      height: (close.north - close.south) * CELLS_A_DEGREE,
    };
    const pair = (of, name, width) => ({
      globe: library.loop(of, name, library.globe(width)),
      close: box && library.loop(of, name, box),
    });
    this.scene = scene;
    this.colour = pair({ store, revision }, variable, library.width);
    this.flow = flow && streaks ? { u: pair(flow, "uo", FLOW_WIDTH), v: pair(flow, "vo", FLOW_WIDTH) } : null;
  }

  get colourLoops() {
    return [this.colour.globe, this.colour.close].filter(Boolean);
  }

  get flowLoops() {
    return this.flow ? [this.flow.u.globe, this.flow.v.globe, this.flow.u.close, this.flow.v.close].filter(Boolean) : [];
  }

  get loops() {
    return [...this.colourLoops, ...this.flowLoops];
  }

  get complete() {
    return this.colourLoops.every((loop) => loop.complete);
  }

  // Why days of the scene do not come, empty while they do.
  get error() {
    const loop = this.colourLoops.find((one) => one.error ?? one.trouble);
    return loop?.error ?? loop?.trouble ?? "";
  }

  // Asks for the days of the scene, colours first, and for currents once all colours are there.
  want(first, withFlow) {
    const { leads } = this.scene;
    const loops = [...this.colourLoops, ...(withFlow && this.complete ? this.flowLoops : [])];
    // What the server refused once it would refuse again.
    for (const loop of loops) if (!loop.error) loop.want(leads, first);
  }

  has(lead) {
    return this.colourLoops.every((loop) => loop.frames.has(lead));
  }

  // The frames of a day: {globe, close}.
  day(lead) {
    return { globe: this.colour.globe.frames.get(lead), close: this.colour.close?.frames.get(lead) ?? null };
  }

  // The currents of a day, finest first, each {u, v}; empty while they are on their way.
  currents(lead) {
    if (!this.flow) return [];
    const pairs = ["close", "globe"].map((kind) => ({
      u: this.flow.u[kind]?.frames.get(lead),
      v: this.flow.v[kind]?.frames.get(lead),
    }));
    return pairs.filter(({ u, v }) => u && v);
  }
}
