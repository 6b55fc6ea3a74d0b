// The units in which a map is read: its frames keep those of the store, and only what is written is converted.

const UNITS = {
  degC: "°C",
  "m s-1": "m s⁻¹",
  "s-1": "s⁻¹",
  "1e-3": "psu",
  "mg m-3": "mg m⁻³",
  "nmol L-1": "nmol L⁻¹",
  "umol L-1": "µmol L⁻¹",
  "W m-2": "W m⁻²",
  "1e-5 s-1": "10⁻⁵ s⁻¹",
  1: "",
};

export function unitSymbol(text) {
  if (text in UNITS) return UNITS[text];
  return (text || "").replace(/\bdegC\b/, "°C").replace(/(?<=[A-Za-z])-(\d)/g, (_, digit) => `⁻${"⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]}`);
}

// Of [symbol, factor, offset]: `show` gives a value as it is read, `back` the store's value of one that is read.
function reading([symbol, factor = 1, offset = 0]) {
  return {
    symbol: unitSymbol(symbol),
    factor,
    show: (value) => value * factor + offset,
    back: (value) => (value - offset) / factor,
  };
}

// How the values of a map's field are read.
export function unitOf(spec) {
  return reading(spec?.shown ?? [spec?.units]);
}

// How the speeds of its currents and winds are read.
export function speedUnitOf(spec) {
  return reading(spec?.speed ?? ["m/s"]);
}
