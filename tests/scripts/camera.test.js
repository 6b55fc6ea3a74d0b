// The projections of the show.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Camera, Projection } from "../../app/show/static/camera.js";

const SCREEN = { width: 800, height: 600 };
const OPEN = { x: 100, y: 0, width: 600, height: 600 };

for (const kind of ["globe", "flat"]) {
  test(`pixels and places are each other's inverse on the ${kind}`, () => {
    const camera = new Camera();
    camera.flyTo({ lat: 30, lon: 350, span: 60 }, true);
    const projection = new Projection(kind, camera, OPEN, SCREEN);
    assert.ok(projection.project(10, 25) > 0);
    const [lon, lat] = projection.unproject(...projection.at);
    assert.ok(Math.abs(lon - 10) < 1e-6 && Math.abs(lat - 25) < 1e-6);
  });
}

test("the far side of the globe is out of sight and space has no place", () => {
  const projection = new Projection("globe", new Camera(), OPEN, SCREEN);
  assert.ok(projection.project(20, 0) < 0);
  assert.equal(projection.unproject(-1000, -1000), null);
});

test("a flight over the prime meridian takes the short way", () => {
  const camera = new Camera();
  camera.flyTo({ lat: 0, lon: 350, span: 40 }, true);
  camera.flyTo({ lat: 0, lon: 20, span: 40 }, false);
  camera.advance(1.4, 0);
  assert.ok(Math.abs(camera.lon - 5) < 1e-9);
  camera.advance(1.5, 0);
  assert.deepEqual([camera.lon, camera.flying], [20, false]);
});
