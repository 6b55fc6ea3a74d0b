// The surface current of the show: between two days, from the finest frames that hold a place.

import { vectorsOf } from "loopmap/layer_fields.js";

/** @typedef {{ u: import("loopmap/codec.js").Frame, v: import("loopmap/codec.js").Frame }} Pair eastward and northward */

export class Current {
  /**
   * @param {[Pair[], Pair[]]} days frames of two days, finest first
   * @param {number} weight share of the second
   */
  constructor(days, weight) {
    this.days = days;
    this.weight = weight;
    this.found = { u: 0, v: 0 };
  }

  // Writes eastward and northward speed in m s⁻¹ at a position into `out`; returns false where there is none.
  sample(lat, lon, out) {
    const [first, second] = this.days;
    const share = second.length ? this.weight : 0;
    out.u = out.v = 0;
    return this.add(first, lat, lon, 1 - share, out) && (share === 0 || this.add(second, lat, lon, share, out));
  }

  add(pairs, lat, lon, weight, out) {
    const { found } = this;
    for (const { u, v } of pairs) {
      if (!vectorsOf([u, v])?.sample(lat, lon, found)) continue;
      out.u += weight * found.u;
      out.v += weight * found.v;
      return true;
    }
    return false;
  }
}
