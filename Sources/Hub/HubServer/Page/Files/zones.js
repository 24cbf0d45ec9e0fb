// Heart rate zones: parts of the highest heart rate that somebody's heart reaches.

/** Each zone from this part of the maximum on. */
export const zones = [
  { name: "Rest", from: 0 },
  { name: "Very light", from: 0.5 },
  { name: "Light", from: 0.6 },
  { name: "Moderate", from: 0.7 },
  { name: "Hard", from: 0.8 },
  { name: "Maximum", from: 0.9 },
];

export const usualMaximumBPM = 190;
export const maximumBPMRange = { min: 100, max: 250 };

export function isMaximumBPM(value) {
  return Number.isFinite(value) && value >= maximumBPMRange.min && value <= maximumBPMRange.max;
}

/** The number of the zone, 0 to 5. */
export function zoneOf(bpm, maximumBPM) {
  return zones.findLastIndex((zone) => bpm >= zone.from * maximumBPM);
}
