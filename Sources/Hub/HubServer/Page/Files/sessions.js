// The page at `/sessions`: the user's own sessions, mornings and days.

import { wait, waitMs } from "./follower.js";
import { Hub, Refusal } from "./hub.js";
import { clockLength, offsets } from "./local-time.js";
import { savedToken } from "./session.js";
import { SessionView } from "./session-view.js";
import { drawTrend, trendWords } from "./trend.js";
import { drawYear, yearWords } from "./year.js";
import { isMaximumBPM } from "./zones.js";

const part = (id) => document.getElementById(id);
const dayMs = 24 * 3600_000;
const trendDays = 90;
/** The browser has read a file that it saves. */
const savingMs = 60_000;
/** All waits of a call for a busy hub. */
const patienceMs = 60_000;
const maximumKey = "strapline.maximum_heart_rate";
const listTime = new Intl.DateTimeFormat(undefined, {
  weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit",
});

/** Runs one task at a time. Of the tasks that come while one runs, only the last one runs after it. */
class LatestTask {
  #running;
  #next;

  /** Returns when the last of these tasks has ended. */
  run(task) {
    this.#next = task;
    this.#running ??= this.#runAll();
    return this.#running;
  }

  async #runAll() {
    try {
      while (this.#next) {
        const task = this.#next;
        this.#next = undefined;
        try {
          await task();
        } catch (error) {
          // The user has chosen something else since then.
          if (!this.#next) throw error;
        }
      }
    } finally {
      this.#running = undefined;
    }
  }
}

class SessionsPage {
  #view = new SessionView();
  #sessions = [];
  #next = null;
  #chosen;
  #year = new Date().getFullYear();
  #mornings = [];
  // A user clicks faster than a hub answers, and it takes two histories of a token at once.
  #listing = new LatestTask();
  #showing = new LatestTask();
  #counting = new LatestTask();
  #saving = Promise.resolve();

  constructor(hub) {
    this.hub = hub;
  }

  async run() {
    part("more").addEventListener("click", () => this.#try(() => this.#readMore()));
    part("maximum").addEventListener("change", () => this.#try(() => this.#setMaximum()));
    part("files").addEventListener("click", (event) => this.#saveLater(event.target.dataset.format));
    part("year-before").addEventListener("click", () => this.#try(() => this.#showYear(this.#year - 1)));
    part("year-after").addEventListener("click", () => this.#try(() => this.#showYear(this.#year + 1)));
    new ResizeObserver(() => this.#drawTrend()).observe(part("trend-chart"));
    await whenTheHubAnswers(async () => (this.maximum = (await this.hub.profile()).max_heart_rate));
    await whenTheHubAnswers(() => this.#readMore());
    document.querySelector("main").hidden = false;
    if (this.#sessions.length > 0) await whenTheHubAnswers(() => this.#choose(this.#chosen ?? this.#sessions[0].start));
    performance.mark("strapline-session");
    await whenTheHubAnswers(() => this.#showTrend());
    await whenTheHubAnswers(() => this.#showYear(this.#year));
    performance.mark("strapline-year");
  }

  // The list

  #readMore() {
    return this.#listing.run(async () => {
      const page = await this.hub.sessions(this.#next === null ? {} : { before: this.#next });
      this.#showPage(page, this.#sessions);
    });
  }

  #showPage(page, earlier) {
    this.#sessions = [...earlier, ...page.sessions];
    this.#next = page.next;
    part("more").hidden = page.next === null;
    part("empty").hidden = this.#sessions.length > 0;
    this.#showList();
  }

  #showList() {
    part("sessions").replaceChildren(
      ...this.#sessions.map((session) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.setAttribute("aria-current", session.start === this.#chosen);
        const [length, rate] = [document.createElement("span"), document.createElement("span")];
        length.textContent = clockLength(session.end - session.start);
        rate.textContent =
          `${Math.round(session.average_bpm)} bpm, up to ${session.maximum_bpm}` + (session.is_running ? " · running" : "");
        button.append(listTime.format(session.start), length, rate);
        button.addEventListener("click", () => this.#try(() => this.#choose(session.start)));
        item.append(button);
        return item;
      }),
    );
  }

  /** Shows the sessions up to the end of a day. */
  async #goTo(date) {
    const end = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
    await this.#listing.run(async () => this.#showPage(await this.hub.sessions({ before: end }), []));
    if (this.#sessions.length > 0) await this.#choose(this.#sessions[0].start);
    part("session").scrollIntoView({ block: "start" });
  }

  // One session

  #choose(start) {
    this.#chosen = start;
    this.#showList();
    return this.#showing.run(async () => {
      const own = Number(localStorage.getItem(maximumKey));
      const query = this.maximum == null && isMaximumBPM(own) && own > 0 ? { max_heart_rate: own } : {};
      const detail = await this.hub.session(start, query);
      // The user may have chosen another one since then.
      if (start === this.#chosen) this.#view.show(detail);
    });
  }

  async #setMaximum() {
    const value = Number(part("maximum").value);
    if (!isMaximumBPM(value)) return;
    try {
      this.maximum = (await this.hub.setProfile({ max_heart_rate: value })).max_heart_rate;
      part("maximum-note").textContent = "Saved for you at this hub.";
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 403)) throw error;
      this.maximum = null;
      localStorage.setItem(maximumKey, value);
      part("maximum-note").textContent = "Saved in this browser: this token cannot change your profile.";
    }
    await this.#choose(this.#chosen);
  }

  /** Saves each file that the user has clicked on, one after the other. */
  #saveLater(format) {
    if (!format) return;
    const start = this.#chosen;
    this.#saving = this.#saving.then(() => this.#try(() => this.#save(start, format)));
  }

  /** A browser cannot send the token with a link. */
  async #save(start, format) {
    part("files-note").textContent = "Loading …";
    try {
      const { blob, name } = await this.hub.sessionFile(start, { format, offset: offsets(start, start + dayMs) });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), savingMs);
      part("files-note").textContent = `Saved ${name}.`;
    } catch (error) {
      if (!(error instanceof Refusal) || error.isFinal) throw error;
      part("files-note").textContent = error.message;
    }
  }

  // Mornings and days

  async #showTrend() {
    const toMs = Math.ceil(this.hub.now());
    const fromMs = toMs - trendDays * dayMs;
    const { mornings } = await this.hub.mornings({ from: fromMs, to: toMs, offset: offsets(fromMs, toMs) });
    this.#mornings = mornings;
    this.trendTime = { fromMs, toMs };
    part("trend-words").textContent = trendWords(mornings);
    this.#drawTrend();
  }

  #drawTrend() {
    if (this.trendTime) drawTrend(part("trend-chart"), this.#mornings, this.trendTime);
  }

  #showYear(year) {
    this.#year = year;
    return this.#counting.run(() => this.#count(year));
  }

  async #count(year) {
    const from = new Date(year, 0, 1).getTime();
    const to = new Date(year + 1, 0, 1).getTime();
    const { days } = await this.hub.calendar({ from, to, offset: offsets(from, to) });
    if (year !== this.#year) return;
    part("year-title").textContent = year;
    part("year-after").disabled = year >= new Date().getFullYear();
    part("year-words").textContent = yearWords(days);
    drawYear(part("months"), year, days, (date) => this.#try(() => this.#goTo(date)));
  }

  async #try(action) {
    try {
      showState("");
      await action();
      hideWaiting();
    } catch (error) {
      showFailure(error);
    }
  }
}

/** Tries until the hub answers. Throws what the hub itself refuses. */
async function whenTheHubAnswers(action) {
  const never = new AbortController().signal;
  for (let attempt = 0; ; attempt++) {
    try {
      await action();
      return hideWaiting();
    } catch (error) {
      if (error instanceof Refusal && (error.isFinal || (error.isOfHub && error.status < 500))) throw error;
      showState("The hub does not answer: trying again …");
      await wait(waitMs(attempt), never);
    }
  }
}

function showState(text, isFailure = false) {
  part("state").textContent = text;
  part("state").toggleAttribute("data-failed", isFailure);
}

function showWaiting(ms) {
  showState(`The hub is busy: trying again in ${Math.ceil(ms / 1000)} s …`);
}

/** The failure of another action stays. */
function hideWaiting() {
  if (!part("state").hasAttribute("data-failed")) showState("");
}

function showFailure(error) {
  showState(error instanceof Refusal ? error.message : `The hub did not answer: ${error.message}`, true);
}

const token = savedToken.get();
if (token) {
  showState("Loading …");
  new SessionsPage(new Hub(token, { patienceMs, onWait: showWaiting })).run().then(hideWaiting, showFailure);
} else {
  showState("Not signed in. Sign in on the page of your room.");
}
