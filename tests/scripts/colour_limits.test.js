// The rules for colour limits, and that they return what app/style/colour_limits.py returns.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Frame } from "loopmap/codec.js";
import { colourLimits, differences, roundStep, samples } from "loopmap/colour_limits.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/colour_limits.json", import.meta.url), "utf8"));

for (const { name, mode, logarithmic, values, limits } of vectors) {
  test(`limits are those of the shared vector: ${name}`, () => {
    const found = colourLimits(
      values.map((value) => value ?? NaN),
      mode,
      logarithmic,
    );
    found.forEach((limit, i) =>
      assert.ok(Math.abs(limit - limits[i]) <= 1e-12 * Math.abs(limits[i]), `${found} is not ${limits}`),
    );
  });
}

test("without a finite value there are no limits", () => {
  assert.equal(colourLimits([], "auto"), null);
  assert.equal(colourLimits([NaN, Infinity], "symmetric"), null);
});

test("a step is 1, 2 or 5 times a power of ten, never below what is asked for", () => {
  assert.deepEqual([0.7, 1, 1.2, 2, 3, 5, 7, 99].map(roundStep), [1, 1, 2, 2, 5, 5, 10, 100]);
});

/** @type {Omit<import("loopmap/codec.js").FrameHeader, "leads">} */
const header = { bounds: [0, 2, 0, 2], scale: 0.5, offset: 10, log10: false, step: 1, width: 2, height: 2 };

test("samples leave out pixels without a value", () => {
  assert.deepEqual(samples([new Frame(Uint16Array.from([0, 2, 4, 0]), header)]), [11, 12]);
});

test("differences are taken at one place of frames on two grids", () => {
  const fine = new Frame(Uint16Array.from([2, 2, 4, 4]), header);
  const coarse = new Frame(Uint16Array.from([6]), { ...header, width: 1, height: 1 });
  assert.deepEqual(differences([[fine, coarse]]), [-2, -2, -1, -1]);
});
