// The eddies of a store in an area, day by day from the server: the day on screen first, the others in play order.

import { say } from "./i18n.js";
import { wrapped } from "./longitudes.js";
import { metrics } from "./metrics.js";
import { ask } from "./requests.js";

const HUNDREDTHS = 100;
const ASK_AGAIN = 1000; // ms, while the server still searches
const AT_ONCE = 2;
const TROUBLE = "The eddies of this store could not be found; the log of the server says why.";

// What is worth drawing at a scale, by pixels a degree: amplitude in metres from which eddies are asked for.
const LEAST = [
  [2, 0.2],
  [4, 0.15],
  [8, 0.1],
  [24, 0.05],
  [48, 0.02],
  [Infinity, 0.01],
];

export function leastAmplitude(view) {
  return LEAST.find(([scale]) => view.pixelsPerDegree < scale)[1];
}

// The area to ask for around a view, on round degrees so that many views and visitors share an answer.
export function areaOf(view) {
  const step = [1, 2, 5, 10, 15, 30, 60].find((one) => one >= view.span / 6) ?? 60;
  const [low, high] = [Math.floor, Math.ceil].map((round) => (value, by) => round((value + by * step * 0.5) / step) * step);
  const [west, east] = [low(view.west, -1), high(view.east, 1)];
  const whole = east - west >= 360;
  const start = wrapped(west);
  return {
    south: Math.max(low(view.south, -1), -90),
    north: Math.min(high(view.north, 1), 90),
    west: whole ? 0 : start,
    east: whole ? 360 : start + east - west,
  };
}

export class EddyDays {
  /**
   * @param {(lead: number) => string} address of the eddies of a lead
   * @param {() => void} changed called after each answer
   */
  constructor(address, changed) {
    this.address = address;
    this.changed = changed;
    this.days = new Map(); // by lead: the eddies, and whether the search for tracks was whole
    this.leads = [];
    this.first = 0;
    this.asked = new Set(); // leads under way
    this.found = null; // days that the server has searched
    this.of = null; // days that it searches
    /** @type {string | null} what the server refused */
    this.error = null;
    /** @type {string | null} why days are asked for again */
    this.trouble = null;
    this.busy = 0;
    this.waiting = null; // timer until the next question
    this.aborter = new AbortController();
  }

  // Goes on until every one of `leads` is here; `first` is brought before the others.
  want(leads, first) {
    this.leads = leads;
    this.first = first;
    if (this.waiting || this.error) return;
    for (let i = this.busy; i < AT_ONCE; i++) this.work();
  }

  // The next lead to ask for: not here, or answered before the search was whole, and not asked for now.
  due() {
    const start = Math.max(this.leads.indexOf(this.first), 0);
    const order = [...this.leads.slice(start), ...this.leads.slice(0, start)];
    const whole = this.found !== null && this.found === this.of;
    return order.find((lead) => !this.asked.has(lead) && (!this.days.has(lead) || (whole && !this.days.get(lead).whole)));
  }

  async work() {
    this.busy++;
    for (let lead = this.due(); lead !== undefined && !this.aborter.signal.aborted && !this.waiting; lead = this.due()) {
      this.asked.add(lead);
      await this.bring(lead);
      this.asked.delete(lead);
    }
    this.busy--;
  }

  async bring(lead) {
    const { signal } = this.aborter;
    try {
      const lost = (words) => this.missed(words);
      const answer = await ask(this.address(lead), (response) => this.body(response), { signal, lost });
      this.found = answer.found;
      this.of = answer.of;
      this.trouble = answer.trouble ? say(TROUBLE) : null;
      if (answer.eddies) this.days.set(lead, { whole: answer.found === answer.of, eddies: rows(answer.eddies) });
      else this.wait();
    } catch (error) {
      if (error.name === "AbortError") return;
      this.error = error.message;
    }
    this.changed();
  }

  body(response) {
    metrics.layerBytes += Number(response.headers.get("Content-Length") || 0);
    return response.json();
  }

  // Says why a day does not come while it is asked for again.
  missed(words) {
    this.trouble = words;
    this.changed();
  }

  // The server has not come to this day: all rest for a moment.
  wait() {
    this.waiting ??= setTimeout(() => {
      this.waiting = null;
      if (!this.aborter.signal.aborted) this.want(this.leads, this.first);
    }, ASK_AGAIN);
  }

  at(lead) {
    return this.days.get(lead)?.eddies ?? null;
  }

  drop() {
    clearTimeout(this.waiting);
    this.aborter.abort();
  }
}

// Columns of the answer as one object an eddy, places in degrees.
function rows(columns) {
  return columns.lon.map((_, row) => {
    const eddy = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[row]]));
    return {
      ...eddy,
      lon: eddy.lon / HUNDREDTHS,
      lat: eddy.lat / HUNDREDTHS,
      contour: curve(eddy.contour),
      track: curve(eddy.track),
    };
  });
}

// Steps of longitude, latitude as places.
function curve(steps) {
  let [lon, lat] = [0, 0];
  const places = [];
  for (let i = 0; i < steps.length; i += 2) {
    lon += steps[i];
    lat += steps[i + 1];
    places.push([lon / HUNDREDTHS, lat / HUNDREDTHS]);
  }
  return places;
}
