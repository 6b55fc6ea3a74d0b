// The units in which a map is read: its frames keep those of the store, and only what is written is converted.

import { units } from "./format.js";

// Of [symbol, factor, offset]: `show` gives a value as it is read, `back` the store's value of one that is read.
function reading([symbol, factor = 1, offset = 0]) {
  return { symbol: units(symbol), factor, show: (value) => value * factor + offset, back: (value) => (value - offset) / factor };
}

// How the values of a map's field are read.
export function readingOf(spec) { return reading(spec?.shown ?? [spec?.units]); }

// How the speeds of its currents and winds are read.
export function speedsOf(spec) { return reading(spec?.speed ?? ["m/s"]); }
