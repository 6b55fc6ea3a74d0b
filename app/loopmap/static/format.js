// Numbers, positions and leads as text on a map, and round values for the ticks of a scale.

import { say } from "./i18n.js";
import { wrapped } from "./longitudes.js";

const MINUS = "−";

export function figure(value, step) {
  if (!Number.isFinite(value)) return "–";
  const digits = step > 0 ? Math.min(Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)), 8) : 2;
  const size = Math.abs(value);
  if (size >= 1e6 || (size !== 0 && size < 1e-4 && step < 1e-4)) return value.toExponential(2).replace("-", MINUS);
  const text = size.toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

export function latitude(lat, digits = 0) {
  if (Math.abs(lat) < 0.5 * 10 ** -digits) return digits ? `${(0).toFixed(digits)}°` : "0°";
  return `${Math.abs(lat).toFixed(digits)}°${lat < 0 ? "S" : "N"}`;
}

export function longitude(lon, digits = 0) {
  const eastward = wrapped(lon, -180);
  const text = Math.abs(eastward).toFixed(digits);
  if (Number(text) === 0 || Number(text) === 180) return `${text}°`;
  return `${text}°${eastward < 0 ? "W" : "E"}`;
}

export function leadText(lead) {
  return lead === 0 ? say("initial") : say("{lead} d", { lead: `${lead > 0 ? "+" : MINUS}${Math.abs(lead)}` });
}

// Ticks at round values inside two limits, about `count` of them.
export function ticks(low, high, count) {
  const rough = (high - low) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((part) => part * power).find((part) => part >= rough * 0.999);
  const result = [];
  // Counted, not added up: a step smaller than the digits of the values would never get there.
  const first = Math.ceil(low / step - 1e-6);
  for (let number = 0; number <= 2 * count + 2; number++) {
    const value = (first + number) * step;
    if (!(value <= high + step * 1e-6)) break;
    result.push(Math.abs(value) < step * 1e-6 ? 0 : value);
  }
  // 2.5 needs one digit more than its power of ten, 10 one less.
  const part = Number((step / power).toFixed(1));
  return { values: result, step: part === 2.5 ? power / 10 : part === 10 ? step : power };
}

// Ticks of a logarithmic bar: powers of ten, with 2 and 5 between where there is room.
export function logarithmicTicks(low, high, count) {
  if (!(low > 0 && high < Infinity)) return { values: [], step: 0 };
  const decades = Math.log10(high / low);
  const parts = decades * 3 <= count ? [1, 2, 5] : [1];
  const result = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const part of parts) {
      const value = part * 10 ** power;
      if (value >= low * 0.999 && value <= high * 1.001) result.push(value);
    }
  }
  return { values: result, step: 0 };
}
