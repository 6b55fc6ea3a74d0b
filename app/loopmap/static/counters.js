// Figures for benchmarks and tests, on window.goms: what was painted and how long changes took.

export const counters = (globalThis.goms ??= {
  painted: 0, // canvas paints whose lead, blend, numbers, view or colours differ from the paint before
  leadsPainted: 0, // of these, paints of another lead or blend
  changeMs: [], // change of panels arriving in the browser -> its first picture painted
  loopReadyMs: [], // the same change -> every finished lead of every panel held
  zoomMs: [], // last wheel, drag or key of a zoom -> sharp picture painted
  bytes: 0, // compressed bytes of frames received
  layerBytes: 0, // the same of what is drawn over them
  waits: 0, // times that playback waited for a lead
});
