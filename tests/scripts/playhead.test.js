// How time moves the lead on screen.

import assert from "node:assert/strict";
import { test } from "node:test";

import { metrics } from "loopmap/metrics.js";
import { Playhead } from "loopmap/playhead.js";

function loop(leads = [0, 1, 2, 3]) {
  const playhead = new Playhead();
  playhead.setLoop(
    leads,
    leads.map((lead) => `day ${lead}`),
  );
  return playhead;
}

const ALL = { speed: 10, looping: true, blend: false, has: () => true, first: 0, end: 3 };

// Paints every tenth of a second, and returns the leads on screen and whether it still plays.
function play(playhead, paints, options = {}) {
  const leads = [];
  let goesOn = true;
  for (let paint = 0; paint <= paints && goesOn; paint++) {
    goesOn = playhead.advance(100 * paint, { ...ALL, ...options });
    leads.push(playhead.lead);
  }
  return { leads, goesOn };
}

test("each paint shows the next day at a day a paint", () => {
  assert.deepEqual(play(loop(), 3).leads, [0, 1, 2, 3]);
});

test("at the highest speed no day is left out", () => {
  assert.deepEqual(play(loop(), 3, { speed: 60 }).leads, [0, 1, 2, 3]);
});

test("the last day is held before the loop begins again", () => {
  const { leads } = play(loop(), 10);
  assert.ok(leads.lastIndexOf(3) - leads.indexOf(3) >= 4);
  assert.ok(leads.at(-1) < 3);
});

test("without repeat it ends on the last day", () => {
  const { leads, goesOn } = play(loop(), 30, { looping: false });
  assert.deepEqual([leads.at(-1), goesOn], [3, false]);
});

test("a day that is on its way is waited for", () => {
  const before = metrics.waits;
  assert.deepEqual(play(loop(), 5, { has: (lead) => lead < 2 }).leads.at(-1), 1);
  assert.ok(metrics.waits > before);
});

test("days that no map has yet are left out at both ends", () => {
  const playhead = loop();
  playhead.go(1);
  const { leads } = play(playhead, 12, { first: 1, end: 2 });
  assert.deepEqual([...new Set(leads)].sort(), [1, 2]);
});

test("steps go round with repeat and stop at the ends without", () => {
  const playhead = loop();
  playhead.step(-1, true);
  assert.equal(playhead.lead, 3);
  playhead.step(1, false);
  assert.equal(playhead.lead, 3);
});

test("a lead asked for before it is in the loop is shown once it is", () => {
  const playhead = loop([0, 1]);
  playhead.goTo(5);
  assert.equal(playhead.lead, 0);
  playhead.setLoop([0, 1, 5], ["a", "b", "c"]);
  assert.deepEqual([playhead.lead, playhead.time], [5, "c"]);
});

test("a loop that grows keeps the day on screen", () => {
  const playhead = loop([4, 5, 6]);
  playhead.goTo(6);
  playhead.setLoop([3, 4, 5, 6], ["", "", "", "six"]);
  assert.deepEqual([playhead.lead, playhead.time, playhead.following], [6, "six", 6]);
});
