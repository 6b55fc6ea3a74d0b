// The limits and palettes of all maps: those of one quantity share theirs, a difference or another quantity has its own.

import { colourRange, samples } from "./painter.js";
import { contentKey } from "./panel.js";

// Sets the colour limits of all panels; those of one quantity share theirs.
export function recolour(stage) {
  const { mode = "auto", low, high, logarithmic = false, palette = "thermal" } = stage.style;
  const fields = stage.panels.filter((panel) => !panel.isDifference && !panel.spec?.own_range);
  for (const panel of stage.panels.filter((one) => one.spec?.own_range)) {
    const own = colourRange(samples(panel.frames()), "auto");
    if (own) panel.setColours(stage.palettes[panel.spec.palette] ?? stage.palettes[palette], ...own, false);
  }
  let range = mode === "fixed" ? [low, high] : colourRange(samples(fields.flatMap((panel) => panel.frames())), mode, logarithmic);
  if (!range) return;
  // While a loop arrives its limits are those of its first lead; they move on completion only where that is worth it.
  const key = fields.map((panel) => panel.spec && contentKey(panel.spec)).join() + mode;
  if (mode !== "fixed" && stage.range && stage.rangeKey === key && near(range, stage.range)) range = stage.range;
  Object.assign(stage, { range, rangeKey: key });
  for (const panel of fields) panel.setColours(stage.palettes[panel.spec?.palette] ?? stage.palettes[palette], ...range, logarithmic && range[0] > 0);
  stage.report("shown_range", range);
  stage.refresh();
}

export function recolourDifferences(stage) {
  for (const panel of stage.panels) {
    if (!panel.isDifference || !panel.frameAt(stage.lead)) continue;
    const key = stage.panels.map((other) => other.loop?.key).join() + stage.complete();
    if (panel.rangeKey === key) continue;
    panel.rangeKey = key;
    panel.setColours(stage.palettes[panel.wantedSpec.palette] ?? stage.palettes.balance, ...panel.ownRange(stage.playhead.leads), false);
  }
}

// Whether two ranges differ by less than a twentieth of their width.
function near(range, other) {
  const width = Math.max(range[1] - range[0], other[1] - other[0]);
  return Math.abs(range[0] - other[0]) + Math.abs(range[1] - other[1]) < 0.05 * width;
}
