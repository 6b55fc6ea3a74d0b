// How the maps share the space, and where labels find room on one.

import assert from "node:assert/strict";
import { test } from "node:test";

import { LabelPlacement } from "loopmap/label_placement.js";
import { arrange } from "loopmap/layout.js";

test("one map is twice as wide as high, and no higher than its box", () => {
  assert.deepEqual(arrange(1, 1200, 900, 60), { columns: 1, height: 600, fits: true });
  assert.equal(arrange(1, 1200, 500, 60).height, 440);
});

test("in a box two maps stand where they are largest", () => {
  assert.equal(arrange(2, 1600, 500, 60).columns, 2);
  assert.equal(arrange(2, 800, 1000, 60).columns, 1);
});

test("without a height as many columns as stay readable are taken", () => {
  assert.equal(arrange(3, 1300, null, 60).columns, 3);
  assert.equal(arrange(3, 700, null, 60).columns, 1);
});

test("on a phone the map keeps its shape and the page scrolls", () => {
  assert.deepEqual(arrange(3, 360, 400, 60), { columns: 1, height: 270, fits: false });
});

test("a label is placed once, not over another and not over the edge", () => {
  const placement = new LabelPlacement(100, 50);
  assert.equal(placement.take(50, 25, 20, 10), true);
  assert.equal(placement.take(60, 25, 20, 10), false);
  assert.equal(placement.take(80, 25, 20, 10), true);
  assert.equal(placement.take(95, 40, 20, 10), false);
});

test("labels keep out of the elements of the map that are shown", () => {
  const placement = new LabelPlacement(100, 50);
  placement.keepOut({ offsetLeft: 0, offsetTop: 0, offsetWidth: 0, offsetHeight: 20 });
  assert.equal(placement.take(20, 10, 20, 10), true);
  placement.keepOut({ offsetLeft: 60, offsetTop: 30, offsetWidth: 40, offsetHeight: 20 });
  assert.equal(placement.take(80, 40, 10, 10), false);
});
