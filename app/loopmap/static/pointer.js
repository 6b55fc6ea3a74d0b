// Wheel, drag, pinch, click and double click on a map become calls on the stage, with places in pixels of the map.

const CLICK_REACH = 4; // pixels a click may wander
const SECOND_REACH = 20; // pixels between the two clicks of a double click, as far as the taps of a finger lie apart
const SECOND_WAIT = 300; // ms for which a click waits for a second one, which zooms in place of moving the point
const OVER = "button, .card"; // what lies over a map and is not the map

/**
 * @param {HTMLElement} map
 * @param {import("./stage.js").Stage} stage
 * @param {import("./panel.js").Panel} panel
 */
export function attachPointer(map, stage, panel) {
  const active = new Map();
  let start = null;
  let pinch = null;
  let single = null; // a click that is not carried out yet: its place and timer

  const place = (event) => {
    const box = map.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const isOver = (event) => Boolean(/** @type {Element} */ (event.target).closest(OVER));

  const carryOutClick = () => {
    if (!single) return;
    clearTimeout(single.timer);
    const { at } = single;
    single = null;
    stage.click(panel, at);
  };

  const clicked = (event) => {
    const at = place(event);
    map.focus({ preventScroll: true });
    if (!single) {
      single = { at, timer: setTimeout(carryOutClick, SECOND_WAIT) };
      return;
    }
    single = null;
    stage.move(stage.view.zoomed(event.shiftKey ? 0.5 : 2, at.x, at.y));
  };

  map.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || isOver(event)) return;
    map.setPointerCapture(event.pointerId);
    const at = place(event);
    active.set(event.pointerId, at);
    start = active.size === 1 ? { ...at, moved: false } : null;
    pinch = active.size === 2 ? spread(active) : null;
    if (!single) return;
    // What becomes of the first click is known when this one ends.
    if (start && Math.hypot(at.x - single.at.x, at.y - single.at.y) < SECOND_REACH) clearTimeout(single.timer);
    else carryOutClick();
  });

  map.addEventListener("pointermove", (event) => {
    const at = place(event);
    const before = active.get(event.pointerId);
    if (!before) {
      stage.point(panel, isOver(event) ? null : at);
      return;
    }
    active.set(event.pointerId, at);
    if (pinch && active.size === 2) {
      const now = spread(active);
      stage.move(stage.view.panned(now.x - pinch.x, now.y - pinch.y).zoomed(now.distance / pinch.distance, now.x, now.y));
      pinch = now;
      return;
    }
    if (start && !start.moved && Math.hypot(at.x - start.x, at.y - start.y) < CLICK_REACH) return;
    if (start) start.moved = true;
    carryOutClick();
    map.classList.add("dragging");
    stage.point(panel, null);
    stage.move(stage.view.panned(at.x - before.x, at.y - before.y));
  });

  const release = (event) => {
    if (!active.delete(event.pointerId)) return;
    map.classList.remove("dragging");
    if (event.type === "pointerup" && start && !start.moved) clicked(event);
    else carryOutClick();
    start = pinch = null;
  };
  map.addEventListener("pointerup", release);
  map.addEventListener("pointercancel", release);
  map.addEventListener("pointerleave", () => stage.point(panel, null));

  map.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      carryOutClick();
      const pixels = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
      const { x, y } = place(event);
      stage.move(stage.view.zoomed(Math.exp(-Math.max(-240, Math.min(240, pixels)) * 0.0022), x, y));
    },
    { passive: false },
  );

  map.addEventListener("click", (event) => {
    const zoom = /** @type {Element} */ (event.target).closest("button")?.dataset.zoom;
    if (zoom === "in") stage.move(stage.view.zoomed(1.6));
    if (zoom === "out") stage.move(stage.view.zoomed(1 / 1.6));
    if (zoom === "reset") stage.home();
  });
}

function spread(active) {
  const [a, b] = [...active.values()];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, distance: Math.max(Math.hypot(a.x - b.x, a.y - b.y), 1) };
}
