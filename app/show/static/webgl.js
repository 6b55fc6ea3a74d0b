// Draws the globe or the flat map with WebGL2. A renderer written for this one picture is smaller than any library of globes:
// one triangle, one shader, and textures that the painter's own table fills from the frames.

import { Painter } from "loopmap/painter.js";
import { View } from "loopmap/view.js";

import { FRAGMENT, VERTEX } from "./shader.js";

const GREYS = Array.from({ length: 256 }, (_, place) => `#${place.toString(16).padStart(2, "0").repeat(3)}`);
const TEXTURES = ["globeDay", "globeNext", "closeDay", "closeNext", "palette", "land", "landClose"];
const CLOSE_LAND = 2048; // pixels
const GLOBE = [-90, 90, 0, 360]; // south, north, west, east in degrees

export class WebglRenderer {
  /**
   * Raises Error where the browser has no WebGL2.
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} lost called when the device goes away
   */
  constructor(canvas, lost) {
    const gl = canvas.getContext("webgl2", { antialias: false, alpha: false, depth: false, powerPreference: "high-performance" });
    if (!gl) throw new Error("no WebGL2");
    this.canvas = canvas;
    this.gl = gl;
    /** @type {Record<string, WebGLUniformLocation>} */
    this.uniforms = {};
    this.close = null; // box of the scene
    this.hasLandClose = false;
    this.ratio = 1;
    canvas.addEventListener("webglcontextlost", lost);
    this.kinds = ["globe", "flat"];
    // Grey levels stand for places in the palette: the painter's table then tells the place of every number.
    this.places = new Painter();
    const program = gl.createProgram();
    this.program = program;
    const compile = (kind, source) => {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    };
    compile(gl.VERTEX_SHADER, VERTEX);
    compile(gl.FRAGMENT_SHADER, FRAGMENT);
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) || "shader");
    gl.useProgram(program);
    gl.bindVertexArray(gl.createVertexArray());
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    this.textures = TEXTURES.map((name, unit) => {
      gl.uniform1i(this.uniform(name), unit);
      return { texture: gl.createTexture(), frame: null, key: "" };
    });
    TEXTURES.forEach((_, unit) => this.upload(unit, new Uint8Array(2), 1, 1));
  }

  uniform(name) {
    this.uniforms[name] ??= this.gl.getUniformLocation(this.program, name);
    return this.uniforms[name];
  }

  bind(unit, linear, around) {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, this.textures[unit].texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, linear);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, around ? gl.REPEAT : gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  }

  upload(unit, bytes, width, height, around = false) {
    const { gl } = this;
    this.bind(unit, gl.LINEAR, around);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RG8, width, height, 0, gl.RG, gl.UNSIGNED_BYTE, bytes);
  }

  setScene({ colours, limits, logarithmic, close }) {
    const { gl } = this;
    this.places.setColours(GREYS, ...limits, logarithmic);
    this.bind(TEXTURES.indexOf("palette"), gl.LINEAR, false);
    const bytes = Uint8Array.from(colours.flatMap((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16))));
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, 256, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, bytes);
    this.textures.forEach((slot) => {
      slot.frame = null;
    });
    this.close = close;
  }

  // Land and coast as textures: the whole globe once, and the box of the scene sharper.
  setLand(geography) {
    const widest = Math.min(this.gl.getParameter(this.gl.MAX_TEXTURE_SIZE), window.innerWidth < 700 ? 2048 : 4096);
    this.paintLand("land", geography, { south: -90, north: 90, west: 0, east: 360 }, widest);
    this.hasLandClose = Boolean(this.close) && this.paintLand("landClose", geography, this.close, CLOSE_LAND);
  }

  paintLand(name, geography, { south, north, west, east }, width) {
    const slot = this.textures[TEXTURES.indexOf(name)];
    const key = [geography.revision, south, north, west, east].join();
    if (slot.key === key) return true;
    const height = Math.round((width * (north - south)) / (east - west));
    const paths = geography.paths(new View((south + north) / 2, (west + east) / 2, east - west, width, height));
    if (!paths) return false;
    slot.key = key;
    const surface = new OffscreenCanvas(width, height);
    const context = surface.getContext("2d", { alpha: false });
    context.fillStyle = "#f00";
    context.fill(paths.land, "evenodd");
    context.globalCompositeOperation = "lighter";
    context.strokeStyle = "#0f0";
    context.lineWidth = 1.6;
    context.lineJoin = "round";
    context.stroke(paths.coast);
    const { gl } = this;
    this.bind(TEXTURES.indexOf(name), gl.LINEAR_MIPMAP_LINEAR, name === "land");
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RG8, gl.RG, gl.UNSIGNED_BYTE, surface);
    gl.generateMipmap(gl.TEXTURE_2D);
    return true;
  }

  // A frame becomes a texture once; a day that was the next one changes its slot.
  setDays(kind, day, next) {
    const [first, second] = [TEXTURES.indexOf(`${kind}Day`), TEXTURES.indexOf(`${kind}Next`)];
    if (this.textures[first].frame !== day && this.textures[second].frame === day) {
      [this.textures[first], this.textures[second]] = [this.textures[second], this.textures[first]];
      for (const unit of [first, second]) this.bind(unit, this.gl.LINEAR, kind === "globe");
    }
    this.fill(first, day, kind);
    this.fill(second, next, kind);
  }

  fill(unit, frame, kind) {
    const slot = this.textures[unit];
    if (slot.frame === frame) return;
    slot.frame = frame;
    const table = this.places.table(frame);
    const { numbers, width, height } = frame;
    const bytes = new Uint8Array(2 * numbers.length);
    for (let i = 0; i < numbers.length; i++) {
      if (numbers[i] === 0) continue;
      bytes[2 * i] = table[numbers[i]] & 255;
      bytes[2 * i + 1] = 255;
    }
    this.upload(unit, bytes, width, height, kind === "globe");
  }

  resize(width, height, ratio) {
    this.ratio = ratio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.gl.viewport(0, 0, this.canvas.width, this.canvas.height);
  }

  // `day` and `next` are {globe, close} frames, `weight` the share of the next, `light` of the field.
  draw({ projection, geography, day, next, weight, light }) {
    const { gl, ratio } = this;
    if (day) {
      this.setDays("globe", day.globe, next.globe);
      if (day.close) this.setDays("close", day.close, next.close);
    }
    this.setLand(geography);
    gl.uniform1i(this.uniform("globe"), projection.globe);
    gl.uniform2f(this.uniform("centre"), projection.x * ratio, this.canvas.height - projection.y * ratio);
    gl.uniform2f(this.uniform("look"), projection.lon, projection.lat);
    gl.uniform1f(this.uniform("scale"), projection.scale * ratio);
    gl.uniform1f(
      this.uniform("step"),
      projection.degreesPerPixel * Math.min(projection.screen.width, projection.screen.height) > 75 ? 30 : 10,
    );
    gl.uniform1f(this.uniform("blend"), weight);
    gl.uniform1f(this.uniform("light"), day ? light : 0);
    gl.uniform1i(this.uniform("hasClose"), day?.close ? 1 : 0);
    gl.uniform1i(this.uniform("hasLandClose"), this.hasLandClose ? 1 : 0);
    gl.uniform4fv(this.uniform("globeBounds"), day?.globe.bounds ?? GLOBE);
    gl.uniform4fv(this.uniform("closeBounds"), day?.close?.bounds ?? GLOBE);
    const { south, north, west, east } = this.close ?? { south: -90, north: 90, west: 0, east: 360 };
    gl.uniform4f(this.uniform("landBounds"), south, north, west, east);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
}
