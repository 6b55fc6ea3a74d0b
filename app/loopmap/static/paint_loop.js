// The one loop that paints all maps of a stage, at most once a display refresh, and measures what it paints.

import { metrics } from "./metrics.js";
import { recolourDifferences } from "./panel_colours.js";
import { readTheme } from "./theme.js";

const RETRY = 50; // ms until a stage that is not on the page yet is painted again
export const SETTLE = 150; // ms without movement before frames are asked for anew

export class PaintLoop {
  /** @param {import("./stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.scheduled = false;
    this.lastMoment = ""; // lead and blend painted before
    this.lastContent = ""; // numbers, view and colours painted before
  }

  // Asks for a paint at the next display refresh.
  request() {
    if (this.scheduled || this.stage.removed) return;
    this.scheduled = true;
    requestAnimationFrame((now) => {
      this.scheduled = false;
      if (!this.stage.removed) this.paint(now);
    });
  }

  paint(now) {
    const { stage } = this;
    if (!stage.element.isConnected || stage.panels.length === 0) {
      if (stage.panels.length) setTimeout(() => this.request(), RETRY);
      return;
    }
    stage.theme ??= readTheme(stage.element);
    if (stage.playing) stage.advance(now);
    recolourDifferences(stage);
    const { playhead } = stage;
    const weight = stage.blend ? playhead.position - playhead.index : 0;
    for (const panel of stage.panels) {
      panel.draw(playhead.lead, playhead.following, weight);
      panel.labels.show(playhead.lead, playhead.time, weight > 0);
      panel.parts.busy.hidden = !(panel.pending || (panel.loop && !panel.loop.complete && !panel.loop.error));
    }
    stage.layers.painted();
    stage.readouts();
    this.measure(weight);
    const held = playhead.leads.map((lead) =>
      stage.panels.every((panel) => panel.isDifference || (panel.loop && panel.frameAt(lead) !== null)),
    );
    stage.player.show(stage, playhead, held);
    if (stage.playing) this.request();
  }

  // Counts paints that differ from the one before, and ends the times of changes and zooms whose picture this is.
  measure(weight) {
    const { stage } = this;
    const { view } = stage;
    const moment = `${stage.lead} ${weight}`;
    const pictures = stage.panels.map((panel) => `${panel.frame?.scaleKey} ${panel.frame?.width} ${panel.canvas.painter.key}`);
    const content = [...pictures, view.lat, view.lon, view.span, stage.theme.key].join();
    if (moment === this.lastMoment && content === this.lastContent) return;
    if (metrics.painted++ === 0) stage.element.ownerDocument.documentElement.classList.add("goms-painted");
    if (moment !== this.lastMoment) {
      metrics.leadsPainted++;
      stage.announceLead();
    }
    this.lastMoment = moment;
    this.lastContent = content;
    const now = performance.now();
    if (stage.frameSwap.paintedChange !== null) {
      metrics.changeMs.push(now - stage.frameSwap.paintedChange);
      stage.frameSwap.paintedChange = null;
    } else if (stage.zoomStarted !== null && !stage.panels.some((panel) => panel.pending) && now - stage.zoomStarted > SETTLE) {
      metrics.zoomMs.push(now - stage.zoomStarted);
      stage.zoomStarted = null;
    }
  }
}
