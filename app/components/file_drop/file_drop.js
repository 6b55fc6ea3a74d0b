// Takes files from a button or dropped anywhere on the page, sends them in pieces, and shows how far they are.

/**
 * @typedef {object} DropModel
 * @property {string[]} endings of names of files that are taken
 * @property {{ asked: number, secrets?: string[], error?: string }} answer to the question of that number: where the files go, or why not
 * @property {boolean} working whether the files are there and are being taken in
 * @property {number} fraction of that which is done
 * @property {string} doing what is being done, or how it ended
 * @property {boolean} failed whether `doing` tells of a refusal
 * @property {import("loopmap/i18n.js").Translations} words
 * @property {string} static_url address of the scripts of the map, relative to the page
 * @property {(name: string, listener: () => void) => void} on
 * @property {(message: DropMessage) => void} send_msg
 */

/** @typedef {{ kind: "begin", asked: number, files: [string, number][] } | { kind: "sent", asked: number } | { kind: "cancel" }} DropMessage */

const PIECE = 4 * 2 ** 20; // bytes
const TRIES = 4; // of one piece, where the connection breaks
const STYLE = `
:host { display: block; }
button {
  font: inherit; font-size: 12px; font-weight: 600; color: inherit; background: transparent; min-height: 28px; padding: 2px 8px;
  border: 1px solid color-mix(in srgb, currentColor 32%, transparent); border-radius: 6px; cursor: pointer; white-space: nowrap;
}
button:hover:enabled { border-color: currentColor; }
button:disabled { opacity: .55; cursor: default; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.files { --accent: var(--mui-palette-primary-main, #0a6e8a); padding-bottom: 4px; }
.add { border-color: transparent; color: var(--accent); margin-left: -8px; }
.row { display: flex; gap: 10px; align-items: center; margin-top: 2px; }
.row[hidden] { display: none; }
progress { flex: 1; min-width: 0; height: 4px; appearance: none; border: none; border-radius: 2px; overflow: hidden; }
progress, progress::-webkit-progress-bar { background: color-mix(in srgb, var(--accent) 24%, transparent); }
progress::-webkit-progress-value { background: var(--accent); }
progress::-moz-progress-bar { background: var(--accent); }
.said { margin: 2px 0 6px; font-size: 12px; line-height: 1.35; opacity: .85; overflow-wrap: anywhere; }
.said:empty { display: none; }
.said.failed { opacity: 1; color: var(--mui-palette-error-main, #b3261e); }
`;
const VEIL = `
position: fixed; inset: 0; z-index: 2000; display: none; align-items: center; justify-content: center; pointer-events: none;
background: color-mix(in srgb, var(--mui-palette-background-default, #eef2f4) 86%, transparent);
color: var(--mui-palette-text-primary, #14212b); font: 600 18px/1.5 var(--mui-font-family, system-ui, sans-serif); text-align: center;
padding: 24px; outline: 2px dashed var(--mui-palette-primary-main, #0a6e8a); outline-offset: -14px;
`;
const INVITATION = "Drop files of HYCOM, GLORYS or gridded altimetry (NetCDF)";

/** @param {{ model: DropModel }} context */
export async function render({ model }) {
  /** @type {typeof import("loopmap/i18n.js")} */
  const { translator } = await import(new URL(`${model.static_url}/i18n.js`, document.baseURI).href);
  const say = translator(model.words);
  const root = document.createElement("div");
  root.className = "files";
  root.innerHTML = `<style>${STYLE}</style>
    <button type="button" class="add">+ ${say("Add files")}</button><input type="file" multiple hidden aria-hidden="true" tabindex="-1">
    <div class="row" hidden><progress max="1" aria-label="${say("Progress of the files")}"></progress><button type="button">${say("Cancel")}</button></div>
    <p class="said" role="status" aria-live="polite"></p>`;
  const add = /** @type {HTMLButtonElement} */ (root.querySelector(".add"));
  const input = root.querySelector("input");
  const row = /** @type {HTMLElement} */ (root.querySelector(".row"));
  const progress = root.querySelector("progress");
  const cancel = row.querySelector("button");
  const said = root.querySelector(".said");
  add.title = say("{invitation}, or choose them here", { invitation: say(INVITATION) });
  input.accept = model.endings.join(",");
  const veil = document.createElement("div");
  veil.style.cssText = VEIL;
  veil.textContent = say(INVITATION);
  document.body.append(veil);
  let asked = 0;
  let chosen = [];
  let sending = null; // an AbortController while pieces are on their way

  function show() {
    const busy = sending !== null || model.working;
    add.disabled = busy;
    row.hidden = !busy;
    if (model.working) progress.value = model.fraction;
    if (sending === null) {
      said.textContent = model.doing;
      said.classList.toggle("failed", model.failed);
    }
  }

  function take(files) {
    if (add.disabled || files.length === 0) return;
    chosen = [...files];
    sending = new AbortController();
    progress.value = 0;
    said.textContent = say("Asking the server ...");
    said.classList.remove("failed");
    show();
    model.send_msg({ kind: "begin", asked: ++asked, files: chosen.map((file) => [file.name, file.size]) });
  }

  function end(words, failed) {
    sending = null;
    show();
    said.textContent = words;
    said.classList.toggle("failed", failed);
  }

  // Sends one piece and returns how much the server has; a broken connection is tried again, what arrived is not sent twice.
  async function piece(file, secret, offset, signal) {
    for (let attempt = 1; ; attempt++) {
      try {
        const url = new URL(`upload/${secret}?offset=${offset}`, document.baseURI);
        const answer = await fetch(url, { method: "PUT", body: file.slice(offset, offset + PIECE), signal });
        if (answer.ok) return (await answer.json()).received;
        if (answer.status !== 409 || attempt >= TRIES)
          throw new Error((await answer.text()).trim() || answer.statusText, { cause: "refused" });
        const { received } = await answer.json();
        if (received !== offset) return received;
      } catch (error) {
        if (signal.aborted || error.cause === "refused" || attempt >= TRIES) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 500 * attempt));
    }
  }

  async function send(secrets) {
    const { signal } = sending;
    const total = chosen.reduce((sum, file) => sum + file.size, 0);
    let before = 0;
    try {
      for (const [number, file] of chosen.entries()) {
        for (let offset = 0; offset < file.size; ) {
          said.textContent = say("Sending {name}, {percent} %", {
            name: file.name,
            percent: Math.floor((100 * (before + offset)) / total),
          });
          offset = await piece(file, secrets[number], offset, signal);
          progress.value = (before + offset) / total;
        }
        before += file.size;
      }
    } catch (error) {
      if (signal.aborted) return;
      model.send_msg({ kind: "cancel" });
      end(
        error.name === "TypeError" ? say("The server does not answer, or the file changed; bring it again.") : error.message,
        true,
      );
      return;
    }
    said.textContent = say("Looking into the files ...");
    model.send_msg({ kind: "sent", asked });
    sending = null;
  }

  add.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
  cancel.addEventListener("click", () => {
    model.send_msg({ kind: "cancel" });
    if (sending === null) return;
    sending.abort();
    end(say("Nothing was kept."), false);
  });
  model.on("answer", () => {
    if (sending === null || model.answer.asked !== asked) return;
    if (model.answer.error) end(model.answer.error, true);
    else send(model.answer.secrets);
  });
  for (const name of ["working", "fraction", "doing", "failed"]) model.on(name, show);

  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const listeners = {
    dragenter: (event) => {
      if (carriesFiles(event) && !add.disabled) veil.style.display = "flex";
    },
    dragover: (event) => {
      if (carriesFiles(event)) event.preventDefault();
    },
    dragleave: (event) => {
      if (event.relatedTarget === null) veil.style.display = "none";
    },
    drop: (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      veil.style.display = "none";
      take(event.dataTransfer.files);
    },
  };
  // Whoever leaves the page meanwhile leaves nothing on the server; it would notice by itself half a minute later.
  listeners.pagehide = () => {
    if (sending !== null) model.send_msg({ kind: "cancel" });
  };
  for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener);
  model.on("remove", () => {
    sending?.abort();
    veil.remove();
    for (const [name, listener] of Object.entries(listeners)) window.removeEventListener(name, listener);
  });
  show();
  return root;
}
