// The show: what plays, where the camera is, and the one loop that draws them.

import { Geography } from "loopmap/geography.js";
import { metrics } from "loopmap/metrics.js";
import { Playhead } from "loopmap/playhead.js";

import { readAddress, writeAddress } from "./address.js";
import { Camera, Projection } from "./camera.js";
import { CanvasRenderer } from "./canvas.js";
import { Captions } from "./captions.js";
import { attachTouch, Controls, stayAwake, toggleFullScreen } from "./controls.js";
import { Overlay } from "./overlay.js";
import { readProgramme } from "./programme.js";
import { Quality } from "./quality.js";
import { Library } from "./scene_fields.js";
import { TEXTS } from "./texts.js";
import { WebglRenderer } from "./webgl.js";

const LOOK_EVERY = 2500; // ms between two looks at the programme while nothing can be shown
const GROWS_EVERY = 10000; // the same while days are added to what is shown
const REFUSAL = 8; // seconds for which the reason is shown where a scene cannot be brought
const DIP = 0.45; // seconds in which the colours go down or come up between two scenes
const DIM = 0.3; // light of the colours when the days begin again
const EMPTY_TURN = -5; // degrees of longitude a second of a globe without colours
const LEFT_ALONE = 10; // seconds after a touch until the tour goes on by itself

class Show {
  constructor() {
    const address = readAddress();
    this.reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.wanted = address.scene;
    this.view = address.view;
    this.streaks = address.streaks ?? (this.reducedMotion ? "off" : "");
    this.playing = !this.reducedMotion;
    this.scenes = [];
    this.number = 0;
    this.fields = null; // of the scene asked for
    this.shown = null; // of the scene on screen
    this.light = 0;
    this.touched = -Infinity;
    this.camera = new Camera();
    this.playhead = new Playhead();
    this.captions = new Captions(document.querySelector(".captions"));
    this.open = this.captions.find(".open");
    this.geography = new Geography(() => {});
    this.quality = new Quality(
      () => this.resize(),
      () => this.useCanvas(),
    );
    this.library = new Library(
      new URL("frames", document.baseURI).href,
      Math.min(innerWidth, innerHeight) < 600 ? 480 : 720,
      () => this.fetch(),
    );
    this.overlay = new Overlay(document.querySelector(".over"));
    this.startRenderer();
    this.controls = new Controls(this.captions.find(".controls"), {
      previous: () => this.go(this.number - 1),
      next: () => this.go(this.number + 1),
      go: (number) => this.go(number),
      play: () => this.toggle(),
      view: () => this.toggleView(),
      streaks: () => this.toggleStreaks(),
      full: toggleFullScreen,
      back: () => {
        if (!document.fullscreenElement) location.href = /** @type {HTMLAnchorElement} */ (this.captions.find(".back")).href;
      },
    });
    attachTouch(this.overlay.canvas, {
      drag: (dx, dy) => this.touch(() => this.camera.drag(dx, dy, this.projection().degreesPerPixel)),
      zoom: (factor) => this.touch(() => this.camera.zoom(factor)),
    });
    addEventListener("resize", () => this.resize());
    document.addEventListener("fullscreenchange", () => this.showControls());
    metrics.state = () => this.state();
    this.captions.wait({ title: TEXTS.opening[0], detail: TEXTS.opening[1] });
    this.resize();
    stayAwake();
    this.look();
    requestAnimationFrame((now) => this.tick(now));
  }

  state() {
    return {
      state: document.body.dataset.state,
      scene: this.shown?.scene.name ?? "",
      scenes: this.scenes.length,
      view: this.view,
      kinds: this.renderer.kinds,
      playing: this.playing,
      lead: this.playhead.lead,
      position: this.playhead.position,
      drawn: Boolean(this.day) && this.light > 0.99,
      flying: this.camera.flying,
      streaks: this.overlay.moving,
      level: this.quality.level,
      camera: { lat: this.camera.lat, lon: this.camera.lon, span: this.camera.span },
    };
  }

  // --- renderer and screen ------------------------------------------------------------------------------------------------

  startRenderer() {
    try {
      this.renderer = new WebglRenderer(document.querySelector(".sea"), () => this.useCanvas());
    } catch {
      this.useCanvas();
    }
  }

  // The flat map on a plain canvas; a canvas that once was WebGL's cannot become one.
  useCanvas() {
    if (this.renderer instanceof CanvasRenderer) return;
    const old = document.querySelector(".sea");
    const canvas = /** @type {HTMLCanvasElement} */ (old.cloneNode());
    old.replaceWith(canvas);
    this.renderer = new CanvasRenderer(canvas);
    this.view = "flat";
    if (this.shown) this.renderer.setScene(this.shown.scene);
    if (this.controls) {
      this.resize();
      this.showControls();
    }
  }

  resize() {
    const [width, height] = [innerWidth, innerHeight];
    this.screen = { width, height };
    this.renderer.resize(width, height, this.quality.ratio);
    this.overlay.resize(width, height, Math.min(devicePixelRatio || 1, 2), this.quality.streaks);
    if (this.shown) this.captions.setScene(this.shown.scene);
  }

  projection() {
    return new Projection(this.view, this.camera, this.open.getBoundingClientRect(), this.screen);
  }

  // --- programme ----------------------------------------------------------------------------------------------------------

  // Asks what can be shown, again and again while something is being made.
  async look() {
    clearTimeout(this.looking);
    try {
      const programme = await readProgramme();
      this.setProgramme(programme);
      if (programme.complete) return;
    } catch {
      if (this.scenes.length === 0) this.captions.wait({ title: TEXTS.lost[0], detail: TEXTS.lost[1] });
    }
    this.looking = setTimeout(() => this.look(), this.scenes.length ? GROWS_EVERY : LOOK_EVERY);
  }

  /** @param {import("./programme.js").Programme} programme */
  setProgramme({ scenes, waiting }) {
    if (scenes.length === 0) {
      if (this.scenes.length === 0) this.captions.wait(waiting);
      return;
    }
    const first = this.scenes.length === 0;
    const name = this.scenes[this.number]?.name ?? this.wanted;
    const titles = scenes.map((scene) => scene.title);
    if (titles.join() !== this.scenes.map((scene) => scene.title).join()) this.controls.setStops(titles);
    this.scenes = scenes;
    this.number = Math.max(
      scenes.findIndex((scene) => scene.name === name),
      0,
    );
    const scene = scenes[this.number];
    if (first) {
      this.captions.play();
      this.go(this.number, true);
    } else if (this.fields.scene.store === scene.store && this.fields.scene.revision === scene.revision) {
      // Days that were finished meanwhile join the loop.
      this.fields.scene.leads = scene.leads;
      this.fields.scene.times = scene.times;
      const { position } = this.playhead;
      this.playhead.setLoop(scene.leads, scene.times);
      this.playhead.position = Math.min(position, scene.leads.length - 1);
    }
    this.following = this.library.of(scenes[(this.number + 1) % scenes.length]);
    this.fetch();
    this.showControls();
  }

  // --- what a visitor does ------------------------------------------------------------------------------------------------

  // Sets out for a scene; its colours come up when the old ones have gone down.
  go(number, atOnce = false) {
    const count = this.scenes.length;
    if (count === 0) return;
    this.number = (number + count) % count;
    const scene = this.scenes[this.number];
    this.fields = this.library.of(scene);
    this.following = this.library.of(this.scenes[(this.number + 1) % count]);
    this.fetch();
    this.camera.flyTo({ lat: scene.latitude, lon: scene.longitude, span: scene.span }, atOnce || this.reducedMotion);
    this.round = 0;
    this.touched = -Infinity;
    if (!atOnce) this.look();
    this.saveAddress();
    this.showControls();
  }

  toggle() {
    this.playing = !this.playing;
    // At rest a day of the forecast is on screen, never a blend.
    this.playhead.position = this.playhead.index;
    this.playhead.last = null;
    this.showControls();
  }

  toggleView() {
    if (this.renderer.kinds.length === 1) return;
    this.view = this.view === "globe" ? "flat" : "globe";
    this.saveAddress();
    this.showControls();
  }

  toggleStreaks() {
    this.streaks = this.streaks === "off" ? "on" : "off";
    this.fetch();
    this.saveAddress();
    this.showControls();
  }

  touch(act) {
    this.touched = performance.now();
    act();
  }

  saveAddress() {
    writeAddress({ scene: this.scenes[this.number].name, view: this.view, streaks: this.streaks });
  }

  showControls() {
    const { fields, number, playing, view } = this;
    const full = document.fullscreenEnabled ? Boolean(document.fullscreenElement) : null;
    const streaks = fields?.flow ? this.streaks !== "off" : null;
    this.controls.show({ number, playing, view, kinds: this.renderer.kinds, streaks, full });
  }

  // --- the loop -----------------------------------------------------------------------------------------------------------

  tick(now) {
    requestAnimationFrame((next) => this.tick(next));
    const gap = now - (this.last ?? now);
    this.last = now;
    const seconds = Math.min(gap / 1000, 0.1);
    if (gap > 1000) return; // the page was hidden
    this.quality.frame(gap);
    if (!this.fields) {
      this.turnEmptyGlobe(seconds);
      return;
    }
    const alone = now - this.touched > 1000 * LEFT_ALONE;
    this.camera.advance(seconds, this.playing && alone && !this.reducedMotion ? (this.shown?.scene.turn ?? 0) : 0);
    this.change(seconds);
    this.refuse(now);
    if (this.shown === this.fields && this.playing && this.light === 1 && !this.camera.flying) this.play(now, alone);
    this.draw(seconds);
  }

  // Brings the colours of the old scene down, and those of the new one up as soon as its first day is there.
  change(seconds) {
    const step = this.reducedMotion ? 1 : seconds / DIP;
    if (this.shown !== this.fields) {
      this.light = Math.max(0, this.light - step);
      if (this.light > 0) return;
      this.shown = this.fields;
      const { scene } = this.shown;
      this.playhead = new Playhead();
      this.playhead.setLoop(scene.leads, scene.times);
      this.renderer.setScene(scene);
      this.captions.setScene(scene);
      this.day = null;
      this.library.keep([this.shown, this.following]);
      this.fetch();
    } else if (this.day) this.light = Math.min(1, this.light + step);
  }

  // The scene on screen first, and the next one when all of this one is there.
  fetch() {
    const moving = this.streaks !== "off";
    const first = this.fields.scene.leads[0];
    this.fields.want(first, moving);
    if (this.fields.complete && this.shown === this.fields) this.following.want(this.following.scene.leads[0], moving);
  }

  // A scene whose days do not come is left after a while.
  refuse(now) {
    const { error } = this.fields;
    if (!error || this.shown !== this.fields) {
      if (this.refused) this.captions.setScene(this.shown.scene);
      this.refused = null;
      return;
    }
    this.captions.refuse(error);
    this.refused ??= now;
    if (now - this.refused > 1000 * REFUSAL && this.playing) this.go(this.number + 1);
  }

  play(now, alone) {
    const { scene } = this.shown;
    const before = this.playhead.position;
    const last = this.round >= scene.rounds - 1 && alone && this.scenes.length > 1;
    const goesOn = this.playhead.advance(now, {
      speed: scene.days_a_second,
      looping: !last,
      blend: !this.reducedMotion,
      has: (lead) => this.shown.has(lead),
      first: 0,
      end: scene.leads.length - 1,
    });
    if (!goesOn) this.go(this.number + 1);
    else if (this.playhead.position < before) {
      this.round++;
      this.light = this.reducedMotion ? 1 : DIM; // the first day comes up again, so that the jump back is seen as one
    }
  }

  // Land and coasts alone, behind the words of what is waited for.
  turnEmptyGlobe(seconds) {
    this.camera.advance(seconds, this.reducedMotion ? 0 : EMPTY_TURN);
    const projection = new Projection(this.view, this.camera, { x: 0, y: 0, ...this.screen }, this.screen);
    this.renderer.draw({ projection, geography: this.geography, day: null, next: null, weight: 0, light: 0 });
  }

  draw(seconds) {
    const { playhead, shown, light } = this;
    if (!shown) return;
    const projection = this.projection();
    const { lead, following } = playhead;
    if (shown.has(lead)) {
      this.day = shown.day(lead);
      this.next = shown.has(following) ? shown.day(following) : this.day;
    }
    const weight = this.reducedMotion ? 0 : playhead.position - playhead.index;
    const streaks = shown.flow && this.streaks !== "off" ? [shown.currents(lead), shown.currents(following)] : null;
    // A picture at rest is drawn once.
    const drawn = [
      shown.scene.name,
      lead,
      weight,
      light,
      this.camera.lat,
      this.camera.lon,
      this.camera.span,
      this.view,
      this.geography.revision,
      this.screen.width,
      this.screen.height,
      this.quality.ratio,
      this.renderer.kinds,
      Boolean(this.day),
      this.playing,
    ].join();
    if (drawn === this.drawn && !streaks && !this.overlay.moving) return;
    this.drawn = drawn;
    this.renderer.draw({ projection, geography: this.geography, day: this.day, next: this.next, weight, light });
    this.overlay.draw({
      projection,
      places: shown.scene.places,
      open: this.open.getBoundingClientRect(),
      days: streaks,
      weight,
      light,
      seconds,
    });
    this.captions.setStreaks(this.overlay.moving);
    this.captions.setDay(playhead.time, shown.scene, this.playing && !this.reducedMotion);
    const share = (this.round + playhead.position / Math.max(playhead.leads.length - 1, 1)) / shown.scene.rounds;
    this.controls.stops.style.setProperty("--share", Math.min(share, 1));
  }
}

new Show();
