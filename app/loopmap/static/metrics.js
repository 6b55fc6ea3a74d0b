// Figures for benchmarks and tests, on window.goms: what all maps of the page painted, and how long changes took.

/**
 * @typedef {object} Metrics
 * @property {number} painted paints whose lead, blend, numbers, view or colours differ from the paint before
 * @property {number} leadsPainted of these, paints of another lead or blend
 * @property {number[]} changeMs from a change of panels arriving in the browser to its first picture
 * @property {number[]} loopReadyMs from the same change to the last finished lead of every panel
 * @property {number[]} zoomMs from the last wheel, drag or key of a zoom to a sharp picture
 * @property {number} bytes compressed bytes of frames received
 * @property {number} layerBytes the same of what is drawn over them
 * @property {number} waits times that playback waited for a lead
 * @property {() => Record<string, any>} [state] what the active map, or the show, tells of itself
 */

const page = /** @type {{ goms?: Metrics }} */ (globalThis);

page.goms ??= {
  painted: 0,
  leadsPainted: 0,
  changeMs: [],
  loopReadyMs: [],
  zoomMs: [],
  bytes: 0,
  layerBytes: 0,
  waits: 0,
};

/** @type {Metrics} */
export const metrics = page.goms;
