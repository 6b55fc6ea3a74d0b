// How the maps share the space: as many columns as make them largest, twice as wide as high at most.

const GAP = 16;
const LOWEST = 150; // pixels: below this the component scrolls instead
const NARROW = 560; // pixels: phones get higher maps

// Returns columns and height of a map for `count` maps in a box; `height` is null where the box grows with its content.
export function arrange(count, width, height, overhead) {
  const shape = width < NARROW ? 0.75 : 0.5;
  const choices = [];
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const mapWidth = (width - GAP * (columns - 1)) / columns;
    const room = height === null ? Infinity : (height - GAP * (rows - 1)) / rows - overhead;
    if (columns > 1 && mapWidth < 300) break;
    choices.push({ columns, height: Math.min(mapWidth * shape, Math.max(room, LOWEST)), fits: room >= LOWEST });
  }
  if (height === null) {
    const wide = choices.filter((choice) => choice.columns === 1 || width / choice.columns >= 380);
    return wide[wide.length - 1];
  }
  const fitting = choices.filter((choice) => choice.fits);
  const best = (list) => list.reduce((one, other) => (other.height > one.height * 1.02 ? other : one));
  return fitting.length
    ? best(fitting)
    : choices[0].columns === 1 && width < NARROW
      ? { ...choices[0], height: width * shape }
      : best(choices);
}
