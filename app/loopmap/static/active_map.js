// Which of several maps on one page is active: the one used last, else the first. Keys pressed while nothing has the focus, the
// charts beside the maps and `goms.state()` belong to the active one, so that two maps do not answer at once.

/** @typedef {import("./stage.js").Stage} Stage */

/** @type {Stage[]} in the order in which they were made, which is not that of the page */
const stages = [];
/** @type {Stage | null} */
let used = null;

/** @param {Stage} stage */
export function register(stage) {
  stages.push(stage);
}

/** @param {Stage} stage */
export function unregister(stage) {
  stages.splice(stages.indexOf(stage), 1);
  if (used === stage) used = null;
}

/** @param {Stage} stage */
export function activate(stage) {
  if (activeStage() === stage) return;
  used = stage;
  stage.announceLead();
}

/** Returns the active stage; one that is off the page only where none is on it. */
export function activeStage() {
  if (used?.element.isConnected) return used;
  const connected = stages.filter((stage) => stage.element.isConnected);
  return connected.length > 1 ? connected.sort(inReadingOrder)[0] : (connected[0] ?? stages[0]);
}

function inReadingOrder(first, second) {
  const [a, b] = [first, second].map((stage) => stage.element.getBoundingClientRect());
  return a.top - b.top || a.left - b.left;
}
