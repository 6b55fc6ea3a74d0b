// Brings the leads of one panel's loop: the requested lead alone, then the others in play order in a few bodies.

import { decode } from "./codec.js";
import { say } from "./words.js";

const LEADS_IN_A_BODY = 6;
const BODIES_AT_ONCE = 2;
const RETRY_AFTER = 800; // ms

export class Loop {
  // `spec` is the panel's description, `request` the viewport asked for, `notify(loop)` is called after each body.
  constructor(framesUrl, spec, request, notify) {
    this.framesUrl = framesUrl;
    this.spec = spec;
    this.request = request;
    this.notify = notify;
    this.frames = new Map();
    this.bytes = 0;
    this.error = null;
    this.started = performance.now();
    this.wanted = new Set();
    this.queue = [];
    this.busy = 0;
    this.aborter = new AbortController();
  }

  get complete() { return this.wanted.size > 0 && this.frames.size >= this.wanted.size; }

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

  async bring(leads, attempt = 1) {
    try {
      const response = await fetch(this.address(leads), { signal: this.aborter.signal, credentials: "same-origin" });
      if (!response.ok) {
        const body = await response.json().catch(() => ({}));
        throw Object.assign(new Error(body.error || say("The server answered {status}", { status: response.status })), { final: response.status < 500 });
      }
      const buffer = await response.arrayBuffer();
      this.bytes += Number(response.headers.get("Content-Length") || 0);
      if (this.aborter.signal.aborted) return;
      for (const [lead, frame] of decode(buffer)) this.frames.set(lead, frame);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!error.final && attempt < 3) {
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER * attempt));
        await this.bring(leads, attempt + 1);
        return;
      }
      this.error = error.message;
      leads.forEach((lead) => this.wanted.delete(lead));
    }
    this.notify(this);
  }

  address(leads) {
    const { store, variable, depth_index: depth, revision } = this.spec;
    const query = new URLSearchParams(Object.entries(this.request).map(([name, value]) => [name, String(Math.round(value * 1e4) / 1e4)]));
    query.set("revision", revision || "");
    return `${this.framesUrl}/${encodeURIComponent(store)}/${encodeURIComponent(variable)}/${depth || 0}/${leads.join(",")}?${query}`;
  }

  drop() { this.aborter.abort(); }
}
