// What the show says by itself, in the language of the page; titles and captions come with the programme.

import { say, setTranslations } from "loopmap/i18n.js";

setTranslations(JSON.parse(document.querySelector("#words").textContent));

export const TEXTS = {
  rate: (days) => (days === 1 ? say("simulated; 1 s = 1 day") : say("simulated; 1 s = {days} days", { days })),
  blended: say("blended between days"),
  streaks: say("Streaks: direction and speed of this instant, not drift paths"),
  opening: [say("Opening the ocean"), say("The first pictures are on their way.")],
  lost: [say("The server does not answer"), say("The show goes on as soon as it does.")],
  previous: say("Previous scene (left arrow)"),
  next: say("Next scene (right arrow)"),
  play: say("Play (space)"),
  pause: say("Pause (space)"),
  globe: say("Show the globe (g)"),
  flat: say("Show a flat map (g)"),
  streaksOn: say("Show streaks of the current (s)"),
  streaksOff: say("Hide streaks of the current (s)"),
  full: say("Full screen (f)"),
  leaveFull: say("Leave full screen (f)"),
  scene: (number, count, title) => say("Scene {number} of {count}: {title}", { number, count, title }),
};
