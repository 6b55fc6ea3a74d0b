// The captions on the screen: title, caption, day, legend, and what is being waited for.

import { ColourBar } from "loopmap/colourbar.js";

import { TEXTS } from "./texts.js";

export class Captions {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.bar = new ColourBar();
    this.find(".quantity").after(this.bar.element);
  }

  /** @returns {HTMLElement} */
  find(selector) {
    return this.root.querySelector(selector);
  }

  put(selector, text) {
    const element = this.find(selector);
    if (element.textContent !== text) element.textContent = text;
  }

  /** @param {import("./programme.js").Scene} scene */
  setScene(scene) {
    this.put("h1", scene.title);
    scene.caption.forEach((sentence, i) => this.put(`.caption:nth-of-type(${i + 1})`, sentence));
    this.put(".quantity", scene.quantity);
    this.put(".source", `${scene.source} · ${scene.notice}`);
    const [low, high] = scene.limits;
    const width = this.find(".legend").clientWidth;
    this.bar.show(scene.colours, low, high, scene.logarithmic, scene.units, width);
    document.title = `${scene.title} · GOMS Explorer`;
  }

  setDay(time, scene, blended) {
    this.put(".day", time);
    this.put(".pace", TEXTS.rate(scene.days_a_second));
    this.put(".blended", blended ? TEXTS.blended : "");
  }

  // In place of the caption, where a scene cannot be brought.
  refuse(message) {
    this.put(".caption", message);
    this.put(".caption:nth-of-type(2)", "");
  }

  setStreaks(shown) {
    this.put(".streaks-note", shown ? TEXTS.streaks : "");
  }

  /** Shows what is waited for in place of the show. @param {import("./programme.js").Waiting} waiting */
  wait({ title, detail, fraction = null }) {
    document.body.dataset.state = "waiting";
    this.put(".waiting h2", title);
    this.put(".waiting p", detail);
    this.find(".gauge").hidden = fraction === null;
    this.find(".gauge div").style.width = `${100 * (fraction ?? 0)}%`;
  }

  play() {
    document.body.dataset.state = "playing";
  }
}
