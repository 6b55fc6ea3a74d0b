// What the server tells of one map: the twin of app/state/panel_spec.py; tests/app/loopmap/test_script_types.py
// compares the names.

/**
 * Where a layer over a map comes from.
 * @typedef {object} LayerSource
 * @property {string} store identifier that the frames handler opens
 * @property {number} depth_index
 * @property {string} revision changes when a store of the same identifier is written anew
 * @property {number[]} leads of that store, in days
 */

/**
 * One map.
 * @typedef {object} PanelSpec
 * @property {string} key unique within the component: `forecast`, `reference`, `whole`, `spread` or `difference`
 * @property {"field" | "difference"} kind a difference is made in the browser of the two maps `of`
 * @property {string[]} [of] keys of the two maps, the first minus the second
 * @property {string} [store] identifier that the frames handler opens; empty where there is nothing to show
 * @property {string} [variable]
 * @property {number} [depth_index]
 * @property {number[]} [leads] finished leads of the store, in days; they may grow
 * @property {number} [lead_offset] the store's lead shown at lead L of the loop is L + lead_offset
 * @property {string} [revision] changes when a store of the same identifier is written anew
 * @property {string} title label of the source
 * @property {number} [lead_shift] added to the lead in words, where a forecast counts from another start
 * @property {boolean} [has_lead] false for an analysis, whose days are no leads
 * @property {string} [quantity]
 * @property {string} [units] of the frames
 * @property {[string, number?, number?]} [shown] symbol, factor and offset of the unit in which values are written
 * @property {[string, number?, number?]} [speed] the same for the speed of currents and winds
 * @property {string} [forcing]
 * @property {string} [notice]
 * @property {[number, string][]} [classes] lower limit, in the unit shown, and name of each class on the colour bar
 * @property {string} [empty] shown in place of a map without leads
 * @property {string} [palette]
 * @property {[number, number]} [range] colour limits of a difference
 * @property {boolean} [own_range] true where another quantity than on the other maps needs colour limits of its own
 * @property {LayerSource | null} [currents]
 * @property {LayerSource | null} [wind]
 * @property {LayerSource | null} [ice]
 * @property {string} [eddies] identifier of the store whose eddies belong to the map; empty where there is none
 */

/** Returns a word that is the same for two descriptions of the same field. @param {PanelSpec} [spec] */
export function contentKey(spec) {
  return JSON.stringify([spec?.kind, spec?.store, spec?.variable, spec?.depth_index || 0, spec?.revision || "", spec?.of]);
}

/** Returns the store's own number of a lead of the loop. @param {PanelSpec} spec */
export function storeLead(spec, lead) {
  return lead + (spec.lead_offset || 0);
}

/** Returns the finished lead of the store that is nearest to a lead of the loop. @param {PanelSpec} spec */
export function nearestLead(spec, lead) {
  const wanted = storeLead(spec, lead);
  return spec.leads.reduce((best, one) => (Math.abs(one - wanted) < Math.abs(best - wanted) ? one : best), spec.leads[0]);
}
