// Keeps the motion smooth on weak machines: fewer pixels and fewer streaks when frames take long, at last another renderer.

// Pixels of the sea a CSS pixel at most, and share of the streaks.
const LEVELS = [
  { ratio: 2, streaks: 1 },
  { ratio: 1.25, streaks: 0.8 },
  { ratio: 0.85, streaks: 0.6 },
  { ratio: 0.6, streaks: 0.45 },
];
const LOOK = 40; // frames between two decisions
const SLOW = 42; // ms a frame
const HOPELESS = 160; // ms a frame at the lowest level

export class Quality {
  /**
   * @param {() => void} changed called with a new level
   * @param {() => void} hopeless called where no level is enough
   */
  constructor(changed, hopeless) {
    this.changed = changed;
    this.hopeless = hopeless;
    this.level = 0;
    this.gaps = []; // milliseconds between frames since the last decision
  }

  get ratio() {
    return Math.min(LEVELS[this.level].ratio, window.devicePixelRatio || 1);
  }

  get streaks() {
    return LEVELS[this.level].streaks;
  }

  frame(gap) {
    this.gaps.push(gap);
    if (this.gaps.length < LOOK) return;
    const median = this.gaps.sort((a, b) => a - b)[LOOK >> 1];
    this.gaps = [];
    if (median < SLOW) return;
    if (this.level < LEVELS.length - 1) {
      this.level++;
      this.changed();
    } else if (median > HOPELESS) this.hopeless();
  }
}
