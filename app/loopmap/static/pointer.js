// Wheel, drag, pinch and double click on a map, as calls on the stage.

const CLICK_REACH = 4; // pixels a click may wander
const OVER = "button, .card"; // what lies over a map and is not the map

export function attachPointer(map, stage, panel) {
  const active = new Map();
  let start = null;
  let pinch = null;

  const place = (event) => {
    const box = map.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  map.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest(OVER)) return;
    map.setPointerCapture(event.pointerId);
    active.set(event.pointerId, place(event));
    start = active.size === 1 ? { ...place(event), moved: false } : null;
    pinch = active.size === 2 ? spread(active) : null;
  });

  map.addEventListener("pointermove", (event) => {
    const at = place(event);
    const before = active.get(event.pointerId);
    if (!before) {
      stage.point(panel, event.target.closest(OVER) ? null : at);
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
    map.classList.add("dragging");
    stage.point(panel, null);
    stage.move(stage.view.panned(at.x - before.x, at.y - before.y));
  });

  const release = (event) => {
    if (!active.delete(event.pointerId)) return;
    map.classList.remove("dragging");
    if (event.type === "pointerup" && start && !start.moved) stage.click(panel, place(event));
    start = pinch = null;
  };
  map.addEventListener("pointerup", release);
  map.addEventListener("pointercancel", release);
  map.addEventListener("pointerleave", () => stage.point(panel, null));

  map.addEventListener("wheel", (event) => {
    event.preventDefault();
    const pixels = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
    const { x, y } = place(event);
    stage.move(stage.view.zoomed(Math.exp(-Math.max(-240, Math.min(240, pixels)) * 0.0022), x, y));
  }, { passive: false });

  map.addEventListener("dblclick", (event) => {
    if (event.target.closest(OVER)) return;
    const { x, y } = place(event);
    stage.move(stage.view.zoomed(event.shiftKey ? 0.5 : 2, x, y));
  });

  map.addEventListener("click", (event) => {
    const { zoom } = event.target.closest("button")?.dataset ?? {};
    if (zoom === "in") stage.move(stage.view.zoomed(1.6));
    if (zoom === "out") stage.move(stage.view.zoomed(1 / 1.6));
    if (zoom === "reset") stage.home();
  });
}

function spread(active) {
  const [a, b] = [...active.values()];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, distance: Math.max(Math.hypot(a.x - b.x, a.y - b.y), 1) };
}
