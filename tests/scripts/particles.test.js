// The points that streaks of maps and show are drawn from.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Particles } from "loopmap/particles.js";

const EAST = { sample: (_lat, _lon, out) => Object.assign(out, { u: 2, v: 0 }) && true };
const LAND = { sample: () => false };

test("points move with the current and keep their last places, the newest first", () => {
  const particles = new Particles({ places: 3, life: [100, 100] });
  particles.resize(1);
  for (let step = 0; step < 4; step++) particles.step(1, 0.5, EAST, () => [10, 60]);
  const [head, , before, , first] = particles.track;
  assert.ok(
    Math.abs(head - before - 2) < 1e-5 && Math.abs(before - first - 2) < 1e-5,
    "two degrees a second at 60 degrees north",
  );
  assert.deepEqual([particles.length[0], particles.speed[0]], [3, 2]);
});

test("on land no point begins, and one that comes ashore begins again elsewhere", () => {
  const particles = new Particles({ places: 2, life: [100, 100] });
  particles.resize(2);
  particles.step(1, 1, LAND, () => [0, 0]);
  assert.deepEqual([...particles.length], [0, 0]);
  particles.step(1, 1, EAST, () => [0, 0]);
  assert.deepEqual([...particles.length], [2, 2]);
  particles.step(1, 1, LAND, () => [0, 0]);
  assert.deepEqual([...particles.length], [0, 0]);
  particles.step(1, 1, EAST, () => [40, 0]);
  assert.equal(particles.track[2], 40);
});

test("a place is kept only as often as asked for", () => {
  const particles = new Particles({ places: 10, life: [100, 100], every: 0.5 });
  particles.resize(1);
  for (let step = 0; step < 8; step++) particles.step(0.25, 1, EAST, () => [0, 0]);
  assert.equal(particles.length[0], 5);
});

test("points begin anew when their life is over", () => {
  const particles = new Particles({ places: 2, life: [2, 2] });
  particles.resize(1);
  const begun = [];
  /** @returns {[number, number]} */
  const anywhere = () => {
    begun.push(particles.age[0]);
    return [0, 0];
  };
  for (let step = 0; step < 6; step++) particles.step(1, 1, EAST, anywhere);
  assert.equal(begun.length, 3);
});

test("another number of points keeps those that are there", () => {
  const particles = new Particles({ places: 2, life: [100, 100] });
  particles.resize(2);
  particles.step(1, 1, EAST, () => [7, 0]);
  particles.resize(3);
  assert.deepEqual([...particles.length], [2, 2, 0]);
  particles.resize(1);
  assert.equal(particles.track[2], 7);
});
