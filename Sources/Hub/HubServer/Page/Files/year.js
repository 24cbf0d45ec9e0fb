// The calendar of a year: a block for each month, a place for each day.

import { dateText } from "./local-time.js";

/** Minutes from which on a day has the next deeper colour. */
const levels = [1, 30, 90, 240];
const monthName = new Intl.DateTimeFormat(undefined, { month: "long" });
const dayName = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });

/** Draws the days `{ date, minutes, sessions, average_bpm, maximum_bpm }`. A day with some calls `onDay` with its `Date`. */
export function drawYear(container, year, days, onDay) {
  const known = new Map(days.map((day) => [day.date, day]));
  container.replaceChildren(
    ...Array.from({ length: 12 }, (_, month) => {
      const block = document.createElement("div");
      const title = document.createElement("h3");
      title.textContent = monthName.format(new Date(year, month, 1));
      const list = document.createElement("ol");
      // Monday first.
      list.dataset.firstWeekday = ((new Date(year, month, 1).getDay() + 6) % 7) + 1;
      const length = new Date(year, month + 1, 0).getDate();
      for (let number = 1; number <= length; number++) {
        const day = known.get(dateText(year, month, number));
        list.append(dayItem(new Date(year, month, number), day, onDay));
      }
      block.append(title, list);
      return block;
    }),
  );
}

function dayItem(date, day, onDay) {
  const item = document.createElement("li");
  if (!day) return item;
  const button = document.createElement("button");
  button.type = "button";
  const level = levels.filter((minutes) => day.minutes >= minutes).length;
  button.dataset.level = level;
  const sessions = day.sessions === 1 ? "1 session" : `${day.sessions} sessions`;
  const words =
    `${dayName.format(date)}: ${day.minutes} min, ${sessions}, average ${Math.round(day.average_bpm)} bpm, ` +
    `maximum ${day.maximum_bpm} bpm`;
  button.setAttribute("aria-label", words);
  button.title = words;
  button.addEventListener("click", () => onDay(date));
  item.append(button);
  return item;
}

/** The sum of a year in words. */
export function yearWords(days) {
  if (days.length === 0) return "Nothing was measured in this year.";
  const minutes = days.reduce((sum, day) => sum + day.minutes, 0);
  const sessions = days.reduce((sum, day) => sum + day.sessions, 0);
  return `${days.length} days, ${sessions} sessions, ${Math.round(minutes / 60)} h`;
}
