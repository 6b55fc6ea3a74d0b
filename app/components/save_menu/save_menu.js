// Saves what the address bar names as a file of a chosen kind, and copies that address.

/**
 * @typedef {object} SaveModel
 * @property {Record<string, string>} kinds file name to label
 * @property {Record<string, string>} shown key of the address to what the page shows in place of what the address says
 * @property {import("loopmap/i18n.js").Translations} words
 * @property {string} static_url address of the scripts of the map, relative to the page
 */

const STYLE = `
:host { display: block; }
.row { display: flex; gap: 6px; }
.row + .row { margin-top: 6px; }
select, button {
  font: inherit; font-size: 13px; color: inherit; background: transparent; min-height: 34px; padding: 4px 10px;
  border: 1px solid color-mix(in srgb, currentColor 32%, transparent); border-radius: 6px;
}
select { flex: 1; min-width: 0; }
option { color: #14212b; background: #ffffff; }
button { cursor: pointer; font-weight: 600; white-space: nowrap; }
button:hover, select:hover { border-color: currentColor; }
button:disabled { opacity: .55; cursor: progress; }
:focus-visible { outline: 2px solid var(--mui-palette-primary-main, #0a6e8a); outline-offset: 1px; }
.said { min-height: 1.3em; margin: 4px 0 0; font-size: 12px; opacity: .85; overflow-wrap: anywhere; }
`;

/** @param {{ model: SaveModel }} context */
export async function render({ model }) {
  /** @type {typeof import("loopmap/i18n.js")} */
  const { translator } = await import(new URL(`${model.static_url}/i18n.js`, document.baseURI).href);
  const say = translator(model.words);
  const root = document.createElement("div");
  root.innerHTML = `<style>${STYLE}</style>
    <div class="row"><select aria-label="${say("Kind of file")}"></select><button type="button" class="save">${say("Save")}</button></div>
    <div class="row"><button type="button" class="copy">${say("Copy link to this view")}</button></div>
    <div class="row"><button type="button" class="embed">${say("Copy code to embed it")}</button></div>
    <p class="said" role="status" aria-live="polite"></p>`;
  const kinds = root.querySelector("select");
  const [save, copy, embed] = root.querySelectorAll("button");
  const said = root.querySelector(".said");
  for (const [name, label] of Object.entries(model.kinds)) kinds.add(new Option(label, name));

  function tell(words) {
    said.textContent = words;
  }

  save.addEventListener("click", async () => {
    const name = kinds.value;
    save.disabled = true;
    tell(say(name.startsWith("loop") ? "Making the film ..." : "Making the file ..."));
    try {
      const asked = new URLSearchParams(location.search);
      for (const [key, value] of Object.entries(model.shown)) asked.set(key, value);
      const answer = await fetch(new URL(`export/${name}?${asked}`, document.baseURI));
      if (!answer.ok) throw new Error((await answer.text()).trim() || answer.statusText);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = `goms-${name}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      tell(say("Saved as {name}.", { name: `goms-${name}` }));
    } catch (error) {
      tell(error.message === "Failed to fetch" ? say("The server does not answer: is it still running?") : error.message);
    } finally {
      save.disabled = false;
    }
  });

  async function copyOut(text, copied) {
    try {
      await navigator.clipboard.writeText(text);
      tell(copied);
    } catch {
      tell(say("The browser allows no copying; copy it from here: {text}", { text }));
    }
  }

  copy.addEventListener("click", () => copyOut(location.href, say("The link is in the clipboard.")));
  embed.addEventListener("click", () => {
    const address = new URL(location.href);
    address.searchParams.set("embed", "1");
    const source = address.href.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    const code = `<iframe src="${source}" width="800" height="560" style="border: 0" title="GOMS Explorer" loading="lazy"></iframe>`;
    copyOut(code, say("The code is in the clipboard."));
  });
  return root;
}
