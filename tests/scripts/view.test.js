// The projection of the maps, the wrap of longitudes, and what frames are asked for.

import assert from "node:assert/strict";
import { test } from "node:test";

import { nearestTo, turnsInView, wrapped } from "loopmap/longitudes.js";
import { NARROWEST, View } from "loopmap/view.js";

const near = (found, expected) => assert.ok(Math.abs(found - expected) < 1e-9, `${found} is not ${expected}`);

test("a longitude is wrapped into the turn that begins at any meridian", () => {
  assert.deepEqual(
    [0, 360, -1, 725].map((lon) => wrapped(lon)),
    [0, 0, 359, 5],
  );
  assert.deepEqual(
    [180, -180, 190].map((lon) => wrapped(lon, -180)),
    [-180, -180, -170],
  );
  assert.equal(wrapped(10, 355), 370);
});

test("the nearest longitude to a reference lies at most half a turn away", () => {
  assert.equal(nearestTo(350, 10), 370);
  assert.equal(nearestTo(10, 350), -10);
  assert.equal(nearestTo(0, 180), -180);
});

test("what crosses the edge of a view is drawn in every turn that is in view", () => {
  const view = { west: 150, east: 510 };
  assert.deepEqual(turnsInView(view, 160, 170), [0]);
  assert.deepEqual(turnsInView(view, 140, 160), [0, 360]);
  assert.deepEqual(turnsInView(view, 0, 360), [0, 360]);
  assert.deepEqual(turnsInView({ west: 10, east: 20 }, 30, 40), []);
  assert.deepEqual(turnsInView({ west: 10, east: 20 }, 22, 22, 3), [0]);
});

test("pixels and places are each other's inverse", () => {
  const view = new View(20, 170, 90, 900, 600);
  near(view.lonAt(view.x(200)), 200);
  near(view.latAt(view.y(-5)), -5);
  near(view.x(view.lon), 450);
  near(view.y(view.lat), 300);
});

test("a view stays between the poles and within one turn of the globe", () => {
  const view = new View(89, -30, 1000, 800, 400);
  assert.equal(view.span, 360);
  near(view.north, 90);
  near(view.south, -90);
  assert.equal(view.lon, 330);
  assert.equal(new View(0, 0, 0.01, 800, 400).span, NARROWEST);
});

test("zooming keeps the place under the pixel", () => {
  const view = new View(10, 205, 120, 1200, 600);
  const closer = view.zoomed(2, 300, 150);
  near(closer.lonAt(300), view.lonAt(300));
  near(closer.latAt(150), view.latAt(150));
  assert.equal(closer.span, 60);
});

test("panning over the prime meridian goes on", () => {
  const view = new View(0, 359, 30, 600, 300).panned(-40, 0);
  near(view.lon, 1);
});

test("frames are asked for with a margin only where the grid limits the pixels", () => {
  const fine = new View(0, 180, 90, 900, 450).request(2, 0.05);
  assert.deepEqual([fine.west, fine.east, fine.width, fine.height], [135, 225, 1800, 900]);
  const coarse = new View(0, 180, 90, 900, 450).request(1, 1);
  assert.deepEqual([coarse.west, coarse.east, coarse.width], [112.5, 247.5, 1350]);
  const whole = new View(0, 205, 360, 1200, 600).request(1, 1);
  assert.deepEqual([whole.south, whole.north, whole.east - whole.west], [-90, 90, 360]);
});
