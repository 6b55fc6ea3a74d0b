// Longitudes on a globe: one place has a longitude in every turn of 360 degrees.

/** Returns the longitude of the same place in [west, west + 360). */
export function wrapped(lon, west = 0) {
  return west + ((((lon - west) % 360) + 360) % 360);
}

/** Returns the longitude of the same place in [reference - 180, reference + 180): the one nearest to `reference`. */
export function nearestTo(reference, lon) {
  return wrapped(lon, reference - 180);
}

/**
 * Returns the whole turns of the globe, as degrees to add to longitudes, that bring what lies between `west` and `east` into a view.
 * @param {{ west: number, east: number }} view
 * @param {number} [margin] degrees beyond the view that count as in it
 */
export function turnsInView(view, west, east, margin = 0) {
  const first = Math.ceil((view.west - east - margin) / 360);
  const last = Math.floor((view.east - west + margin) / 360);
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => 360 * (first + i));
}
