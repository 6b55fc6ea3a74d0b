// What the show says by itself; titles and captions come with the programme.

export const WORDS = {
  rate: (days) => `simulated; 1 s = ${days} ${days === 1 ? "day" : "days"}`,
  blended: "blended between days",
  streaks: "Streaks: direction and speed of this instant, not drift paths",
  opening: ["Opening the ocean", "The first pictures are on their way."],
  lost: ["The server does not answer", "The show goes on as soon as it does."],
  previous: "Previous scene (left arrow)",
  next: "Next scene (right arrow)",
  play: "Play (space)",
  pause: "Pause (space)",
  globe: "Show the globe (g)",
  flat: "Show a flat map (g)",
  streaksOn: "Show streaks of the current (s)",
  streaksOff: "Hide streaks of the current (s)",
  full: "Full screen (f)",
  leaveFull: "Leave full screen (f)",
  scene: (number, count, title) => `Scene ${number} of ${count}: ${title}`,
};
