// Names of seas, currents and capes, those of wide maps first; where two would touch, the first stands.

import { say } from "./i18n.js";
import { outlinedText } from "./label_placement.js";
import { wrapped } from "./longitudes.js";
import { ask } from "./requests.js";

const ROOMY = 900; // pixels: narrower maps show the names of wider views alone
const NONE = [];
const FONTS = { ocean: "italic 600 13px", sea: "italic 500 11.5px", current: "500 10.5px", cape: "500 10.5px" };

let table = null; // [name, latitude, longitude, kind, widest span] once they are here
const waiting = new Set(); // stages that show names as soon as they are here

/** Returns the names; none until they are here, when the stage is painted again. @param {import("./stage.js").Stage} stage */
export function placeNames(stage) {
  if (table) return table;
  if (waiting.size === 0) bring();
  waiting.add(stage);
  return NONE;
}

// A map without names is of use too, so that a refusal is not told.
async function bring() {
  table = await ask(new URL("place-names.json", import.meta.url), (response) => response.json()).catch(() => null);
  for (const stage of table ? waiting : []) stage.refresh();
}

// Writes the names of a view where there is room, and returns them.
export function writeNames(context, view, names, placement, theme) {
  const span = Math.min(view.span * Math.max(1, ROOMY / view.width), 360);
  const written = [];
  context.textBaseline = "middle";
  for (const [english, lat, lon, kind, widest] of names) {
    if (span > widest || lat > view.north || lat < view.south) continue;
    const inView = wrapped(lon, view.west);
    if (inView > view.east) continue;
    const name = say(english);
    const isCape = kind === "cape";
    context.font = `${FONTS[kind]} ${theme.font}`;
    context.letterSpacing = kind === "ocean" ? "0.06em" : "0px";
    context.textAlign = isCape ? "left" : "center";
    const width = context.measureText(name).width + 8;
    const [x, y] = [view.x(inView), view.y(lat)];
    if (!placement.take(isCape ? x + width / 2 : x, y, width + 4, 16)) continue;
    if (isCape) dot(context, x, y, theme);
    outlinedText(context, name, isCape ? x + 6 : x, y, theme, 3);
    written.push(name);
  }
  context.letterSpacing = "0px";
  return written;
}

function dot(context, x, y, theme) {
  context.beginPath();
  context.arc(x, y, 2.2, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.strokeStyle = theme.halo;
  context.stroke();
  context.fillStyle = theme.ink;
  context.fill();
}
