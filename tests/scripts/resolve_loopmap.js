// Lets Node find the modules of the map as the import map of the page does; `node --import` loads it before the tests.

import { registerHooks } from "node:module";

const STATIC = new URL("../../app/loopmap/static/", import.meta.url);

registerHooks({
  resolve(specifier, context, next) {
    const [, file] = /^loopmap\/(.+)$/.exec(specifier) ?? [];
    return file ? { url: new URL(file, STATIC).href, shortCircuit: true } : next(specifier, context);
  },
});
