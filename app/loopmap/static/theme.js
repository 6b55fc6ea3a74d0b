// Colours of the page, read from the CSS variables that its theme sets, for what is drawn rather than styled.

const FALLBACK = {
  light: {
    bg: "#ffffff",
    fg: "#14212b",
    muted: "#5c6b77",
    accent: "#0a6e8a",
    land: "#e4e1da",
    coast: "#4d545a",
    line: "rgba(20,33,43,.16)",
  },
  dark: {
    bg: "#0f1720",
    fg: "#e6edf2",
    muted: "#93a3b0",
    accent: "#4fc3e0",
    land: "#2a323a",
    coast: "#a4afb8",
    line: "rgba(230,237,242,.16)",
  },
};

export function readTheme(element) {
  const style = getComputedStyle(element);
  const variable = (name) => style.getPropertyValue(`--goms-${name}`).trim();
  const background = variable("bg") || FALLBACK.light.bg;
  const dark = luminance(background) < 0.4;
  const fallback = dark ? FALLBACK.dark : FALLBACK.light;
  const pick = (name) => variable(name) || fallback[name];
  return {
    dark,
    land: pick("land"),
    coast: pick("coast"),
    accent: pick("accent"),
    missing: variable("missing") || (dark ? "#18212a" : "#dfe5e8"),
    hatch: dark ? "rgba(255,255,255,.06)" : "rgba(20,33,43,.07)",
    graticule: dark ? "rgba(255,255,255,.17)" : "rgba(255,255,255,.38)",
    ink: dark ? "#e6edf2" : "#14212b",
    halo: dark ? "rgba(10,16,22,.72)" : "rgba(255,255,255,.78)",
    font: style.fontFamily || "sans-serif",
    key: style.cssText || [background, pick("land"), pick("coast"), pick("accent")].join(),
  };
}

function luminance(colour) {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = colour;
  const number = parseInt(String(probe.fillStyle).slice(1), 16);
  return (0.299 * (number >> 16) + 0.587 * ((number >> 8) & 255) + 0.114 * (number & 255)) / 255;
}

// Calls back when the page's theme may have changed.
export function watchTheme(callback) {
  const observer = new MutationObserver(callback);
  for (const element of [document.documentElement, document.body]) {
    observer.observe(element, { attributes: true, attributeFilter: ["class", "style", "data-theme"] });
  }
  const preference = matchMedia("(prefers-color-scheme: dark)");
  preference.addEventListener("change", callback);
  return () => {
    observer.disconnect();
    preference.removeEventListener("change", callback);
  };
}
