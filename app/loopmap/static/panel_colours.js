// Gives palettes and limits to the maps: maps of one quantity share their limits, a difference or another quantity has its own.

import { colourLimits, samples } from "./colour_limits.js";
import { contentKey } from "./panel_spec.js";

const WORTH_A_CHANGE = 0.05; // of the range's width, by which limits must move before the colours change

/** @param {import("./stage.js").Stage} stage */
export function recolour(stage) {
  const { mode = "auto", low, high, logarithmic = false, palette = "thermal" } = stage.style;
  const colours = (panel) => stage.palettes[panel.spec?.palette] ?? stage.palettes[palette];
  for (const panel of stage.panels.filter((one) => one.spec?.own_range)) {
    const own = colourLimits(samples(panel.frames()), "auto");
    if (own) panel.setColours(colours(panel), ...own, false);
  }
  const shared = stage.panels.filter((panel) => !panel.isDifference && !panel.spec?.own_range);
  const frames = shared.flatMap((panel) => panel.frames());
  let range = mode === "fixed" ? [low, high] : colourLimits(samples(frames), mode, logarithmic);
  if (!range) return;
  // While a loop arrives its limits are those of its first lead; they move on completion only where that is worth it.
  const key = shared.map((panel) => panel.spec && contentKey(panel.spec)).join() + mode;
  if (mode !== "fixed" && stage.range && stage.rangeKey === key && near(range, stage.range)) range = stage.range;
  stage.range = range;
  stage.rangeKey = key;
  for (const panel of shared) panel.setColours(colours(panel), range[0], range[1], logarithmic && range[0] > 0);
  stage.report("shown_range", range);
  stage.refresh();
}

/** @param {import("./stage.js").Stage} stage */
export function recolourDifferences(stage) {
  for (const panel of stage.panels) {
    if (!panel.isDifference || !panel.frameAt(stage.lead)) continue;
    const key = stage.panels.map((other) => other.loop?.key).join() + stage.frameSwap.complete;
    if (panel.rangeKey === key) continue;
    panel.rangeKey = key;
    const [low, high] = panel.ownLimits(stage.playhead.leads);
    panel.setColours(stage.palettes[panel.wantedSpec.palette] ?? stage.palettes.balance, low, high, false);
  }
}

function near(range, other) {
  const width = Math.max(range[1] - range[0], other[1] - other[0]);
  return Math.abs(range[0] - other[0]) + Math.abs(range[1] - other[1]) < WORTH_A_CHANGE * width;
}
