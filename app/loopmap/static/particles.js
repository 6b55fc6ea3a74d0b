// The one engine of streaks: points that follow the current of one instant, each with its last places. The maps draw the newest
// step of each and let it fade; the show draws all its places anew, since its camera moves.

const SLOWEST_PARALLEL = 0.1; // least cosine of latitude, so that points near the poles do not leap

/**
 * @typedef {object} Field
 * @property {(lat: number, lon: number, out: { u: number, v: number }) => boolean} sample writes eastward and northward speed in
 *   m s⁻¹; returns false where there is no water or nothing is seen
 */

export class Particles {
  /**
   * @param {object} options
   * @param {number} options.places how many places of each point are kept
   * @param {[number, number]} options.life least and most seconds that a point lives, so that dead ends stay evenly covered
   * @param {number} [options.every] seconds between two places; 0 where each step makes one
   */
  constructor({ places, life, every = 0 }) {
    this.places = places;
    this.lifetimes = life;
    this.every = every;
    this.clock = 0;
    this.count = 0;
    this.resize(0);
  }

  // Keeps the points that are there as far as there is room for them.
  resize(count) {
    const copied = (before, size) => {
      const after = new Float32Array(count * size);
      if (before) after.set(before.subarray(0, count * size));
      return after;
    };
    this.track = copied(this.track, 2 * this.places); // longitude and latitude of each place, the newest first
    this.length = copied(this.length, 1); // places that are known
    this.age = copied(this.age, 1); // seconds
    this.life = copied(this.life, 1); // seconds
    this.speed = copied(this.speed, 1); // m s⁻¹
    this.count = count;
  }

  // Forgets all points: each begins anew at the next step.
  scatter() {
    this.length.fill(0);
    this.life.fill(0);
  }

  /**
   * Moves every point on. A point whose life is over, or that left the water or the view, begins at another place.
   * @param {number} seconds
   * @param {number} degreesPerSpeed degrees of latitude a second in a current of 1 m s⁻¹
   * @param {Field} field
   * @param {() => [number, number] | null} anywhere a place [longitude, latitude] of the view by chance, null off the globe
   */
  step(seconds, degreesPerSpeed, field, anywhere) {
    const { track, places } = this;
    this.clock += seconds;
    const marks = this.clock >= this.every;
    if (marks) this.clock = this.every ? this.clock % this.every : 0;
    const found = { u: 0, v: 0 };
    for (let i = 0; i < this.count; i++) {
      const head = 2 * places * i;
      this.age[i] += seconds;
      if (this.age[i] >= this.life[i] && !this.begin(i, field, anywhere)) continue;
      const [lon, lat] = [track[head], track[head + 1]];
      if (!field.sample(lat, lon, found)) {
        this.life[i] = this.length[i] = 0;
        continue;
      }
      if (marks) {
        track.copyWithin(head + 2, head, head + 2 * (places - 1));
        this.length[i] = Math.min(this.length[i] + 1, places);
      }
      this.speed[i] = Math.hypot(found.u, found.v);
      const way = degreesPerSpeed * seconds;
      track[head] = lon + (found.u * way) / Math.max(Math.cos((lat * Math.PI) / 180), SLOWEST_PARALLEL);
      track[head + 1] = lat + found.v * way;
    }
  }

  begin(i, field, anywhere) {
    this.length[i] = this.life[i] = 0;
    const place = anywhere();
    if (!place || !field.sample(place[1], place[0], { u: 0, v: 0 })) return false;
    this.track.set(place, 2 * this.places * i);
    const [least, most] = this.lifetimes;
    this.length[i] = 1;
    this.age[i] = 0;
    this.life[i] = least + Math.random() * (most - least);
    return true;
  }
}
