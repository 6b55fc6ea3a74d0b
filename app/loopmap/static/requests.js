// Asks the server for what it has: what it refuses is final; what was lost on the way is asked for again until it arrives.

import { say } from "./i18n.js";

const FIRST_PAUSE = 800; // ms until it is asked again; twice as long each time, up to
const LONGEST_PAUSE = 10000;
const PASSING = [408, 425, 429]; // statuses below 500 that another moment may change

// What the server will say again however often it is asked.
export class Refusal extends Error {}

/**
 * Returns what `read` makes of the response. Raises a Refusal, or an AbortError once `signal` is aborted.
 * @template T
 * @param {string | URL} address
 * @param {(response: Response) => Promise<T>} read
 * @param {object} [options]
 * @param {AbortSignal} [options.signal]
 * @param {(words: string) => void} [options.lost] told, from the second time on, that no answer came or that the server is in trouble
 * @returns {Promise<T>}
 */
export async function ask(address, read, { signal, lost } = {}) {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    signal?.throwIfAborted();
    let words;
    try {
      const response = await fetch(address, { signal, credentials: "same-origin" });
      if (response.ok) return await read(response);
      words = await reason(response);
      if (response.status < 500 && !PASSING.includes(response.status)) throw new Refusal(words);
    } catch (error) {
      if (error instanceof Refusal || error.name === "AbortError") throw error;
      // Only what came over the network names no cause of its own.
      words = error instanceof TypeError ? say("The server does not answer; it is asked again.") : error.message;
    }
    if (pause > FIRST_PAUSE) lost?.(words);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function reason(response) {
  const text = await response.text().catch(() => "");
  try {
    const { error } = JSON.parse(text);
    if (error) return String(error);
  } catch {
    // No JSON: a proxy answers in its own words.
  }
  return say("The server answered {status}", { status: response.status });
}
