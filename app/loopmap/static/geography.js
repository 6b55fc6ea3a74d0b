// Land, coastlines, graticule and scale bar, drawn as vectors at the screen's own resolution.

import { latitude, longitude } from "./format.js";
import { nearestTo, turnsInView, wrapped } from "./longitudes.js";
import { ask } from "./requests.js";

const FINE_BELOW = 70; // degrees of longitude in view
const KILOMETRES_PER_DEGREE = 111.195;

function download(resolution) {
  const inflated = (response) => new Response(response.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  return ask(new URL(`coastline-${resolution}.bin`, import.meta.url), inflated).catch(() => null);
}

// Every map needs it, so it is on its way before there is one.
const coarse = download("50m");

class Coastline {
  constructor(buffer) {
    const count = new Int32Array(buffer, 0, 1)[0];
    const lengths = new Int32Array(buffer, 4, count);
    const firsts = new Int32Array(buffer, 4 + 4 * count, 2 * count);
    const steps = new Int16Array(buffer, 4 + 12 * count);
    this.rings = [];
    let at = 0;
    for (let ring = 0; ring < count; ring++) {
      const points = new Float32Array(2 * lengths[ring]);
      let lon = firsts[2 * ring];
      let lat = firsts[2 * ring + 1];
      let [west, east, south, north] = [lon, lon, lat, lat];
      for (let i = 0; i < lengths[ring]; i++) {
        if (i > 0) {
          lon += steps[at++];
          lat += steps[at++];
        }
        points[2 * i] = lon / 1000;
        points[2 * i + 1] = lat / 1000;
        if (lon < west) west = lon;
        else if (lon > east) east = lon;
        if (lat < south) south = lat;
        else if (lat > north) north = lat;
      }
      this.rings.push({ points, west: west / 1000, east: east / 1000, south: south / 1000, north: north / 1000 });
    }
  }

  // Paths in pixels of the view: `land` to fill and `coast` to stroke (without the edge along the pole).
  paths(view) {
    const land = new Path2D();
    const coast = new Path2D();
    const scale = view.pixelsPerDegree;
    const smallest = 0.6; // pixels between points that are worth a line
    for (const ring of this.rings) {
      if (ring.south > view.north || ring.north < view.south) continue;
      if (Math.max(ring.east - ring.west, ring.north - ring.south) * scale < 0.8) continue;
      for (const turn of turnsInView(view, ring.west, ring.east)) {
        const { points } = ring;
        let [lastX, lastY, open] = [NaN, NaN, false];
        for (let i = 0; i < points.length; i += 2) {
          const x = (points[i] + turn - view.west) * scale;
          const y = (view.north - points[i + 1]) * scale;
          if (i > 0 && i < points.length - 2 && Math.abs(x - lastX) + Math.abs(y - lastY) < smallest) continue;
          if (i === 0) land.moveTo(x, y);
          else land.lineTo(x, y);
          if (points[i + 1] < -84.5) open = false;
          else if (open) coast.lineTo(x, y);
          else {
            coast.moveTo(x, y);
            open = true;
          }
          [lastX, lastY] = [x, y];
        }
        land.closePath();
      }
    }
    return { land, coast };
  }
}

export class Geography {
  // `changed()` is called when a coastline has arrived.
  constructor(changed) {
    this.changed = changed;
    this.lines = {};
    this.revision = 0; // grows with every coastline that arrives
    this.bring("50m");
  }

  async bring(resolution) {
    if (resolution in this.lines) return;
    this.lines[resolution] = null;
    const plain = await (resolution === "50m" ? coarse : download(resolution));
    if (!plain) return;
    this.lines[resolution] = new Coastline(plain);
    this.key = null;
    this.revision++;
    this.changed();
  }

  // The paths for a view, kept until the view changes.
  paths(view) {
    const fine = view.span < FINE_BELOW;
    if (fine) this.bring("10m");
    const line = (fine && this.lines["10m"]) || this.lines["50m"];
    if (!line) return null;
    const key = [view.lat, view.lon, view.span, view.width, view.height, line === this.lines["10m"]].join();
    if (key !== this.key) {
      this.key = key;
      this.kept = line.paths(view);
    }
    return this.kept;
  }
}

// What shows where there is no data: water without values is hatched.
export function drawMissing(context, view, theme) {
  context.fillStyle = theme.missing;
  context.fillRect(0, 0, view.width, view.height);
  context.strokeStyle = theme.hatch;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = -view.height; x < view.width; x += 7) {
    context.moveTo(x, view.height);
    context.lineTo(x + view.height, 0);
  }
  context.stroke();
}

// Land lies over the field: a grid cell that reaches ashore ends at the coast.
export function drawLand(context, view, paths, theme) {
  if (!paths) return;
  context.fillStyle = theme.land;
  context.fill(paths.land, "evenodd");
  context.strokeStyle = theme.coast;
  context.lineWidth = view.span < FINE_BELOW ? 0.9 : 0.65;
  context.lineJoin = "round";
  context.stroke(paths.coast);
}

function graticuleStep(degrees) {
  return [0.25, 0.5, 1, 2, 5, 10, 15, 30, 60].find((step) => degrees / step <= 7) || 60;
}

// Meridians and parallels with their labels, and the scale bar.
export function drawGraticule(context, view, theme) {
  const lonStep = graticuleStep(view.span * Math.min(1, 620 / view.width));
  const latStep = Math.min(lonStep, 30);
  const digits = lonStep < 1 ? 2 : 0;
  context.strokeStyle = theme.graticule;
  context.lineWidth = 0.7;
  context.beginPath();
  const meridians = [];
  const parallels = [];
  for (let lon = Math.ceil(view.west / lonStep) * lonStep; lon <= view.east; lon += lonStep) {
    const x = Math.round(view.x(lon)) + 0.5;
    context.moveTo(x, 0);
    context.lineTo(x, view.height);
    meridians.push([x, longitude(lon, digits)]);
  }
  for (let lat = Math.ceil(view.south / latStep) * latStep; lat <= view.north; lat += latStep) {
    if (Math.abs(lat) > 89) continue;
    const y = Math.round(view.y(lat)) + 0.5;
    context.moveTo(0, y);
    context.lineTo(view.width, y);
    parallels.push([y, latitude(lat, digits)]);
  }
  context.stroke();
  context.font = `500 10px ${theme.font}`;
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const [x, text] of meridians) if (x > 52 && x < view.width - 24) label(context, text, x, 5, theme);
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const [y, text] of parallels) if (y > 14 && y < view.height - 44) label(context, text, 6, y, theme);
  drawScaleBar(context, view, theme);
}

function label(context, text, x, y, theme) {
  context.lineWidth = 2.5;
  context.lineJoin = "round";
  context.strokeStyle = theme.halo;
  context.strokeText(text, x, y);
  context.fillStyle = theme.ink;
  context.fillText(text, x, y);
}

function drawScaleBar(context, view, theme) {
  const perPixel = (KILOMETRES_PER_DEGREE * Math.cos((view.lat * Math.PI) / 180)) / view.pixelsPerDegree;
  const most = Math.min(110, view.width / 4) * perPixel;
  const power = 10 ** Math.floor(Math.log10(most));
  const length = [5, 2, 1].map((part) => part * power).find((part) => part <= most);
  const pixels = length / perPixel;
  const x = view.width - pixels - 10;
  const y = view.height - 10;
  const bar = () => {
    context.beginPath();
    context.moveTo(x, y - 5);
    context.lineTo(x, y);
    context.lineTo(x + pixels, y);
    context.lineTo(x + pixels, y - 5);
    context.stroke();
  };
  context.strokeStyle = theme.halo;
  context.lineWidth = 3.5;
  bar();
  context.strokeStyle = theme.ink;
  context.lineWidth = 1.2;
  bar();
  context.font = `500 10px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "bottom";
  label(context, `${length.toLocaleString("en")} km`, x + pixels / 2, y - 4, theme);
}

export function drawMarker(context, view, point, theme) {
  const lon = wrapped(point[1], view.west);
  const [x, y] = [view.x(lon), view.y(point[0])];
  context.beginPath();
  context.arc(x, y, 5, 0, 2 * Math.PI);
  context.lineWidth = 4;
  context.strokeStyle = theme.halo;
  context.stroke();
  context.lineWidth = 2;
  context.strokeStyle = theme.accent;
  context.stroke();
}

// Places that stay marked, each in its colour with its letter.
export function drawPins(context, view, pins, theme) {
  context.font = `700 10px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const [lat, lon, letter, colour] of pins) {
    const [x, y] = [view.x(wrapped(lon, view.west)), view.y(lat)];
    context.beginPath();
    context.arc(x, y, 8, 0, 2 * Math.PI);
    context.fillStyle = theme.halo;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = colour;
    context.stroke();
    context.fillStyle = colour;
    context.fillText(letter, x, y + 0.5);
  }
}

// A line across the ocean, in every turn of the globe that is in view; a small circle marks where it begins.
export function drawLine(context, view, places, theme) {
  for (const [x, y] of drawPath(context, view, places, theme.accent, theme.halo)) {
    context.beginPath();
    context.arc(x, y, 3.5, 0, 2 * Math.PI);
    context.fillStyle = theme.accent;
    context.fill();
  }
}

// A path that moves with the days, named at its eastern end in view.
export function drawAxis(context, view, places, name, theme) {
  drawPath(context, view, places, theme.ink, theme.halo);
  const inside = places.filter(([lat, lon]) => {
    const [x, y] = [view.x(wrapped(lon, view.west)), view.y(lat)];
    return x < view.width - 8 && x > 120 && y > 30 && y < view.height - 44;
  });
  if (!name || inside.length === 0) return;
  const [lat, lon] = inside.at(-1);
  context.font = `600 11px ${theme.font}`;
  context.textAlign = "right";
  context.textBaseline = "bottom";
  label(context, name, view.x(wrapped(lon, view.west)), view.y(lat) - 7, theme);
}

// A path in every turn of the globe that is in view; returns the pixel of its beginning in each.
export function drawPath(context, view, places, colour, halo) {
  if (places.length < 2) return [];
  const beginnings = [];
  const lons = [places[0][1]];
  for (const [, lon] of places.slice(1)) lons.push(nearestTo(lons.at(-1), lon));
  const [first, last] = [Math.min(...lons), Math.max(...lons)];
  for (const turn of turnsInView(view, first, last)) {
    const points = places.map(([lat], number) => [view.x(lons[number] + turn), view.y(lat)]);
    context.beginPath();
    points.forEach(([x, y], number) => (number ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.lineJoin = "round";
    for (const [width, stroke] of [
      [4, halo],
      [2, colour],
    ]) {
      context.lineWidth = width;
      context.strokeStyle = stroke;
      context.stroke();
    }
    beginnings.push(points[0]);
  }
  return beginnings;
}
