// Translation in scripts: English stands where it is used, Chinese comes with the page.

/** @typedef {Record<string, string>} Translations English text to that of the page; what is not in it stays English */

/**
 * Returns a function that says a text in the language of the page, its places such as {day} filled in.
 * @param {Translations} translations
 * @returns {(text: string, values?: Record<string, unknown>) => string}
 */
export function translator(translations) {
  return (text, values = {}) => (translations[text] ?? text).replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

let translate = translator({});

/** Sets the language of all maps of the page. @param {Translations} translations */
export function setTranslations(translations) {
  translate = translator(translations);
}

/** Says a text in the language of the page. @param {string} text @param {Record<string, unknown>} [values] */
export function say(text, values) {
  return translate(text, values);
}
