// What the maps say, in the language of the page: English is written where it is used, other words come with the page.

let words = {};

// Takes the words {English: text}; what is not among them stays English.
export function speak(table) { words = table; }

// Returns `text` in the language of the page, its places such as {day} filled in.
export function say(text, values = {}) {
  return (words[text] ?? text).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
