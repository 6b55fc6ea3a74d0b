// Eddies on one map: contours and marks by the sense they turn in, their tracks so far, and what is known of one of them.

import { areaOf, EddyDays, leastAmplitude } from "./eddy_days.js";
import { latitude, longitude } from "./format.js";
import { say } from "./i18n.js";
import { turnsInView, wrapped } from "./longitudes.js";
import { markup, put } from "./markup.js";
import { storeLead } from "./panel_spec.js";
import { speedUnitOf } from "./units.js";

const KILOMETRES_PER_DEGREE = 111.195;
const REACH = 9; // pixels around the middle of an eddy that count as a click on it
const SMALLEST = 6; // pixels of radius from which a contour is more than a dot
const OVERHANG = 3; // degrees that the contour of an eddy reaches at most from its centre
const MARK = 3.6; // pixels from the middle of a mark to its corners
// Blue and orange are told apart with every kind of colour vision; a low points down and a high up.
const INKS = { light: ["#005b96", "#c2410c"], dark: ["#6cc3ff", "#ffab5e"] };
const NONE = "no eddies here: this map has no sea surface height of its own";

export class EddyLayer {
  /** @param {import("./panel.js").Panel} panel */
  constructor(panel) {
    this.panel = panel;
    /** @type {EddyDays | null} at the newest area */
    this.days = null;
    /** @type {EddyDays | null} at the one before, until the newest has the day on screen */
    this.before = null;
    this.key = null; // of store and area
    this.content = null; // of the store alone
    this.found = null; // eddies of the day on screen
    this.lead = 0; // the store's own number of that day
    /** @type {HTMLElement | null} what is known of the chosen eddy */
    this.card = null;
    this.chosen = null; // number of the track that is looked at
    this.shown = []; // eddies of the day on screen that are in view, the strongest first
  }

  state() {
    // biome-ignore lint/performance/useDomNodeTextContent: what a visitor reads, line by line
    return { eddies: this.shown.length, eddy: this.card?.innerText ?? "" };
  }

  // What the drawing depends on beside the eddies themselves.
  look() {
    return [
      this.chosen,
      this.days?.found,
      this.days?.of,
      this.days?.error,
      this.days?.trouble,
      Boolean(this.panel.spec?.eddies),
      String(this.panel.spec?.speed),
    ];
  }

  // Asks for what the view needs and returns the eddies of a lead, or null.
  bring(lead) {
    const { panel } = this;
    const { stage } = panel;
    const spec = panel.spec;
    if (!spec?.eddies) {
      this.drop();
      return null;
    }
    const number = storeLead(spec, lead);
    if (!stage.moving && !panel.pending) this.want(spec, number);
    if (this.before && this.days.at(number)) {
      this.before.drop();
      this.before = null;
    }
    this.found = this.days?.at(number) ?? this.before?.at(number) ?? null;
    this.lead = number;
    if (!this.found) this.shown = [];
    return this.found;
  }

  want(spec, number) {
    const { stage } = this.panel;
    const area = areaOf(stage.view);
    const asked = { ...area, least: leastAmplitude(stage.view), revision: spec.revision || "" };
    const query = new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]));
    const content = `${spec.eddies} ${spec.revision}`;
    const key = `${content} ${query}`;
    if (key !== this.key) {
      const spare = content === this.content ? this.days : null;
      this.before?.drop();
      if (spare !== this.days) this.days?.drop();
      const base = stage.framesUrl.replace(/frames$/, "eddies");
      const address = (lead) => `${base}/${encodeURIComponent(spec.eddies)}/${lead}?${query}`;
      Object.assign(this, { key, content, before: spare, days: new EddyDays(address, () => stage.refresh()) });
    }
    this.days.want(spec.leads, number);
  }

  // What the map says of the layer, and how many eddies can be looked at.
  words() {
    const { panel, days, shown } = this;
    if (!panel.spec?.eddies) return { said: markup`${say(NONE)}`, count: 0 };
    if (days?.error || (days?.trouble && !this.found)) return { said: markup`${say(days.error ?? days.trouble)}`, count: 0 };
    if (!this.found) {
      const search = days?.of
        ? say("eddies are being found, day {day} of {days}", { day: days.found, days: days.of })
        : say("eddies are being found");
      return { said: markup`${search}`, count: 0 };
    }
    const inks = INKS[panel.stage.theme.dark ? "dark" : "light"];
    const least = Math.round(100 * leastAmplitude(panel.stage.view));
    return {
      said: markup`${mark(inks[0], 1)} ${say("cyclones")} ${mark(inks[1], -1)} ${say("anticyclones, {least} cm and more", { least })}`,
      count: shown.length,
    };
  }

  draw(context, view, theme) {
    const inks = INKS[theme.dark ? "dark" : "light"];
    const [contours, tracks, marks] = [0, 1, 2].map(() => [new Path2D(), new Path2D()]);
    const chosen = new Path2D();
    this.shown = [];
    for (const eddy of this.found) {
      const sense = eddy.cyclonic ? 0 : 1;
      const radius = (eddy.radius / KILOMETRES_PER_DEGREE) * view.pixelsPerDegree;
      let inView = false;
      for (const turn of turnsInView(view, eddy.lon, eddy.lon, OVERHANG)) {
        const place = ([lon, lat]) => [view.x(lon + turn), view.y(lat)];
        const [x, y] = place([eddy.lon, eddy.lat]);
        if (radius >= SMALLEST) ring(contours[sense], eddy.contour.map(place));
        if (eddy.track.length > 1) line(tracks[sense], eddy.track.map(place));
        triangle(marks[sense], x, y, eddy.cyclonic ? 1 : -1);
        if (eddy.id === this.chosen) ring(chosen, eddy.contour.map(place));
        inView ||= x > 0 && x < view.width && y > 0 && y < view.height;
      }
      if (inView) this.shown.push(eddy);
    }
    context.lineJoin = context.lineCap = "round";
    stroke(context, [chosen], 5, [theme.ink]);
    stroke(context, [...tracks, ...contours], 3.2, Array(4).fill(theme.halo));
    stroke(context, tracks, 1, inks);
    stroke(context, contours, 1.7, inks);
    stroke(context, marks, 2.2, Array(2).fill(theme.halo));
    marks.forEach((path, sense) => {
      context.fillStyle = inks[sense];
      context.fill(path);
    });
  }

  // The eddy under a place of the map: the one whose middle is nearest, in its own radii.
  under({ x, y }) {
    const { view } = this.panel.stage;
    let [best, nearest] = [null, 1];
    for (const eddy of this.shown) {
      const lon = wrapped(eddy.lon, view.west);
      const wide = Math.min(Math.abs(view.x(lon) - x), Math.abs(view.x(lon - 360) - x)) * Math.cos((eddy.lat * Math.PI) / 180);
      const radius = Math.max((eddy.radius / KILOMETRES_PER_DEGREE) * view.pixelsPerDegree, REACH);
      const distance = Math.hypot(wide, view.y(eddy.lat) - y) / radius;
      if (distance <= nearest) [best, nearest] = [eddy, distance];
    }
    return best;
  }

  // Shows the next weaker (`by` 1) or stronger (-1) eddy in view, from the strongest on, and gives it the focus.
  next(by) {
    const at = this.shown.findIndex((eddy) => eddy.id === this.chosen);
    const count = this.shown.length;
    if (count) this.choose(this.shown[at < 0 ? 0 : (at + by + count) % count]);
    const pressed = /** @type {HTMLElement | undefined} */ (this.card?.querySelector(`[data-by="${by}"]`));
    pressed?.focus({ preventScroll: true });
  }

  choose(eddy) {
    this.chosen = eddy?.id ?? null;
    this.panel.stage.refresh();
    if (eddy) return;
    const root = /** @type {Document | ShadowRoot | undefined} */ (this.card?.getRootNode());
    if (this.card?.contains(root.activeElement)) this.panel.parts.map.focus({ preventScroll: true });
    this.card?.remove();
    this.card = null;
  }

  // Keeps the card of the chosen eddy beside it; where the track has ended, or is out of view, the card is closed.
  place() {
    if (this.chosen === null) return;
    const { panel } = this;
    const { view } = panel.stage;
    const eddy = this.shown.find((one) => one.id === this.chosen);
    if (!eddy) {
      if (this.found && !panel.stage.moving) this.choose(null);
      return;
    }
    if (!this.card) this.openCard();
    put(this.card.querySelector("dl"), facts(eddy, this.lead, speedUnitOf(panel.spec)));
    const name = say(eddy.cyclonic ? "Cyclone, a low" : "Anticyclone, a high");
    this.card.querySelector("b").textContent = name;
    this.card.setAttribute(
      "aria-label",
      say("{name} at {place}", { name, place: `${latitude(eddy.lat, 1)} ${longitude(eddy.lon, 1)}` }),
    );
    const inView = wrapped(eddy.lon, view.west);
    const [x, y] = [view.x(inView), view.y(eddy.lat)];
    const gap = Math.max((eddy.radius / KILOMETRES_PER_DEGREE) * view.pixelsPerDegree, REACH) + 8;
    const { offsetWidth: width, offsetHeight: height } = this.card;
    const left = x + gap + width < view.width ? x + gap : Math.max(x - gap - width, 4);
    const top = Math.min(Math.max(y - height / 2, 4), Math.max(view.height - height - 4, 4));
    this.card.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  openCard() {
    this.card = Object.assign(document.createElement("div"), { className: "card" });
    this.card.setAttribute("role", "dialog");
    put(
      this.card,
      markup`<header><b></b>${button("previous", "‹", say("Stronger eddy"), -1)}${button("next", "›", say("Weaker eddy"), 1)}
      ${button("close", "×", say("Close"), 0)}</header><dl></dl>`,
    );
    this.card.addEventListener("click", (event) => {
      const by = /** @type {Element} */ (event.target).closest("button")?.dataset.by;
      if (by === "0") this.choose(null);
      else if (by) this.next(Number(by));
    });
    this.panel.parts.map.append(this.card);
  }

  drop() {
    if (this.chosen !== null) this.choose(null);
    this.days?.drop();
    this.before?.drop();
    Object.assign(this, { days: null, before: null, key: null, content: null, found: null, shown: [] });
    return null;
  }
}

// What the card says, by the numbers of an eddy on a lead.
function facts(eddy, lead, speeds) {
  const turn = (eddy.cyclonic === 1) === eddy.lat > 0 ? say("counter-clockwise") : say("clockwise");
  const days = (count, more) =>
    say(count === 1 ? (more ? "1 day or more" : "1 day") : more ? "{count} days or more" : "{count} days", { count });
  const rows = [
    [say("Turns"), turn],
    [say("Amplitude"), `${(eddy.amplitude / 10).toFixed(1)} cm`],
    [say("Radius"), `${eddy.radius} km`],
    [say("Speed"), `${speeds.show(eddy.speed / 100).toFixed(2)} ${speeds.symbol}`],
    [say("Age"), days(lead - eddy.first, eddy.born_before)],
    [say("Lifetime"), days(eddy.last - eddy.first, eddy.born_before || eddy.goes_on)],
    [say("Place"), `${latitude(eddy.lat, 2)} ${longitude(eddy.lon, 2)}`],
  ];
  return markup`${rows.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}`;
}

function button(name, sign, label, by) {
  return markup`<button type="button" class="${name}" data-by="${by}" aria-label="${label}" title="${label}">${sign}</button>`;
}

function stroke(context, paths, width, colours) {
  context.lineWidth = width;
  paths.forEach((path, number) => {
    context.strokeStyle = colours[number];
    context.stroke(path);
  });
}

// A closed curve from middle to middle of its pieces.
function ring(path, points) {
  const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  path.moveTo(...middle(points.at(-1), points[0]));
  points.forEach((point, i) => path.quadraticCurveTo(...point, ...middle(point, points[(i + 1) % points.length])));
  path.closePath();
}

function line(path, points) {
  points.forEach((point, i) => (i ? path.lineTo(...point) : path.moveTo(...point)));
}

// A triangle that points down (`way` 1) or up (-1).
function triangle(path, x, y, way) {
  path.moveTo(x, y + way * MARK);
  path.lineTo(x - MARK, y - way * 0.7 * MARK);
  path.lineTo(x + MARK, y - way * 0.7 * MARK);
  path.closePath();
}

function mark(colour, way) {
  const points = way > 0 ? "1,2 9,2 5,9" : "1,8 9,8 5,1";
  return markup`<svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true"><polygon points="${points}" fill="${colour}"/></svg>`;
}
