// Frames as they arrive from the server.

import assert from "node:assert/strict";
import { test } from "node:test";

import { decode, difference, Frame, unpackPath } from "loopmap/codec.js";

/** @type {import("loopmap/codec.js").FrameHeader} */
const HEADER = {
  leads: [0, 1],
  width: 3,
  height: 2,
  bounds: [-1, 1, 350, 380],
  scale: 0.01,
  offset: 4.99,
  log10: false,
  step: 10,
};

// What app/frames/encode.py does: differences to the lead before, then to the left neighbour, folded, in two byte planes.
function encode(header, fields) {
  const planes = [];
  let before = new Array(header.width * header.height).fill(0);
  for (const field of fields) {
    const changes = field.map((number, i) => number - before[i]);
    const folded = changes.map((change, i) => {
      const step = change - (i % header.width ? changes[i - 1] : 0);
      return step >= 0 ? 2 * step : -2 * step - 1;
    });
    planes.push(...folded.map((one) => one & 255), ...folded.map((one) => one >> 8));
    before = field;
  }
  const head = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
  return Uint8Array.from([...head, ...planes]).buffer;
}

test("a body holds each lead as it was encoded, up to the largest number", () => {
  const fields = [
    [0, 1, 16383, 500, 501, 0],
    [16383, 0, 1, 499, 502, 7],
  ];
  const frames = decode(encode(HEADER, fields));
  assert.deepEqual([...frames.keys()], [0, 1]);
  fields.forEach((field, lead) => assert.deepEqual([...frames.get(lead).numbers], field));
});

test("a viewport off the grid gives frames of no pixels", () => {
  const frames = decode(encode({ ...HEADER, width: 0, height: 0 }, [[], []]));
  assert.deepEqual([frames.size, frames.get(1).width], [2, 0]);
});

test("a number becomes a value by scale and offset, as a power of ten where the values are logarithms", () => {
  const frame = new Frame(new Uint16Array(6), HEADER);
  assert.equal(frame.value(101), 6);
  assert.ok(Number.isNaN(frame.value(0)));
  assert.ok(Math.abs(new Frame(new Uint16Array(6), { ...HEADER, offset: -1.01, log10: true }).value(101) - 1) < 1e-12);
});

test("a place is found in whatever turn of the globe it is asked for, and not outside the frame", () => {
  const frame = new Frame(Uint16Array.from([1, 2, 3, 4, 5, 6]), HEADER);
  assert.equal(frame.numberAt(0.5, 355), 1);
  assert.equal(frame.numberAt(-0.5, 15), 6);
  assert.equal(frame.numberAt(-0.5, 375), 6);
  assert.equal(frame.numberAt(0.5, 300), 0);
  assert.equal(frame.numberAt(1.5, 355), 0);
});

test("a difference is missing where either frame is, and right on another grid and scale", () => {
  const first = new Frame(Uint16Array.from([101, 201, 0, 301, 401, 501]), HEADER);
  const second = new Frame(Uint16Array.from([0, 51, 51]), { ...HEADER, height: 1, scale: 0.02, offset: 3.98 });
  const found = difference(first, second);
  const values = [...found.numbers].map((number) => found.value(number));
  const expected = [NaN, 2, NaN, NaN, 4, 5];
  const close = (value, i) => (Number.isNaN(expected[i]) ? Number.isNaN(value) : Math.abs(value - expected[i]) < found.scale);
  assert.ok(values.every(close), `${values} are not ${expected}`);
});

test("a path comes back as it was packed", () => {
  const text = Buffer.from(Uint16Array.from([9000, 0, 12345, 35999]).buffer).toString("base64");
  assert.deepEqual(unpackPath(text), [
    [0, 0],
    [33.45, 359.99],
  ]);
});
