// A vector field as arrows at even distances on the screen; they keep their places on the globe while the map is moved.

export const INKS = {
  arrows: { core: "#0d1a22", halo: "rgba(255,255,255,.78)" },
  wind: { core: "#ffffff", halo: "rgba(13,26,34,.72)" },
};
const SPACING = { arrows: 26, wind: 40 }; // pixels
const SHORTEST = 2; // pixels: what is slower is still

// Pixels of an arrow of the reference speed.
export function referenceLength(name) {
  return 0.9 * SPACING[name];
}

// Draws the arrows of layer `name` and returns how many; `reference` is the speed in m s⁻¹ of an arrow of `referenceLength`.
export function drawArrows(context, view, grid, name, reference) {
  const columns = Math.max(1, Math.round((360 * view.pixelsPerDegree) / SPACING[name]));
  const step = 360 / columns;
  const path = new Path2D();
  const out = { u: 0, v: 0 };
  let count = 0;
  for (let j = Math.ceil(view.south / step); j * step <= view.north; j++) {
    // Every other row is moved by half a step, so that rows do not line up into stripes.
    const shift = j & 1 ? step / 2 : 0;
    for (let i = Math.ceil((view.west - shift) / step); i * step + shift <= view.east; i++) {
      const [lat, lon] = [j * step, i * step + shift];
      if (!grid.sample(lat, lon, out)) continue;
      const scale = referenceLength(name) / reference;
      const size = Math.hypot(out.u, out.v) * scale;
      if (size < SHORTEST) continue;
      const shrink = Math.min(1, (2 * SPACING[name]) / size);
      arrow(path, view.x(lon), view.y(lat), out.u * scale * shrink, -out.v * scale * shrink);
      count++;
    }
  }
  context.lineCap = context.lineJoin = "round";
  for (const [width, colour] of [
    [3, INKS[name].halo],
    [name === "wind" ? 1.5 : 1.2, INKS[name].core],
  ]) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke(path);
  }
  return count;
}

// An arrow whose middle lies at x, y.
function arrow(path, x, y, dx, dy) {
  const size = Math.hypot(dx, dy);
  const head = Math.min(5, 0.4 * size) / size;
  const [tipX, tipY] = [x + dx / 2, y + dy / 2];
  path.moveTo(x - dx / 2, y - dy / 2);
  path.lineTo(tipX, tipY);
  path.moveTo(tipX - head * (dx + 0.55 * dy), tipY - head * (dy - 0.55 * dx));
  path.lineTo(tipX, tipY);
  path.lineTo(tipX - head * (dx - 0.55 * dy), tipY - head * (dy + 0.55 * dx));
}
