// Redraws sections for the day on the maps and the profile for the place under the pointer; the arrays are here, Bokeh draws.

/**
 * One section, as app/components/section_player/component.py describes it.
 * @typedef {object} Chart
 * @property {string} figure name of the Bokeh figure
 * @property {number[]} leads
 * @property {number} offset the store's lead shown at lead L of the maps is L + offset
 * @property {string[]} titles of each lead
 * @property {ArrayLike<number>} depth metres of each level
 * @property {ArrayLike<number>} values lead, level and place
 * @property {ArrayLike<number>} lines lead, line and place: metres
 */

/**
 * @typedef {object} SectionModel
 * @property {Chart[]} charts
 * @property {number[]} distance kilometres from the start of the line to each place
 * @property {string[]} places position of each place in words
 * @property {string} profile name of the figure with the profile
 * @property {import("loopmap/i18n.js").Translations} words
 * @property {string} static_url address of the scripts of the map, relative to the page
 * @property {(name: string, listener: () => void) => void} on
 */

const STYLE = `
:host { display: block; }
label { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 8px; font-size: 12px; padding: 2px 4px; }
input { flex: 1; min-width: 80px; height: 18px; margin: 0; accent-color: var(--mui-palette-primary-main, #0a6e8a); }
output { white-space: nowrap; font-variant-numeric: tabular-nums; }
`;

const page = /** @type {{ Bokeh?: any, goms?: import("loopmap/metrics.js").Metrics }} */ (globalThis);

// The youngest of its name: while a chart is drawn anew the old one is still there, and Bokeh's own search complains of two.
const figure = (name) =>
  page.Bokeh?.documents.flatMap((one) => [...one._all_models.values()]).findLast((model) => model.name === name);
const glyphs = (plot, type) => plot.renderers.filter((one) => one.glyph?.type === type).map((one) => one.data_source);

// Changes what is drawn in this browser alone.
function put(source, data) {
  source.setv({ data: { ...source.data, ...data } }, { sync: false });
}

/** @param {{ model: SectionModel }} context */
export async function render({ model }) {
  /** @type {typeof import("loopmap/i18n.js")} */
  const { translator } = await import(new URL(`${model.static_url}/i18n.js`, document.baseURI).href);
  const say = translator(model.words);
  const root = document.createElement("div");
  root.innerHTML = `<style>${STYLE}</style><label><span>${say("Profile at")}</span><output></output>
    <input type="range" min="0" step="1" value="0" aria-label="${say("Place of the profile along the line")}"></label>`;
  const [slider, said] = [root.querySelector("input"), root.querySelector("output")];
  let lead = page.goms?.state?.().lead ?? 0;
  let place = 0;

  const dayOf = (chart) => chart.leads.indexOf(lead + chart.offset);

  function drawSection(chart) {
    const [plot, day] = [figure(chart.figure), dayOf(chart)];
    if (!plot || day < 0) return;
    const [image] = glyphs(plot, "Image");
    const pixels = image.data.image[0];
    const [count, width] = [chart.depth.length, model.distance.length];
    const rows = pixels.length / width;
    if (!Number.isInteger(rows)) return; // the figure of another line
    const step = chart.depth[count - 1] / (rows - 1);
    for (let row = 0, level = 0; row < rows; row++) {
      while (level < count - 2 && chart.depth[level + 1] < row * step) level++;
      const share = (row * step - chart.depth[level]) / (chart.depth[level + 1] - chart.depth[level]);
      const above = (day * count + level) * width;
      for (let i = 0; i < width; i++) {
        const [upper, lower] = [chart.values[above + i], chart.values[above + width + i]];
        // A level itself needs no neighbour, which may lie below the sea floor.
        pixels[row * width + i] = share === 0 ? upper : share === 1 ? lower : upper + share * (lower - upper);
      }
    }
    image.change.emit();
    const lines = glyphs(plot, "Line");
    const each = chart.lines.length / chart.leads.length / width;
    lines.slice(0, each).forEach((line, k) => {
      const from = (day * each + k) * width;
      put(line, { depth: Array.from({ length: width }, (_, i) => chart.lines[from + i]) });
    });
    // The name of a chart to a screen reader begins with its title.
    const name = plot.html_attributes["aria-label"].replace(plot.title.text, chart.titles[day]);
    plot.setv({ html_attributes: { ...plot.html_attributes, "aria-label": name } }, { sync: false });
    plot.title.setv({ text: chart.titles[day] }, { sync: false });
  }

  function drawProfile() {
    const plot = figure(model.profile);
    if (!plot || !model.charts.length) return;
    said.textContent = `${Math.round(model.distance[place]).toLocaleString("en")} km${say(", ")}${model.places[place]}`;
    const [paths, marks] = [glyphs(plot, "MultiLine"), glyphs(plot, "Scatter")];
    model.charts.forEach((chart, number) => {
      const day = dayOf(chart);
      if (day < 0 || !paths[number]) return;
      const width = model.distance.length;
      const value = Array.from(chart.depth, (_, level) => chart.values[(day * chart.depth.length + level) * width + place]);
      const known = value.flatMap((one, level) => (Number.isFinite(one) ? [level] : []));
      const [x, y] = [known.map((level) => value[level]), known.map((level) => chart.depth[level])];
      put(paths[number], { xs: [x], ys: [y] });
      put(marks[number], { value: x, depth: y });
    });
  }

  function draw() {
    model.charts.forEach(drawSection);
    drawProfile();
  }

  function goTo(index) {
    place = Math.min(Math.max(index, 0), Math.max(model.distance.length - 1, 0));
    slider.value = String(place);
    slider.setAttribute("aria-valuetext", model.places[place] ?? "");
    drawProfile();
  }

  function begin() {
    slider.max = String(Math.max(model.distance.length - 1, 0));
    root.style.visibility = model.charts.length ? "" : "hidden";
    goTo(Math.floor(model.distance.length / 2));
    draw();
  }

  const follow = (event) => {
    lead = event.detail;
    draw();
  };
  const point = (event) => {
    if (!model.charts.length) return;
    const { detail } = event;
    goTo(model.distance.reduce((best, one, i, all) => (Math.abs(one - detail) < Math.abs(all[best] - detail) ? i : best), 0));
  };
  document.addEventListener("goms-lead", follow);
  document.addEventListener("goms-place", point);
  slider.addEventListener("input", () => goTo(Number(slider.value)));
  model.on("charts", () => setTimeout(begin)); // what comes with them is in place a moment later
  model.on("remove", () => {
    document.removeEventListener("goms-lead", follow);
    document.removeEventListener("goms-place", point);
  });
  begin();
  return root;
}
