// Words and figures as they are read on a map.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { figure, latitude, leadText, logarithmicTicks, longitude, ticks } from "loopmap/format.js";
import { say, setTranslations, translator } from "loopmap/i18n.js";
import { speedUnitOf, unitOf, unitSymbol } from "loopmap/units.js";

afterEach(() => setTranslations({}));

test("a figure has the digits of its step and a true minus sign", () => {
  assert.deepEqual([figure(12.345, 0.1), figure(-0.04, 0.1), figure(-3, 1), figure(NaN, 1)], ["12.3", "0.0", "−3", "–"]);
  assert.equal(figure(2.5e-5, 1e-5), "2.50e−5");
});

test("places are written with their hemisphere", () => {
  assert.deepEqual([latitude(-12.3), latitude(0.2), latitude(45.678, 2)], ["12°S", "0°", "45.68°N"]);
  assert.deepEqual([longitude(205), longitude(359.9, 1), longitude(180), longitude(360)], ["155°W", "0.1°W", "180°", "0°"]);
});

test("ticks are round, inside the limits, and not many more than asked for", () => {
  assert.deepEqual(ticks(0, 24, 6), { values: [0, 5, 10, 15, 20], step: 1 });
  assert.deepEqual(ticks(-1, 1, 8).values, [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1]);
  assert.ok(ticks(35, 35.00000001, 5).values.length <= 12);
});

test("logarithmic ticks have 2 and 5 between powers of ten where there is room", () => {
  assert.deepEqual(logarithmicTicks(0.1, 1, 6).values, [0.1, 0.2, 0.5, 1]);
  assert.deepEqual(logarithmicTicks(0.01, 100, 6).values, [0.01, 0.1, 1, 10, 100]);
  assert.deepEqual(logarithmicTicks(0, 1, 6).values, []);
});

test("units are written as they are read", () => {
  assert.deepEqual(["degC", "m s-1", "1e-3", "W m-2 d-1", "1", undefined].map(unitSymbol), [
    "°C",
    "m s⁻¹",
    "psu",
    "W m⁻² d⁻¹",
    "",
    "",
  ]);
});

test("a unit shown converts there and back", () => {
  const { symbol, show, back } = unitOf({ key: "", kind: "field", title: "", units: "degC", shown: ["°F", 1.8, 32] });
  assert.deepEqual([symbol, show(10), back(50)], ["°F", 50, 10]);
  assert.deepEqual([unitOf({ key: "", kind: "field", title: "", units: "degC" }).symbol, speedUnitOf(null).show(2)], ["°C", 2]);
});

test("what is said is in the language of the page, English where it has no text", () => {
  setTranslations({ "{lead} d": "{lead} 天", initial: "初始" });
  assert.deepEqual([leadText(0), leadText(3), leadText(-2)], ["初始", "+3 天", "−2 天"]);
  assert.equal(say("Play"), "Play");
  assert.equal(translator({})("{a} of {b}", { a: 1, b: 2 }), "1 of 2");
});
