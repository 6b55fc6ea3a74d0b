// What moves with the days over one map - eddies and drifting particles - on a canvas of its own, with a line of words each.

import { EddyLayer } from "./eddies.js";
import { NOTHING, put } from "./markup.js";
import { drawPaths } from "./paths.js";
import { say } from "./words.js";

export class Overlay {
  constructor(panel) {
    this.panel = panel;
    this.eddies = new EddyLayer(panel);
  }

  get paths() {
    const { stage, wantedSpec } = this.panel;
    return stage.layers.shown.has("drift") ? stage.paths[wantedSpec?.key] : null;
  }

  state() { return { ...this.eddies.state(), paths: this.canvas ? this.paths?.lat.length ?? 0 : 0 }; }

  // Draws a lead; with neither layer chosen there is no canvas, and nothing is done.
  draw(lead) {
    const { panel } = this;
    const { stage } = panel;
    const shown = stage.layers.shown.has("eddies") && !panel.isDifference;
    if (!shown && !this.paths) {
      if (this.canvas) this.remove();
      return;
    }
    this.begin();
    const found = shown ? this.eddies.bring(lead) : this.eddies.drop();
    const drawn = [stage.view, stage.theme.key, stage.ratio, lead, found, this.paths, panel.landFits(), ...this.eddies.look()];
    if (this.drawn?.every((one, index) => one === drawn[index])) return;
    this.drawn = drawn;
    this.paint(lead, found);
  }

  begin() {
    if (this.canvas) return;
    const { picture, busy, map } = this.panel.parts;
    this.canvas = Object.assign(document.createElement("canvas"), { className: "overlay" });
    this.context = this.canvas.getContext("2d");
    picture.parentElement.insertBefore(this.canvas, busy);
    this.notes = Object.assign(document.createElement("div"), { className: "notes" });
    this.eddyNote = Object.assign(document.createElement("button"), { type: "button", className: "eddy-note" });
    this.eddyNote.addEventListener("click", () => this.eddies.next(1));
    this.driftNote = document.createElement("span");
    this.driftNote.setAttribute("role", "status");
    this.notes.append(this.driftNote, this.eddyNote);
    map.after(this.notes);
  }

  paint(lead, found) {
    const { context, canvas, panel, paths } = this;
    const { view, ratio, theme } = panel.stage;
    const { width, height } = panel.parts.picture;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (found) this.eddies.draw(context, view, theme);
    if (panel.landFits()) this.eraseLand();
    if (paths) drawPaths(context, view, paths, lead, theme);
    this.write(paths);
  }

  // Contours end at the shore, as the field does.
  eraseLand() {
    const { context, panel } = this;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalCompositeOperation = "destination-out";
    context.drawImage(panel.land, 0, 0);
    context.restore();
  }

  write(paths) {
    const words = this.panel.stage.layers.shown.has("eddies") ? this.eddies.words() : { said: NOTHING };
    put(this.eddyNote, words.said);
    this.eddyNote.title = words.count ? say("Show the strongest in view") : "";
    this.eddyNote.hidden = words.said === NOTHING;
    // Not `disabled`, which takes the focus away for good while the next day's eddies are on their way.
    this.eddyNote.setAttribute("aria-disabled", String(!words.count));
    this.driftNote.textContent = paths?.label ?? "";
    this.driftNote.hidden = !paths?.label;
    // On a wide page the words lie on the map, above its notice; on a phone below it.
    const { element, parts: { map, notice } } = this.panel;
    this.notes.style.bottom = `${element.clientHeight - map.offsetTop - map.offsetHeight + notice.offsetHeight + 1}px`;
    this.eddies.place();
  }

  // A click on an eddy shows what it is; one beside all of them closes what was shown.
  click(at) {
    if (this.canvas) this.eddies.choose(this.eddies.under(at));
  }

  get open() { return this.eddies.chosen !== null; }
  close() { this.eddies.choose(null); }

  remove() {
    this.eddies.drop();
    this.canvas?.remove();
    this.notes?.remove();
    Object.assign(this, { canvas: null, notes: null, drawn: null });
  }
}
