// The decoder of frames: a JSON header line, then two byte planes of folded differences a lead (see app/frames/encode.py).

import { wrapped } from "./longitudes.js";

/**
 * The header line of a body.
 * @typedef {object} FrameHeader
 * @property {number[]} leads
 * @property {number} width
 * @property {number} height
 * @property {[number, number, number, number]} bounds south, north, west, east in degrees
 * @property {number} scale
 * @property {number} offset value = offset + scale * number
 * @property {boolean} log10 whether that value is the logarithm of the physical one
 * @property {number} step degrees of one grid cell
 */

export class Frame {
  /**
   * @param {Uint16Array} numbers rows from north to south, 0 where missing
   * @param {Omit<FrameHeader, "leads">} header
   */
  constructor(numbers, header) {
    this.numbers = numbers;
    this.width = header.width;
    this.height = header.height;
    this.bounds = header.bounds;
    this.scale = header.scale;
    this.offset = header.offset;
    this.log10 = header.log10;
    this.step = header.step;
    this.scaleKey = `${header.scale} ${header.offset} ${header.log10}`;
  }

  // The physical value of a number, NaN for a missing one.
  value(number) {
    if (number === 0) return NaN;
    const linear = this.offset + this.scale * number;
    return this.log10 ? 10 ** linear : linear;
  }

  // The number of the pixel at a position, 0 outside the frame.
  numberAt(lat, lon) {
    const [south, north, west, east] = this.bounds;
    const inside = wrapped(lon, west);
    if (inside >= east || lat < south || lat >= north) return 0;
    const column = Math.floor(((inside - west) / (east - west)) * this.width);
    const row = Math.floor(((north - lat) / (north - south)) * this.height);
    return this.numbers[Math.min(row, this.height - 1) * this.width + column];
  }

  valueAt(lat, lon) {
    return this.value(this.numberAt(lat, lon));
  }

  // Latitude and longitude of a pixel's centre.
  position(index) {
    const [south, north, west, east] = this.bounds;
    const row = Math.floor(index / this.width);
    return [
      north - ((row + 0.5) / this.height) * (north - south),
      west + (((index % this.width) + 0.5) / this.width) * (east - west),
    ];
  }

  sameGridAs(other) {
    return (
      this.width === other.width &&
      this.height === other.height &&
      this.bounds.every((edge, i) => Math.abs(edge - other.bounds[i]) < 1e-6)
    );
  }
}

/** Returns the frames of one body by lead. @param {ArrayBuffer} buffer @returns {Map<number, Frame>} */
export function decode(buffer) {
  const bytes = new Uint8Array(buffer);
  const end = bytes.indexOf(10);
  /** @type {FrameHeader} */
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  const { width, height, leads } = header;
  const size = width * height;
  const frames = new Map();
  let start = end + 1;
  let previous = new Uint16Array(size);
  for (const lead of leads) {
    const numbers = new Uint16Array(size);
    if (size > 0)
      unfold(bytes.subarray(start, start + size), bytes.subarray(start + size, start + 2 * size), previous, numbers, width);
    frames.set(lead, new Frame(numbers, header));
    previous = numbers;
    start += 2 * size;
  }
  return frames;
}

function unfold(low, high, previous, numbers, width) {
  for (let rowStart = 0; rowStart < numbers.length; rowStart += width) {
    let change = 0;
    for (let i = rowStart; i < rowStart + width; i++) {
      const folded = low[i] | (high[i] << 8);
      change += (folded >>> 1) ^ -(folded & 1);
      numbers[i] = previous[i] + change;
    }
  }
}

/** Returns first minus second, with a scale of its own; missing where either is. @param {Frame} first @param {Frame} second */
export function difference(first, second) {
  const reach = Math.max(Math.abs(ends(first)[1] - ends(second)[0]), Math.abs(ends(second)[1] - ends(first)[0])) || 1;
  const scale = (2 * reach) / 16382;
  const header = {
    width: first.width,
    height: first.height,
    bounds: first.bounds,
    step: first.step,
    scale,
    offset: -reach - scale,
    log10: false,
  };
  const numbers = new Uint16Array(first.numbers.length);
  const result = new Frame(numbers, header);
  const a = first.numbers;
  const b = first.sameGridAs(second) ? second.numbers : onGridOf(first, second);
  if (first.log10 || second.log10) {
    for (let i = 0; i < a.length; i++) {
      if (a[i] && b[i])
        numbers[i] = Math.min(Math.max((first.value(a[i]) - second.value(b[i]) - result.offset) / scale + 0.5, 1), 16383);
    }
    return result;
  }
  const perFirst = first.scale / scale;
  const perSecond = second.scale / scale;
  const constant = (first.offset - second.offset - result.offset) / scale + 0.5;
  for (let i = 0; i < a.length; i++) {
    if (a[i] && b[i]) numbers[i] = a[i] * perFirst - b[i] * perSecond + constant;
  }
  return result;
}

function ends(frame) {
  return [frame.value(1), frame.value(16383)];
}

// The other frame's numbers at the pixel centres of a frame on another grid.
function onGridOf(frame, other) {
  return Uint16Array.from(frame.numbers, (_, index) => other.numberAt(...frame.position(index)));
}

/** Returns the places [latitude, longitude] in degrees that `pack_path` of app/loopmap/component.py wrote. @param {string} text */
export function unpackPath(text) {
  const numbers = new Uint16Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  return Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i] / 100 - 90, numbers[2 * i + 1] / 100]);
}
