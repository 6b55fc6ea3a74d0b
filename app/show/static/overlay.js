// The canvas over the map of the show: it calls the streaks of the current (trails.js) and places names.

import { Current } from "./current.js";
import { Trails } from "./trails.js";

const PIXELS_A_STREAK = 560;
const MOST_STREAKS = 2600;

export class Overlay {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.trails = new Trails();
    this.moving = false; // whether streaks are on screen
    this.width = 0;
    this.height = 0;
    this.ratio = 1;
  }

  // `share` of the streaks that the machine can move.
  resize(width, height, ratio, share) {
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    Object.assign(this, { width, height, ratio });
    this.trails.resize(Math.round(Math.min((width * height) / PIXELS_A_STREAK, MOST_STREAKS) * share));
  }

  // `days` are the currents of two days (see Current), null where no streaks are wanted.
  draw({ projection, places, open, days, weight, light, seconds }) {
    const { context, ratio } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.moving = Boolean(days?.[0].length);
    if (this.moving) {
      this.trails.advance(seconds, new Current(days, weight), projection);
      context.globalAlpha = light;
      this.trails.draw(context, projection, Math.max(1.1, Math.min(this.width, this.height) / 640));
    }
    this.drawPlaces(projection, places, open, light);
  }

  drawPlaces(projection, places, open, light) {
    const { context } = this;
    const size = Math.min(Math.max(Math.min(open.width, open.height) / 42, 11), 22);
    context.font = `500 ${size}px ${getComputedStyle(document.body).fontFamily}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    for (const { name, latitude, longitude } of places) {
      const depth = projection.project(longitude, latitude);
      const [x, y] = projection.at;
      const half = context.measureText(name).width / 2 + 6;
      if (
        depth < 0.2 ||
        x - half < open.x ||
        x + half > open.x + open.width ||
        y < open.y + size ||
        y > open.y + open.height - size
      )
        continue;
      context.globalAlpha = light * Math.min(1, (depth - 0.2) * 4);
      context.lineWidth = size / 5;
      context.strokeStyle = "rgba(5,8,11,.6)";
      context.strokeText(name, x, y);
      context.fillStyle = "#e8eff4";
      context.fillText(name, x, y);
    }
    context.globalAlpha = 1;
  }
}
