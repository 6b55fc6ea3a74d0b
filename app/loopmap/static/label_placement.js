// Places for labels on a map: the first to take a place keeps it, and nothing is written over it.

const EDGE = 2; // pixels that stay free along the edges of the map

export class LabelPlacement {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    /** @type {number[][]} boxes as left, top, right, bottom in pixels */
    this.taken = [];
  }

  // Takes a box by its centre, in pixels; returns false where it would touch another or leave the map.
  take(x, y, width, height) {
    const box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
    if (box[0] < EDGE || box[1] < EDGE || box[2] > this.width - EDGE || box[3] > this.height - EDGE) return false;
    const touches = ([left, top, right, bottom]) => box[0] < right && box[2] > left && box[1] < bottom && box[3] > top;
    if (this.taken.some(touches)) return false;
    this.taken.push(box);
    return true;
  }

  // Keeps labels out of where an element of the map lies.
  keepOut({ offsetLeft, offsetTop, offsetWidth, offsetHeight }) {
    if (offsetWidth) this.taken.push([offsetLeft, offsetTop, offsetLeft + offsetWidth, offsetTop + offsetHeight]);
  }
}

// Writes text that can be read over any colour.
export function outlinedText(context, text, x, y, theme, width = 2.5) {
  context.lineWidth = width;
  context.lineJoin = "round";
  context.strokeStyle = theme.halo;
  context.strokeText(text, x, y);
  context.fillStyle = theme.ink;
  context.fillText(text, x, y);
}
