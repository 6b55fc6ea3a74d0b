// How lines of equal value look: contours of the field, the sea floor, the ice edge; and the values written on them.

import { isolines } from "./contours.js";
import { figure, logarithmicTicks, ticks } from "./format.js";
import { outlinedText } from "./label_placement.js";
import { turnsInView } from "./longitudes.js";

const LOOKS = {
  contours: { core: "rgba(8,18,26,.82)", halo: "rgba(255,255,255,.42)", width: 0.9, dash: [] },
  bathymetry: { core: "rgba(32,52,74,.8)", halo: "rgba(255,255,255,.3)", width: 0.8, dash: [6, 3] },
  ice: { core: "#ffffff", halo: "rgba(6,60,96,.85)", width: 1.8, dash: [] },
};
const DEPTHS = [200, 1000, 2000, 4000]; // metres
const OVERHANG = 3.6; // degrees that lines of a frame may reach beyond its bounds
const APART = 300; // pixels between two values on one line
const STRAIGHT = 12; // pixels each way from which a value takes its slope

// Levels in the store's units and what is written on them: contours at the round values that the colour bar has, or half as far
// apart, with the fewest digits that tell them apart.
function levelsOf(name, { low, high, logarithmic }, { show, back }) {
  if (name === "bathymetry") return { values: DEPTHS, texts: DEPTHS.map((depth) => `${depth} m`) };
  if (name === "ice") return { values: [0], texts: [] };
  const [least, most] = [show(low), show(high)];
  const marks = logarithmic ? logarithmicTicks(least, most, 12) : ticks(least, most, 14);
  const inside = marks.values.filter((mark) => mark > least && mark < most);
  return { values: inside.map(back), texts: inside.map((mark) => figure(mark, marks.step || mark)) };
}

// Draws the lines of a frame and returns [{ line, text }] to write values on, the turns they are drawn in, and their number.
export function drawLines(context, view, frame, name, colours, read) {
  const look = LOOKS[name];
  const { values, texts } = levelsOf(name, colours, read);
  const levels = isolines(frame, values);
  const path = new Path2D();
  const zero = new Path2D();
  const scale = view.pixelsPerDegree;
  const turns = turnsInView(view, frame.bounds[2], frame.bounds[3], OVERHANG);
  for (const { value, path: degrees } of levels) {
    for (const turn of turns) {
      const matrix = new DOMMatrix([scale, 0, 0, scale, (turn - view.west) * scale, view.north * scale]);
      (value === 0 && name === "contours" ? zero : path).addPath(degrees, matrix);
    }
  }
  context.lineJoin = context.lineCap = "round";
  context.setLineDash(look.dash);
  // Where a field changes sign its line is twice as strong.
  for (const [drawn, width] of [
    [path, look.width],
    [zero, 2 * look.width],
  ]) {
    for (const [wide, colour] of [
      [width + 1.6, look.halo],
      [width, look.core],
    ]) {
      context.lineWidth = wide;
      context.strokeStyle = colour;
      context.stroke(drawn);
    }
  }
  context.setLineDash([]);
  const written = levels.flatMap(({ lines }, number) =>
    texts[number] ? lines.map((line) => ({ line, text: texts[number] })) : [],
  );
  return { written, turns, count: levels.reduce((sum, { lines }) => sum + lines.length, 0) };
}

// Writes values along lines where there is room, the longest lines first; returns how many.
export function writeValues(context, view, { written, turns }, placement, theme) {
  context.font = `500 9.5px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  let count = 0;
  for (const { line, text } of [...written].sort((a, b) => b.line.length - a.line.length)) {
    const width = context.measureText(text).width + 8;
    for (const turn of turns) {
      for (const { x, y, angle } of placesOn(line, turn, view, width)) {
        const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
        if (!placement.take(x, y, width * cos + 12 * sin, width * sin + 12 * cos)) continue;
        context.save();
        context.translate(x, y);
        context.rotate(angle);
        outlinedText(context, text, 0, 0, theme);
        context.restore();
        count++;
      }
    }
  }
  return count;
}

// Places on a line that are far enough apart, and its slope there, never upside down.
function placesOn(line, turn, view, width) {
  const found = [];
  const xs = [];
  const ys = [];
  const along = [0];
  for (let i = 0; i < line.length; i += 2) {
    xs.push(view.x(line[i] + turn));
    ys.push(view.y(line[i + 1]));
    if (i) along.push(along.at(-1) + Math.hypot(xs.at(-1) - xs.at(-2), ys.at(-1) - ys.at(-2)));
  }
  const length = along.at(-1);
  if (length < 3 * width) return found;
  const count = Math.max(1, Math.floor(length / APART));
  let k = 0;
  for (let n = 0; n < count; n++) {
    const middle = ((n + 0.5) / count) * length;
    while (k < along.length - 1 && along[k] < middle) k++;
    let [from, to] = [k, k];
    while (from > 0 && along[k] - along[from] < STRAIGHT) from--;
    while (to < along.length - 1 && along[to] - along[k] < STRAIGHT) to++;
    let angle = Math.atan2(ys[to] - ys[from], xs[to] - xs[from]);
    if (Math.abs(angle) > Math.PI / 2) angle -= Math.sign(angle) * Math.PI;
    found.push({ x: xs[k], y: ys[k], angle });
  }
  return found;
}
