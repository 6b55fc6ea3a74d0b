// HTML with words in it: whatever is filled in is text, unless it is markup itself. The one place where HTML is made of values.

const LETTERS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

class Markup {
  constructor(html) {
    this.html = html;
  }
}

export const NOTHING = new Markup("");

// A tag of template literals; a list is filled in piece by piece.
export function markup(pieces, ...values) {
  return new Markup(pieces.reduce((html, piece, i) => html + written(values[i - 1]) + piece));
}

// Puts markup into an element, where it is another than before.
export function put(element, made) {
  if (element.madeOf === made.html) return;
  element.innerHTML = element.madeOf = made.html;
}

function written(value) {
  if (value instanceof Markup) return value.html;
  if (Array.isArray(value)) return value.map(written).join("");
  return String(value ?? "").replace(/[&<>"']/g, (letter) => LETTERS[letter]);
}
