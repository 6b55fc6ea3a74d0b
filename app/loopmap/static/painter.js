// Numbers to colours: a table from every possible number to a packed pixel, rebuilt only when range, palette or scale change.

const NUMBERS = 16384;

export class Painter {
  constructor() {
    this.tables = new Map();
    this.surface = document.createElement("canvas");
    this.context = this.surface.getContext("2d", { willReadFrequently: true });
    this.image = null;
    this.key = ""; // of colours, limits and scale
    this.low = 0;
    this.high = 1;
    this.logarithmic = false;
    this.pixels = new Uint32Array(256);
    this.out = new Uint32Array(0);
    this.done = null; // what is on the surface
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
      table[number] = this.pixels[Math.min(Math.max(index, 0), last)];
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
    const { done } = this;
    if (done && done.frame === frame && done.next === next && done.weight === weight && done.key === this.key)
      return this.surface;
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
        if (a[i] === 0 || b[i] === 0) {
          out[i] = 0;
          continue;
        }
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
