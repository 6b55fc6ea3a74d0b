// The playhead: which lead is on screen, and how time moves it.

import { metrics } from "./metrics.js";

export class Playhead {
  constructor() {
    this.leads = [];
    this.times = [];
    this.index = 0; // of the lead on screen
    this.position = 0; // the same with the share of the way to the next
    this.wanted = null; // a lead asked for that is not in the loop yet
    this.last = null; // time of the paint before while playing
    this.held = 0; // seconds that the last day has been held
  }

  get lead() {
    return this.leads[this.index] ?? 0;
  }
  get following() {
    return this.leads[Math.min(this.index + 1, this.leads.length - 1)] ?? 0;
  }
  get time() {
    return this.times[this.index] ?? "";
  }

  setLoop(leads, times) {
    const lead = this.wanted ?? this.lead;
    this.leads = leads;
    this.times = times;
    this.goTo(lead);
  }

  go(index) {
    this.index = this.position = Math.min(Math.max(index, 0), Math.max(this.leads.length - 1, 0));
    this.wanted = null;
    this.last = null;
  }

  goTo(lead) {
    const index = this.leads.indexOf(lead);
    this.index = this.position = Math.max(index, 0);
    this.wanted = index < 0 ? lead : null;
  }

  step(by, looping) {
    const count = this.leads.length || 1;
    this.go(looping ? (this.index + by + count) % count : this.index + by);
  }

  // Moves on by the time since the paint before, between the indices `first` and `end`; `has(lead)` tells whether a lead can
  // be shown now. Returns false at the end.
  advance(now, { speed, looping, blend, has, first, end }) {
    if (end <= first) return true;
    const elapsed = this.last === null ? 0 : Math.min((now - this.last) / 1000, 0.25);
    this.last = now;
    // Never more than one lead a paint: at the highest speeds each day is still seen.
    let position = Math.min(this.position + elapsed * speed, this.index + 1.99);
    if (position > end && this.index >= end) {
      // The last day is held for a moment before the loop starts again.
      this.held += elapsed;
      if (this.held < (speed <= 15 ? 0.5 : 1 / speed)) return true;
      this.held = 0;
      if (!looping) return false;
      position = first;
    }
    position = Math.min(position, end + (blend ? 0 : 0.99));
    const index = Math.min(Math.floor(position), end);
    if (!has(this.leads[index]) || (blend && !has(this.leads[Math.min(index + 1, end)]))) {
      metrics.waits++;
      this.position = this.index;
      return true;
    }
    this.position = position;
    this.index = index;
    return true;
  }
}
