// Puts frames on all panels of a stage at once. They change when each holds the lead on screen; until then the old
// pictures stay.

import { metrics } from "./metrics.js";
import { recolour } from "./panel_colours.js";

export class FrameSwap {
  /** @param {import("./stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    // Milliseconds at which a change of content began; null while none is under way.
    this.changeStarted = null; // until its first picture can be painted
    this.loopStarted = null; // until all its leads are here
    this.paintedChange = null; // from then until it is painted
  }

  begin() {
    this.changeStarted = this.loopStarted = performance.now();
  }

  // Asks every panel for its leads at the present view.
  request() {
    const { stage } = this;
    for (const panel of stage.panels) panel.want(panel.wantedSpec, panel.requestAt(stage.view, stage.ratio), stage.lead);
    if (this.changeStarted !== null || stage.panels.some((panel) => panel.pending)) this.swapIfReady();
    stage.refresh();
  }

  /** @param {import("./loader.js").Loop} loop */
  arrived(loop) {
    metrics.bytes += loop.uncountedBytes();
    if (this.stage.panels.some((one) => one.pending)) this.swapIfReady();
    this.finish();
    this.stage.refresh();
  }

  swapIfReady() {
    const { stage } = this;
    if (!stage.panels.every((panel) => panel.ready(stage.lead))) return;
    for (const panel of stage.panels) {
      panel.swap();
      panel.differences.clear();
    }
    if (this.changeStarted !== null) {
      this.paintedChange = this.changeStarted;
      this.changeStarted = null;
      stage.applyStyle();
    }
    this.finish();
  }

  // Whether every finished lead of every panel is here.
  get complete() {
    const { panels } = this.stage;
    const whole = (panel) => !panel.pending && (panel.isDifference || !panel.loop || panel.loop.complete);
    return panels.length > 0 && panels.every(whole);
  }

  finish() {
    if (this.changeStarted !== null || !this.complete) return;
    recolour(this.stage);
    if (this.loopStarted !== null) metrics.loopReadyMs.push(performance.now() - this.loopStarted);
    this.loopStarted = null;
  }
}
