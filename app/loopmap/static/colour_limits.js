// The rules for colour limits: those of app/style/colour_limits.py, which serves pictures made without a browser.
// tests/vectors/colour_limits.json holds what both return.

const BALANCE = 0.15; // of the larger size: below this, values count as lying on one side of zero
const STEPS = 40; // rounding moves a limit by at most one part in this many of the range
const SAMPLES = 1500; // values of a frame, enough for percentiles

/** @typedef {import("./codec.js").Frame} Frame */

/**
 * Returns the limits of values, widened to round figures; null where no value is finite.
 * @param {number[]} values those that are not finite do not count
 * @param {"auto" | "symmetric" | "balanced"} mode
 * @param {boolean} [logarithmic] whether colours follow the logarithm; it needs positive values
 * @returns {[number, number] | null}
 */
export function colourLimits(values, mode, logarithmic = false) {
  const sorted = Float64Array.from(values.filter(Number.isFinite)).sort();
  if (sorted.length === 0) return null;
  let [low, high] = rangeOf(sorted, mode);
  const positive = logarithmic ? sorted.subarray(sorted.findIndex((value) => value > 0)) : [];
  if (positive.length && positive[0] > 0) {
    const [least, most] = [percentile(positive, 0.02), percentile(positive, 0.98)];
    if (least < most) [low, high] = [least, most];
  }
  return rounded(low, high, logarithmic && low > 0);
}

// Limits before they are rounded, of ascending values.
/** @returns {[number, number]} */
function rangeOf(sorted, mode) {
  const [low, high] = [percentile(sorted, 0.02), percentile(sorted, 0.98)];
  const balanced = mode === "balanced" && low < 0 && high > 0 && Math.min(-low, high) > BALANCE * Math.max(-low, high);
  if (mode === "symmetric" || balanced) {
    const largest = Math.max(Math.abs(low), Math.abs(high)) || 1;
    return [-largest, largest];
  }
  // What begins at zero, such as speed, is shown from zero with nearly all of its long tail, so that jets stay distinct.
  if (low >= 0 && low < 0.2 * high) return [0, percentile(sorted, 0.995)];
  // A half step would be lost to rounding beside a large constant.
  const half = Math.max(0.5, 1e-3 * Math.abs(low));
  return high > low ? [low, high] : [low - half, high + half];
}

// The value below which a share of ascending values lies, interpolated between two of them.
function percentile(sorted, share) {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const next = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (next - sorted[below]) * (at - below);
}

// Widened to a fortieth of the range, or to one digit on a logarithmic scale.
/** @returns {[number, number]} */
function rounded(low, high, logarithmic) {
  if (logarithmic) {
    const [down, up] = [10 ** Math.floor(Math.log10(low)), 10 ** Math.floor(Math.log10(high))];
    return [Math.floor(low / down) * down, Math.ceil(high / up) * up];
  }
  const step = roundStep((high - low) / STEPS);
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
}

/** Returns the nearest of 1, 2 and 5 times a power of ten that is at least `size`. */
export function roundStep(size) {
  const power = 10 ** Math.floor(Math.log10(size));
  return power * [1, 2, 5, 10].find((figure) => size / power <= figure + 1e-9);
}

/** Returns a few values of each frame. @param {Frame[]} frames */
export function samples(frames) {
  return frames.flatMap((frame) => places(frame).map((i) => frame.value(frame.numbers[i])));
}

/** Returns a few differences of each pair, the first frame minus the second. @param {[Frame, Frame][]} pairs */
export function differences(pairs) {
  return pairs.flatMap(([first, second]) => {
    const values = places(first).map((i) => first.value(first.numbers[i]));
    if (first.sameGridAs(second)) return places(first).map((i, n) => values[n] - second.value(second.numbers[i]));
    return places(first).map((i, n) => values[n] - second.valueAt(...first.position(i)));
  });
}

// Indices of a few pixels with a value. An odd stride that shares no factor with the width visits all columns.
function places(frame) {
  const stride = Math.max(1, Math.floor(frame.numbers.length / SAMPLES)) | 1;
  const found = [];
  for (let i = stride >> 1; i < frame.numbers.length; i += stride) if (frame.numbers[i]) found.push(i);
  return found;
}
