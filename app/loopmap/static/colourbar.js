// The colour bar under a map: a thin strip with ticks at round values and the unit.

import { figure, logarithmicTicks, ticks, units } from "./format.js";

export class ColourBar {
  constructor() {
    this.element = document.createElement("div");
    this.element.className = "bar";
    this.element.innerHTML = `<canvas class="bar-strip" height="1" width="256" role="img"></canvas><div class="bar-ticks"></div><span class="bar-unit"></span>`;
    [this.strip, this.ticks, this.unit] = this.element.children;
  }

  show(colours, low, high, logarithmic, unit, width) {
    const key = [colours[0], colours[128], colours[255], low, high, logarithmic, unit, width].join();
    if (key === this.key) return;
    this.key = key;
    const context = this.strip.getContext("2d");
    colours.forEach((colour, index) => {
      context.fillStyle = colour;
      context.fillRect(index, 0, 1, 1);
    });
    const text = units(unit);
    const room = Math.max(2, Math.min(9, Math.floor((width - 70) / 62)));
    const marks = logarithmic ? logarithmicTicks(low, high, room) : ticks(low, high, room);
    const place = logarithmic ? (value) => Math.log10(value / low) / Math.log10(high / low) : (value) => (value - low) / (high - low);
    this.ticks.replaceChildren(...marks.values.map((value) => {
      const mark = document.createElement("span");
      mark.style.left = `${100 * place(value)}%`;
      mark.textContent = figure(value, marks.step || value);
      return mark;
    }));
    this.unit.textContent = text;
    this.strip.setAttribute("aria-label", `Colours from ${figure(low, (high - low) / 100)} to ${figure(high, (high - low) / 100)} ${text}`);
  }
}
