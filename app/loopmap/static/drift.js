// Paths of drifting particles: the one from the point with a mark each day, those around it thinner, and where they are now.

import { say } from "./i18n.js";
import { turnsInView } from "./longitudes.js";

const LABEL_ROOM = 30; // pixels between two days that are named
const NAMED_EVERY = [1, 2, 5, 10, 15, 30];

/**
 * What app/analysis/drift.py computes for one map.
 * @typedef {object} DriftPaths
 * @property {number[]} days since lead 0
 * @property {number[][]} lat of each particle until it is lost; the first began at the point
 * @property {number[][]} lon
 * @property {string} [label]
 */

export function drawDriftPaths(context, view, { days, lat, lon }, lead, theme) {
  context.lineJoin = context.lineCap = "round";
  const passed = days.filter((day) => day <= lead + 1e-6).length;
  for (let p = lat.length - 1; p >= 0; p--) {
    if (lon[p].length === 0) continue;
    for (const turn of turnsInView(view, Math.min(...lon[p]), Math.max(...lon[p]))) {
      const points = lat[p].map((one, i) => [view.x(lon[p][i] + turn), view.y(one)]);
      if (p) thin(context, points, passed, theme);
      else main(context, points, days, passed, theme);
      if (points.length < days.length) cross(context, points.at(-1), theme);
    }
  }
}

function thin(context, points, passed, theme) {
  context.globalAlpha = 0.75;
  trace(context, points, 2.4, theme.halo);
  trace(context, points, 0.9, theme.ink);
  context.globalAlpha = 1;
  if (passed && passed <= points.length) dot(context, points[passed - 1], 2, theme.ink, theme.halo);
}

// What is behind the particle is drawn strong, what is before it light.
function main(context, points, days, passed, theme) {
  trace(context, points, 4.4, theme.halo);
  context.globalAlpha = 0.6;
  trace(context, points, 1.6, theme.ink);
  context.globalAlpha = 1;
  trace(context, points.slice(0, passed), 2.4, theme.ink);
  const marks = days.flatMap((day, i) => (i < points.length && Number.isInteger(day) ? [[day - days[0], points[i]]] : []));
  marks.forEach(([, point]) => dot(context, point, 2.2, theme.ink, theme.halo));
  name(context, marks, theme);
  if (passed && passed <= points.length) dot(context, points[passed - 1], 5, theme.accent, theme.halo);
}

// Names as many days as there is room for.
function name(context, marks, theme) {
  const length = marks.slice(1).reduce((sum, [, [x, y]], i) => sum + Math.hypot(x - marks[i][1][0], y - marks[i][1][1]), 0);
  const every = NAMED_EVERY.find((step) => (length / Math.max(marks.length - 1, 1)) * step > LABEL_ROOM) ?? 60;
  context.font = `600 10.5px ${theme.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const [day, [x, y]] of marks) {
    if (day === 0 || day % every) continue;
    context.lineWidth = 3;
    context.strokeStyle = theme.halo;
    context.strokeText(say("{lead} d", { lead: day }), x + 6, y - 6);
    context.fillStyle = theme.ink;
    context.fillText(say("{lead} d", { lead: day }), x + 6, y - 6);
  }
}

function trace(context, points, width, colour) {
  context.beginPath();
  points.forEach((point, i) => (i ? context.lineTo(...point) : context.moveTo(...point)));
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}

function dot(context, [x, y], radius, colour, halo) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.strokeStyle = halo;
  context.stroke();
  context.fillStyle = colour;
  context.fill();
}

// Where a particle came ashore or left the grid.
function cross(context, [x, y], theme) {
  for (const [width, colour] of [
    [4, theme.halo],
    [1.8, theme.ink],
  ]) {
    context.beginPath();
    context.moveTo(x - 4, y - 4);
    context.lineTo(x + 4, y + 4);
    context.moveTo(x + 4, y - 4);
    context.lineTo(x - 4, y + 4);
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }
}
