// The colour bar under a map: a thin strip with ticks at round values and the unit.

import { figure, logarithmicTicks, ticks } from "./format.js";
import { say } from "./i18n.js";
import { unitSymbol } from "./units.js";

export class ColourBar {
  constructor() {
    this.element = document.createElement("div");
    this.element.className = "bar";
    this.element.innerHTML = `<canvas class="bar-strip" height="1" width="256" role="img"></canvas><div class="bar-names"></div><div class="bar-ticks"></div><span class="bar-unit"></span>`;
    const part = (name) => /** @type {HTMLElement} */ (this.element.querySelector(`.bar-${name}`));
    this.strip = /** @type {HTMLCanvasElement} */ (part("strip"));
    this.names = part("names");
    this.ticks = part("ticks");
    this.unit = part("unit");
    this.key = ""; // of what is shown
  }

  // `classes` [[lower limit, name]], ascending, give ticks at their limits, and their names where there is room.
  show(colours, low, high, logarithmic, unit, width, classes = []) {
    const key = [colours[0], colours[128], colours[255], low, high, logarithmic, unit, width, classes.length].join();
    if (key === this.key) return;
    this.key = key;
    const context = this.strip.getContext("2d");
    colours.forEach((colour, index) => {
      context.fillStyle = colour;
      context.fillRect(index, 0, 1, 1);
    });
    const text = unitSymbol(unit);
    const room = Math.max(2, Math.min(9, Math.floor((width - 70) / 62)));
    const place = logarithmic
      ? (value) => Math.log10(value / low) / Math.log10(high / low)
      : (value) => (value - low) / (high - low);
    const marks = classes.length
      ? classTicks(classes, place, width)
      : logarithmic
        ? logarithmicTicks(low, high, room)
        : ticks(low, high, room);
    this.ticks.replaceChildren(
      ...marks.values.map((value) => label(place(value), classes.length ? `${value}` : figure(value, marks.step || value))),
    );
    this.names.replaceChildren(
      ...classNames(classes, low, high, place, width).map(({ at, name }) => {
        const element = label(at, name);
        element.style.color = isDark(colours[Math.round(255 * at)]) ? "#ffffff" : "#14212b";
        return element;
      }),
    );
    this.element.classList.toggle("classed", classes.length > 0);
    this.unit.textContent = text;
    this.strip.setAttribute(
      "aria-label",
      say("Colours from {low} to {high} {units}", {
        low: figure(low, (high - low) / 100),
        high: figure(high, (high - low) / 100),
        units: text,
      }),
    );
  }
}

const TICK = 26; // least pixels between the ticks of two classes
const LETTER = 6.4; // pixels, with room to spare

function label(share, text) {
  const element = document.createElement("span");
  element.style.left = `${100 * share}%`;
  element.textContent = text;
  return element;
}

// The limits of classes inside the bar, of those that stand too close the higher.
function classTicks(classes, place, width) {
  const inside = classes.map(([limit]) => limit).filter((limit) => place(limit) >= 0 && place(limit) <= 1);
  const kept = inside.filter((limit, i) => i === inside.length - 1 || (place(inside[i + 1]) - place(limit)) * width >= TICK);
  return { values: kept };
}

// The names that fit into what the bar shows of their classes, each with its place in the middle.
function classNames(classes, low, high, place, width) {
  return classes.flatMap(([limit, name], i) => {
    const [from, to] = [Math.max(limit, low), Math.min(classes[i + 1]?.[0] ?? high, high)];
    if (
      to <= from ||
      (place(to) - place(from)) * width < [...name].reduce((sum, sign) => sum + (sign > "⺀" ? 2 : 1), 0) * LETTER
    )
      return [];
    return [{ at: (place(from) + place(to)) / 2, name }];
  });
}

function isDark(colour) {
  const [red, green, blue] = [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 140;
}
