// Numbers to colours: a table from every possible number to a packed pixel, rebuilt only when range, palette or scale change.

const NUMBERS = 16384;

export class Painter {
  constructor() {
    this.tables = new Map();
    this.surface = document.createElement("canvas");
    this.context = this.surface.getContext("2d", { willReadFrequently: true });
    this.image = null;
  }

  // `colours` is a list of "#rrggbb"; values beyond the limits take the end colours.
  setColours(colours, low, high, logarithmic) {
    const key = `${colours[0]} ${colours[128]} ${colours[255]} ${low} ${high} ${logarithmic}`;
    if (key === this.key) return false;
    this.key = key;
    this.tables.clear();
    this.pixels = Uint32Array.from(colours, packed);
    Object.assign(this, { low, high, logarithmic });
    return true;
  }

  table(frame) {
    let table = this.tables.get(frame.scaleKey);
    if (table) return table;
    table = new Uint32Array(NUMBERS);
    const last = this.pixels.length - 1;
    const place = this.logarithmic ? (value) => Math.log10(Math.max(value, 1e-12)) : (value) => value;
    const low = place(this.low);
    const perValue = (last + 1) / (place(this.high) - low || 1);
    for (let number = 1; number < NUMBERS; number++) {
      const index = Math.floor((place(frame.value(number)) - low) * perValue);
      table[number] = this.pixels[index < 0 ? 0 : index > last ? last : index];
    }
    this.tables.set(frame.scaleKey, table);
    return table;
  }

  // Colours a frame, or a blend of two (`weight` of the second), onto the painter's own surface.
  paint(frame, next = null, weight = 0) {
    if (frame.width === 0) return null;
    if (!this.image || this.image.width !== frame.width || this.image.height !== frame.height) {
      this.surface.width = frame.width;
      this.surface.height = frame.height;
      this.image = this.context.createImageData(frame.width, frame.height);
      this.out = new Uint32Array(this.image.data.buffer);
    }
    const done = this.done;
    if (done && done.frame === frame && done.next === next && done.weight === weight && done.key === this.key) return this.surface;
    this.done = { frame, next, weight, key: this.key };
    const { out } = this;
    const table = this.table(frame);
    const a = frame.numbers;
    if (next && weight > 0 && next.sameGridAs(frame) && next.log10 === frame.log10) {
      const b = next.numbers;
      const perFirst = 1 - weight;
      const perSecond = (weight * next.scale) / frame.scale;
      const constant = (weight * (next.offset - frame.offset)) / frame.scale + 0.5;
      for (let i = 0; i < out.length; i++) {
        if (a[i] === 0 || b[i] === 0) { out[i] = 0; continue; }
        const number = (a[i] * perFirst + b[i] * perSecond + constant) | 0;
        out[i] = table[number < 1 ? 1 : number >= NUMBERS ? NUMBERS - 1 : number];
      }
    } else {
      for (let i = 0; i < out.length; i++) out[i] = table[a[i]];
    }
    this.context.putImageData(this.image, 0, 0);
    return this.surface;
  }
}

function packed(colour) {
  const number = parseInt(colour.slice(1), 16);
  return (255 << 24) | ((number & 255) << 16) | (number & 0xff00) | (number >> 16);
}

const BALANCE = 0.15; // of the larger size: below this, values count as lying on one side of zero
const SAMPLES = 1500; // values of a frame, enough for percentiles

// A few values of each frame.
export function samples(frames) {
  return frames.flatMap((frame) => places(frame).map((i) => frame.value(frame.numbers[i])));
}

// A few differences of each pair of frames.
export function differences(pairs) {
  return pairs.flatMap(([first, second]) => {
    if (first.sameGridAs(second)) return places(first).map((i) => first.value(first.numbers[i]) - second.value(second.numbers[i]));
    return places(first).map((i) => first.value(first.numbers[i]) - second.valueAt(...first.position(i)));
  });
}

// An odd stride that shares no factor with the width visits all columns.
function places(frame) {
  const stride = Math.max(1, Math.floor(frame.numbers.length / SAMPLES)) | 1;
  const found = [];
  for (let i = stride >> 1; i < frame.numbers.length; i += stride) if (frame.numbers[i]) found.push(i);
  return found;
}

// Colour limits of values by the rules of app/style/palettes.py, widened to round figures; null where there are none.
export function colourRange(values, mode, logarithmic = false) {
  const sorted = Float64Array.from(values.filter(Number.isFinite)).sort();
  if (sorted.length === 0) return null;
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1)))];
  let [low, high] = [at(0.02), at(0.98)];
  const balanced = mode === "balanced" && low < 0 && high > 0 && Math.min(-low, high) > BALANCE * Math.max(-low, high);
  if (mode === "symmetric" || balanced) {
    const largest = Math.max(Math.abs(low), Math.abs(high)) || 1;
    const step = roundStep(largest / 20);
    high = Math.ceil(largest / step - 1e-9) * step;
    return [-high, high];
  }
  if (logarithmic && high > low && low > 0) {
    const [down, up] = [10 ** Math.floor(Math.log10(low)), 10 ** Math.floor(Math.log10(high))];
    return [Math.floor(low / down) * down, Math.ceil(high / up) * up];
  }
  // What begins at nought, such as speed, is shown from nought, and nearly all of its long tail: jets should not drown.
  if (low >= 0 && low < 0.2 * high) [low, high] = [0, at(0.995)];
  if (!(high > low)) [low, high] = [low - 0.5, high + 0.5];
  const step = roundStep((high - low) / 40);
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
}

// The nearest of 1, 2, 5 times a power of ten at or above a size.
export function roundStep(size) {
  const power = 10 ** Math.floor(Math.log10(size));
  const share = size / power;
  return (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10) * power;
}
