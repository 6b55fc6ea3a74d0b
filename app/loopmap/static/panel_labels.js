// The words around and over one map: what it shows, of which day, why it is empty, and the value under the pointer.

import { ColourBar } from "./colourbar.js";
import { figure, latitude, leadText, longitude } from "./format.js";
import { say } from "./i18n.js";
import { markup, put } from "./markup.js";
import { unitOf } from "./units.js";

const skeleton = () => markup`
  <header class="head">
    <div class="what"><h2 class="quantity"></h2><span class="source"></span></div>
    <div class="when"><span class="date"></span><span class="lead"></span></div>
  </header>
  <div class="map" tabindex="0" role="application">
    <canvas class="picture"></canvas>
    <div class="busy" hidden></div>
    <div class="pin" hidden></div>
    <div class="readout" hidden></div>
    <div class="notice"></div>
    <div class="empty" hidden></div>
    <div class="zoom">
      <button type="button" data-zoom="in" aria-label="${say("Zoom in")}" title="${say("Zoom in")} (+)">+</button>
      <button type="button" data-zoom="out" aria-label="${say("Zoom out")}" title="${say("Zoom out")} (−)">−</button>
      <button type="button" data-zoom="reset" aria-label="${say("Whole map")}" title="${say("Whole map")} (0)">⤢</button>
    </div>
  </div>`;

const GAP = 14; // pixels between the pointer and the value beside it

export class PanelLabels {
  /** @param {import("./panel.js").Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.element = document.createElement("section");
    this.element.className = "panel";
    put(this.element, skeleton());
    const part = (name) => /** @type {HTMLElement} */ (this.element.querySelector(`.${name}`));
    this.parts = {
      quantity: part("quantity"),
      source: part("source"),
      date: part("date"),
      lead: part("lead"),
      map: part("map"),
      picture: /** @type {HTMLCanvasElement} */ (part("picture")),
      busy: part("busy"),
      pin: part("pin"),
      readout: part("readout"),
      notice: part("notice"),
      empty: part("empty"),
    };
    this.bar = new ColourBar();
    this.element.append(this.bar.element);
  }

  /** @param {import("./panel_spec.js").PanelSpec} spec */
  name(spec) {
    const label = say("Map: {quantity}, {source}", { quantity: spec.quantity, source: spec.title });
    this.parts.map.setAttribute("aria-label", label);
  }

  show(lead, time, blended) {
    const { panel, parts } = this;
    const spec = panel.spec || panel.wantedSpec;
    if (!spec) return;
    const { symbol, show } = unitOf(spec);
    setText(parts.quantity, symbol ? `${spec.quantity} (${symbol})` : spec.quantity);
    setText(parts.source, [spec.title, spec.forcing].filter(Boolean).join(" · "));
    setText(parts.date, blended ? say("{day} (blended)", { day: time }) : time);
    setText(parts.lead, time && spec.has_lead !== false ? leadText(lead + (spec.lead_shift || 0)) : "");
    setText(parts.notice, spec.notice || "");
    const message = this.message(spec, lead);
    setText(parts.empty, message);
    parts.empty.hidden = !message;
    this.bar.element.classList.toggle("vacant", !panel.colours || Boolean(message));
    if (panel.colours) {
      const { colours, low, high, logarithmic } = panel.colours;
      this.bar.show(colours, show(low), show(high), logarithmic, symbol, panel.stage.view.width, spec.classes);
    }
  }

  // What stands in place of a map, empty where there is one.
  message(spec, lead) {
    const { panel } = this;
    if (panel.isDifference) {
      const bare = (spec.of || []).some((key) => !(panel.stage.panelOf(key)?.wantedSpec.leads.length > 0));
      return bare ? spec.empty || say("Nothing to compare with yet") : "";
    }
    if (!spec.store || spec.leads.length === 0) return spec.empty || say("Nothing to show yet");
    return panel.error ?? panel.absence(lead);
  }

  // Shows value and position under the pointer; a pin marks the place on the panels that the pointer is not over.
  read(position, own) {
    const { panel } = this;
    const { readout, pin } = this.parts;
    readout.hidden = !position;
    pin.hidden = !position || own;
    if (!position) return;
    const { view } = panel.stage;
    const value = panel.frame ? panel.frame.valueAt(position.lat, position.lon) : NaN;
    const { symbol, factor, show } = unitOf(panel.spec);
    const range = factor * (panel.colours ? panel.colours.high - panel.colours.low : 1);
    const place = `${latitude(position.lat, 2)} ${longitude(position.lon, 2)}`;
    const text = Number.isFinite(value) ? `${figure(show(value), range / 500)} ${symbol}` : say("no data");
    readout.replaceChildren(Object.assign(document.createElement("b"), { textContent: text }), document.createTextNode(place));
    const [x, y] = [view.x(position.lon), view.y(position.lat)];
    pin.style.transform = `translate(${x}px, ${y}px)`;
    const left = x > view.width - readout.offsetWidth - GAP - 10;
    const up = y < readout.offsetHeight + GAP + 10;
    const offset = `translate(${x + (left ? -GAP : GAP)}px, ${y + (up ? GAP : -GAP)}px)`;
    readout.style.transform = `${offset} translate(${left ? -100 : 0}%, ${up ? 0 : -100}%)`;
  }
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
