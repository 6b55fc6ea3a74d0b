// Requests the frames of one panel's loop by HTTP: the lead on screen alone, then the others in play order in a few bodies.

import { decode } from "./codec.js";
import { ask } from "./requests.js";

const LEADS_IN_A_BODY = 6;
const BODIES_AT_ONCE = 2;

/**
 * The viewport that frames are asked for: bounds in degrees, size in pixels.
 * @typedef {{ south: number, north: number, west: number, east: number, width: number, height: number }} FrameRequest
 */

export class Loop {
  /**
   * @param {string} framesUrl
   * @param {Partial<import("./panel_spec.js").PanelSpec>} spec of which the field is read: store, variable, depth, revision
   * @param {FrameRequest} request
   * @param {(loop: Loop) => void} notify called after each body
   */
  constructor(framesUrl, spec, request, notify) {
    this.framesUrl = framesUrl;
    this.spec = spec;
    this.request = request;
    this.notify = notify;
    this.key = ""; // of content and viewport
    this.content = ""; // of the field alone
    /** @type {Map<number, import("./codec.js").Frame>} by the store's own lead */
    this.frames = new Map();
    this.bytes = 0;
    this.counted = 0; // bytes that the metrics have
    /** @type {string | null} what the server refused */
    this.error = null;
    /** @type {string | null} why leads are asked for again */
    this.trouble = null;
    this.late = new Set(); // these leads
    this.wanted = new Set();
    this.queue = [];
    this.busy = 0;
    this.aborter = new AbortController();
  }

  get complete() {
    return this.wanted.size > 0 && this.frames.size >= this.wanted.size;
  }

  // Asks for `leads` (the store's own numbers); those asked for before are not asked for again.
  async want(leads, first) {
    const fresh = leads.filter((lead) => !this.wanted.has(lead));
    fresh.forEach((lead) => this.wanted.add(lead));
    if (fresh.length === 0) return;
    if (fresh.includes(first)) await this.bring([first]);
    const later = fresh.filter((lead) => lead > first);
    const earlier = fresh.filter((lead) => lead < first);
    const ordered = [...later, ...earlier];
    for (let i = 0; i < ordered.length; i += LEADS_IN_A_BODY) this.queue.push(ordered.slice(i, i + LEADS_IN_A_BODY));
    for (let i = this.busy; i < BODIES_AT_ONCE; i++) this.work();
  }

  async work() {
    this.busy++;
    while (this.queue.length && !this.aborter.signal.aborted) await this.bring(this.queue.shift());
    this.busy--;
  }

  async bring(leads) {
    const { signal } = this.aborter;
    const lost = (words) => this.missed(leads, words);
    try {
      const buffer = await ask(this.address(leads), (response) => this.body(response), { signal, lost });
      if (signal.aborted) return;
      for (const [lead, frame] of decode(buffer)) this.frames.set(lead, frame);
      this.answered(leads);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.error = error.message;
      leads.forEach((lead) => this.wanted.delete(lead));
      this.answered(leads);
    }
    this.notify(this);
  }

  body(response) {
    this.bytes += Number(response.headers.get("Content-Length") || 0);
    return response.arrayBuffer();
  }

  // Compressed bytes that arrived since the last call.
  uncountedBytes() {
    const fresh = this.bytes - this.counted;
    this.counted = this.bytes;
    return fresh;
  }

  // While leads are asked for again, playback does not wait for them, and the map says why.
  missed(leads, words) {
    leads.forEach((lead) => this.late.add(lead));
    this.trouble = words;
    this.notify(this);
  }

  answered(leads) {
    leads.forEach((lead) => this.late.delete(lead));
    if (this.late.size === 0) this.trouble = null;
  }

  // Whether a lead is on its way as far as is known.
  awaits(lead) {
    return this.wanted.has(lead) && !this.late.has(lead);
  }

  address(leads) {
    const { store, variable, depth_index: depth, revision } = this.spec;
    const rounded = Object.entries(this.request).map(([name, value]) => [name, String(Math.round(value * 1e4) / 1e4)]);
    const query = new URLSearchParams(rounded);
    query.set("revision", revision || "");
    return `${this.framesUrl}/${encodeURIComponent(store)}/${encodeURIComponent(variable)}/${depth || 0}/${leads.join(",")}?${query}`;
  }

  drop() {
    this.aborter.abort();
  }
}
