// Names of seas, currents and capes, those of wide maps first; where two would touch, the first stands.

import { ask } from "./asking.js";
import { haloed } from "./room.js";
import { say } from "./words.js";

const ROOMY = 900; // pixels: narrower maps show the names of wider views alone
const FONTS = { ocean: "italic 600 13px", sea: "italic 500 11.5px", current: "500 10.5px", cape: "500 10.5px" };

let table = null; // [name, latitude, longitude, kind, widest span], once asked for

// The names, null until they are here; `changed()` is called when they are.
export function placeNames(changed) {
  if (table === null) {
    table = [];
    ask(new URL("place-names.json", import.meta.url), (response) => response.json()).then((names) => {
      table = names;
      changed();
    }, () => {});
  }
  return table;
}

// Writes the names of a view where there is room, and returns them.
export function writeNames(context, view, names, room, theme) {
  const span = Math.min(view.span * Math.max(1, ROOMY / view.width), 360);
  const written = [];
  context.textBaseline = "middle";
  for (const [english, lat, lon, kind, widest] of names) {
    if (span > widest || lat > view.north || lat < view.south) continue;
    const turned = view.west + ((((lon - view.west) % 360) + 360) % 360);
    if (turned > view.east) continue;
    const name = say(english);
    const isCape = kind === "cape";
    context.font = `${FONTS[kind]} ${theme.font}`;
    context.letterSpacing = kind === "ocean" ? "0.06em" : "0px";
    context.textAlign = isCape ? "left" : "center";
    const width = context.measureText(name).width + 8;
    const [x, y] = [view.x(turned), view.y(lat)];
    if (!room.take(isCape ? x + width / 2 : x, y, width + 4, 16)) continue;
    if (isCape) dot(context, x, y, theme);
    haloed(context, name, isCape ? x + 6 : x, y, theme, 3);
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
