// The choices of the show in the address bar: ?scene=gulf_stream&view=flat&streaks=off

export function readAddress() {
  const query = new URLSearchParams(location.search);
  return {
    scene: query.get("scene") ?? "",
    view: query.get("view") === "flat" ? "flat" : "globe",
    streaks: query.get("streaks"), // null where nobody chose
  };
}

export function writeAddress({ scene, view, streaks }) {
  const language = new URLSearchParams(location.search).get("language");
  const query = new URLSearchParams({ scene, view });
  if (streaks) query.set("streaks", streaks);
  if (language) query.set("language", language);
  history.replaceState(null, "", `?${query}`);
  const other = /** @type {HTMLAnchorElement} */ (document.querySelector(".language"));
  query.set("language", other.hreflang);
  other.href = `?${query}`;
}
