// Places for words on a map: what is written first stands, and nothing is written over it.

export class Room {
  constructor(width, height) {
    Object.assign(this, { width, height, taken: [] });
  }

  // Takes a box by its middle, in pixels; returns false where it would touch another or leave the map.
  take(x, y, width, height) {
    const box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
    if (box[0] < 2 || box[1] < 2 || box[2] > this.width - 2 || box[3] > this.height - 2) return false;
    if (this.taken.some(([left, top, right, bottom]) => box[0] < right && box[2] > left && box[1] < bottom && box[3] > top)) return false;
    this.taken.push(box);
    return true;
  }

  // Keeps words out of where an element of the map lies.
  keepOut({ offsetLeft, offsetTop, offsetWidth, offsetHeight }) {
    if (offsetWidth) this.taken.push([offsetLeft, offsetTop, offsetLeft + offsetWidth, offsetTop + offsetHeight]);
  }
}

// Text that is read over any colour.
export function haloed(context, text, x, y, theme, width = 2.5) {
  context.lineWidth = width;
  context.lineJoin = "round";
  context.strokeStyle = theme.halo;
  context.strokeText(text, x, y);
  context.fillStyle = theme.ink;
  context.fillText(text, x, y);
}
