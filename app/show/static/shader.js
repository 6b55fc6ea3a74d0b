// The picture as one fragment shader: each pixel asks which place of the Earth it shows, on a globe or on a flat map, and what
// lies there: the field of two days, land, coast, graticule.

export const VERTEX = `#version 300 es
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3. : -1., gl_VertexID == 2 ? 3. : -1., 0., 1.);
}`;

export const FRAGMENT = `#version 300 es
precision highp float;
uniform bool globe;
uniform vec2 centre;      // pixel of the place looked at, y up
uniform vec2 look;        // its longitude and latitude in degrees
uniform float scale;      // pixels of the radius, or of a degree on a flat map
uniform float blend;      // share of the second day
uniform float light;      // of the field, 0 to 1
uniform float step;       // degrees between the lines of the graticule
uniform sampler2D globeDay, globeNext, closeDay, closeNext;  // place in the palette and cover, premultiplied
uniform vec4 globeBounds, closeBounds;                       // south, north, west, east
uniform bool hasClose;
uniform sampler2D palette;
uniform sampler2D land, landClose;                           // cover of land and of coastline
uniform vec4 landBounds;
uniform bool hasLandClose;
out vec4 colour;

const vec3 SPACE = vec3(.020, .031, .043);
const vec3 MISSING = vec3(.055, .075, .092);
const vec3 LAND = vec3(.098, .118, .137);
const vec3 COAST = vec3(.62, .69, .74);
const vec3 AIR = vec3(.34, .56, .70);

vec2 within(vec4 bounds, vec2 place) {
  return vec2(mod(place.x - bounds.z, 360.) / (bounds.w - bounds.z), (bounds.y - place.y) / (bounds.y - bounds.x));
}

// 0 outside the bounds, 1 some degrees inside: a box melts into the globe around it.
float inside(vec2 uv, vec4 bounds, float margin) {
  vec2 sides = min(uv, 1. - uv) * vec2(bounds.w - bounds.z, bounds.y - bounds.x);
  return smoothstep(0., margin, min(sides.x, sides.y));
}

vec2 days(sampler2D day, sampler2D next, vec2 uv) {
  return mix(textureLod(day, uv, 0.).rg, textureLod(next, uv, 0.).rg, blend);
}

float line(float degrees, float detail) {
  return 1. - smoothstep(.5, 1.5, abs(fract(degrees / step - .5) - .5) * step / detail);
}

void main() {
  vec2 p = (gl_FragCoord.xy - centre) / scale;
  float cover = 1., depth = 1., detail = 1. / scale;
  vec2 place;
  vec3 behind = SPACE;
  if (globe) {
    float r = length(p);
    cover = clamp((1. - r) * scale + .5, 0., 1.);
    behind += AIR * .20 * exp(-max(r - 1., 0.) * 26.);
    depth = sqrt(max(1. - r * r, 0.));
    float s = sin(radians(look.y)), c = cos(radians(look.y));
    place = vec2(look.x + degrees(atan(p.x, depth * c - p.y * s)), degrees(asin(clamp(p.y * c + depth * s, -1., 1.))));
    detail = degrees(1. / scale) / max(depth, .06);
  } else {
    place = look + p;
    cover = clamp((90. - abs(place.y)) * scale + .5, 0., 1.);
  }
  if (cover == 0.) {
    colour = vec4(behind, 1.);
    return;
  }

  vec2 field = days(globeDay, globeNext, within(globeBounds, place));
  vec2 uv = within(closeBounds, place);
  float near = hasClose ? inside(uv, closeBounds, 4.) : 0.;
  if (near > 0.) field = mix(field, days(closeDay, closeNext, uv), near);
  vec3 sea = texture(palette, vec2(field.r / max(field.g, .001) * (255. / 256.) + .5 / 256., .5)).rgb;
  vec3 seen = mix(MISSING, sea, smoothstep(.02, .2, field.g) * light);

  float lines = max(line(place.x, globe ? detail / max(cos(radians(place.y)), .02) : detail), line(place.y, detail));
  seen = mix(seen, vec3(1.), .09 * lines * (abs(place.y) < 88. ? 1. : 0.));

  float texel = 360. / float(textureSize(land, 0).x);
  vec2 ground = textureLod(land, within(vec4(-90., 90., 0., 360.), place), log2(max(detail / texel, 1.))).rg;
  uv = within(landBounds, place);
  near = hasLandClose ? inside(uv, landBounds, .5) : 0.;
  if (near > 0.) {
    texel = (landBounds.w - landBounds.z) / float(textureSize(landClose, 0).x);
    ground = mix(ground, textureLod(landClose, uv, log2(max(detail / texel, 1.))).rg, near);
  }
  seen = mix(seen, LAND, ground.r);
  seen = mix(seen, COAST, ground.g * .75);

  if (globe) {
    seen *= mix(.34, 1., pow(depth, .5));
    seen += AIR * .22 * pow(1. - depth, 3.);
  }
  colour = vec4(mix(behind, seen, cover), 1.);
}`;
