// The programme of the show as app/show/programme.py writes it: what can be shown now, or what is being waited for.

/** @typedef {{ south: number, north: number, west: number, east: number }} Box bounds in degrees */

/** @typedef {{ name: string, latitude: number, longitude: number }} Place */

/**
 * @typedef {object} Scene
 * @property {string} name as the address has it
 * @property {string} title
 * @property {string[]} caption two sentences
 * @property {string} variable
 * @property {string} palette name of the palette
 * @property {string[]} colours its 256 colours
 * @property {[number, number]} limits in the units of the variable
 * @property {boolean} logarithmic
 * @property {number} latitude of the place that the camera looks at
 * @property {number} longitude
 * @property {number} span degrees of the globe across the shorter side of the open part of the screen
 * @property {Box | null} close where the field comes in full detail
 * @property {Place[]} places
 * @property {boolean} streaks whether the surface current moves over the colours
 * @property {number} days_a_second
 * @property {number} rounds times that the days are shown before the next scene
 * @property {number} turn degrees of longitude that the camera drifts in a second
 * @property {string} quantity
 * @property {string} units
 * @property {string} store
 * @property {string} revision
 * @property {number[]} leads
 * @property {string[]} times label of each lead
 * @property {string} source
 * @property {string} notice
 * @property {{ store: string, revision: string } | null} flow store of the surface current
 */

/** @typedef {{ title: string, detail: string, fraction?: number | null }} Waiting what a visitor waits for */

/** @typedef {{ scenes: Scene[], complete: boolean, waiting: Waiting | null }} Programme */

/** Asks the server for the programme; raises Error where it does not answer. @returns {Promise<Programme>} */
export async function readProgramme() {
  const address = `show/programme.json?language=${document.documentElement.dataset.language}`;
  const response = await fetch(address, { credentials: "same-origin" });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}
