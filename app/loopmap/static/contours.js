// Lines of equal value of a frame by marching squares, joined end to end; they stop where a corner of a cell is missing.

const MOST_COLUMNS = 360; // finer frames are averaged first: a line needs no more, and noise makes no line
const SHORTEST = 5; // points of a line that is worth drawing

const knownLines = new WeakMap(); // frame -> its lines at the levels asked for last

// Returns [{ value, lines: [Float32Array of longitude, latitude], path }] in degrees, `path` with y to the south.
export function isolines(frame, levels) {
  const key = levels.join();
  const before = knownLines.get(frame);
  if (before?.key === key) return before.found;
  const nodes = nodesOf(frame);
  const found = levels.map((value) => {
    const number = ((frame.log10 ? Math.log10(value) : value) - frame.offset) / frame.scale;
    const lines = joined(nodes, number).filter((line) => line.length >= 2 * SHORTEST);
    return { value, lines, path: pathOf(lines) };
  });
  knownLines.set(frame, { key, found });
  return found;
}

// The frame's numbers (linear in the value, or in its logarithm) as means of blocks, NaN where most of a block is missing.
function nodesOf(frame) {
  const block = Math.ceil(frame.width / MOST_COLUMNS);
  const [south, north, west, east] = frame.bounds;
  const around = east - west > 359.9;
  const [columns, height] = [Math.ceil(frame.width / block), Math.ceil(frame.height / block)];
  const width = columns + (around ? 1 : 0);
  const values = new Float32Array(width * height);
  const middle = (index, count) => (index * block + Math.min((index + 1) * block, count)) / 2 / count;
  const lons = Float32Array.from(
    { length: width },
    (_, i) => west + (i < columns ? middle(i, frame.width) : 1 + middle(0, frame.width)) * (east - west),
  );
  const lats = Float32Array.from({ length: height }, (_, j) => north - middle(j, frame.height) * (north - south));
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < columns; i++) values[j * width + i] = mean(frame, i * block, j * block, block);
    if (around) values[j * width + columns] = values[j * width];
  }
  return { values, width, height, lons, lats };
}

function mean(frame, left, top, block) {
  let [sum, count, all] = [0, 0, 0];
  for (let row = top; row < Math.min(top + block, frame.height); row++) {
    for (let column = left; column < Math.min(left + block, frame.width); column++) {
      const number = frame.numbers[row * frame.width + column];
      all++;
      if (number) {
        sum += number;
        count++;
      }
    }
  }
  return 2 * count > all ? sum / count : NaN;
}

// Edges a line enters and leaves by, by which corners lie above: 1 top left, 2 top right, 4 bottom right, 8 bottom left.
const [TOP, RIGHT, BOTTOM, LEFT] = [0, 1, 2, 3];
// biome-ignore format: one entry for each pattern of corners
const CROSSINGS = [
  [], [LEFT, TOP], [TOP, RIGHT], [LEFT, RIGHT], [RIGHT, BOTTOM], [LEFT, TOP, RIGHT, BOTTOM], [TOP, BOTTOM], [LEFT, BOTTOM],
  [LEFT, BOTTOM], [TOP, BOTTOM], [TOP, RIGHT, LEFT, BOTTOM], [RIGHT, BOTTOM], [LEFT, RIGHT], [TOP, RIGHT], [LEFT, TOP], [],
];

function joined({ values, width, height, lons, lats }, level) {
  const links = new Map(); // edge -> the one or two edges its line goes on to
  const link = (from, to) => {
    const known = links.get(from);
    if (known) known.push(to);
    else links.set(from, [to]);
  };
  for (let j = 0; j < height - 1; j++) {
    for (let i = 0; i < width - 1; i++) {
      const k = j * width + i;
      const [a, b, c, d] = [values[k], values[k + 1], values[k + width + 1], values[k + width]];
      let corners = (a >= level ? 1 : 0) | (b >= level ? 2 : 0) | (c >= level ? 4 : 0) | (d >= level ? 8 : 0);
      if (corners === 0 || corners === 15 || Number.isNaN(a + b + c + d)) continue;
      // Of the two ways through a saddle the mean of its corners chooses.
      if ((corners === 5 || corners === 10) && (a + b + c + d) / 4 >= level) corners = 15 - corners;
      // An edge is the number of its left or upper node, twice, plus one where it runs down.
      const edges = [2 * k, 2 * (k + 1) + 1, 2 * (k + width), 2 * k + 1];
      const crossings = CROSSINGS[corners];
      for (let n = 0; n < crossings.length; n += 2) {
        link(edges[crossings[n]], edges[crossings[n + 1]]);
        link(edges[crossings[n + 1]], edges[crossings[n]]);
      }
    }
  }
  const point = (edge) => {
    const k = edge >> 1;
    const next = edge & 1 ? k + width : k + 1;
    const share = (level - values[k]) / (values[next] - values[k]);
    const [i, j] = [k % width, Math.floor(k / width)];
    return edge & 1 ? [lons[i], lats[j] + share * (lats[j + 1] - lats[j])] : [lons[i] + share * (lons[i + 1] - lons[i]), lats[j]];
  };
  const walk = (start) => {
    const line = [];
    for (let edge = start, before = null; edge !== undefined; ) {
      line.push(...point(edge));
      const ways = links.get(edge);
      links.delete(edge);
      const next = ways.find((way) => way !== before && links.has(way));
      if (next === undefined && ways.includes(start) && before !== start && line.length > 4) line.push(line[0], line[1]);
      [before, edge] = [edge, next];
    }
    return Float32Array.from(line);
  };
  const lines = [];
  // Lines with ends first; what is left are rings.
  for (const [edge, ways] of [...links]) if (ways.length === 1 && links.has(edge)) lines.push(walk(edge));
  for (const edge of [...links.keys()]) if (links.has(edge)) lines.push(walk(edge));
  return lines;
}

// Curves from middle to middle of the pieces, so that the corners of cells do not show.
function pathOf(lines) {
  const path = new Path2D();
  for (const line of lines) {
    const last = line.length - 2;
    path.moveTo(line[0], -line[1]);
    for (let i = 2; i < last; i += 2) {
      path.quadraticCurveTo(line[i], -line[i + 1], (line[i] + line[i + 2]) / 2, -(line[i + 1] + line[i + 3]) / 2);
    }
    path.lineTo(line[last], -line[last + 1]);
  }
  return path;
}
