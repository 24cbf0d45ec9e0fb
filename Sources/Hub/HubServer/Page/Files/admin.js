// The page at `/admin`: rooms, members and tokens.

import { AdminHub } from "./admin-hub.js";
import { wait, waitMs } from "./follower.js";
import { base, Refusal } from "./hub.js";
import { MemberDialog } from "./member-dialog.js";

const tokenKey = `strapline.admin ${base.pathname}`;
const part = (id) => document.getElementById(id);
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** The token stays in this tab. One of a link does not stay in the address. */
function takeTokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get("access_token");
  if (!token) return;
  history.replaceState(null, "", location.pathname + location.search);
  sessionStorage.setItem(tokenKey, token);
}

function element(name, { text, label, ...properties } = {}, ...children) {
  const result = Object.assign(document.createElement(name), properties);
  if (text !== undefined) result.textContent = text;
  if (label !== undefined) result.setAttribute("aria-label", label);
  result.append(...children);
  return result;
}

function button(text, label, onClick) {
  const result = element("button", { text, label, type: "button" });
  result.addEventListener("click", onClick);
  return result;
}

function roomName(room) {
  const { name } = room.config;
  return typeof name === "string" && name !== "" ? name : `Room ${room.room_id.slice(0, 8)}`;
}

/** Asks before something that cannot be undone. With a `name` it must be typed. */
function isConfirmed(title, action, name) {
  const dialog = part("confirm");
  part("confirm-title").textContent = title;
  part("confirm-yes").textContent = action;
  part("confirm-label").hidden = !name;
  part("confirm-name").textContent = name ?? "";
  part("confirm-input").value = "";
  const check = () => (part("confirm-yes").disabled = Boolean(name) && part("confirm-input").value.trim() !== name);
  part("confirm-input").oninput = check;
  check();
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

class Administration {
  #rooms = [];
  #leave;

  constructor(hub) {
    this.hub = hub;
    this.member = new MemberDialog(part("member"), hub);
  }

  /** Runs until the administrator signs out; throws the `Refusal` of a token that is not good. */
  async run() {
    const ending = new AbortController();
    const options = { signal: ending.signal };
    const leaving = new Promise((resolve, reject) => {
      this.#leave = reject;
      part("sign-out").addEventListener("click", resolve, options);
    });
    try {
      await Promise.race([this.#begin(options), leaving]);
      await leaving;
    } finally {
      ending.abort();
      this.member.close();
      part("administration").hidden = true;
    }
  }

  /** Shows everything as soon as the hub answers. */
  async #begin(options) {
    const { signal } = options;
    for (let attempt = 0; !(await this.#hasLoaded()); attempt++) {
      if (signal.aborted) return;
      this.#open({ hasContent: false });
      this.#show("The hub does not answer. Trying again …", true);
      await wait(waitMs(attempt), signal);
    }
    if (signal.aborted) return;
    this.#open({ hasContent: true });
    this.#show("", false);
    this.#onSubmit("add", options, (form) => this.#add(form));
    this.#onSubmit("add-room", options, async (form) => {
      const name = form.get("name").trim();
      await this.hub.createRoom(name);
      return `Created room ${name}.`;
    });
  }

  #open({ hasContent }) {
    part("sign-in").hidden = true;
    part("administration").hidden = false;
    for (const section of part("content").children) section.hidden = !hasContent;
  }

  /** False if the hub does not answer: the token may be as good as ever. Throws the `Refusal` of one that is not. */
  async #hasLoaded() {
    try {
      await this.#load();
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.isFinal) throw error;
      return false;
    }
  }

  #onSubmit(id, options, action) {
    const submit = (event) => {
      event.preventDefault();
      this.#do(async () => {
        const message = await action(new FormData(part(id)));
        part(id).reset();
        return message;
      });
    };
    part(id).addEventListener("submit", submit, options);
  }

  /** Does something, shows its outcome, and loads everything again. */
  async #do(action) {
    try {
      const message = await action();
      if (message === undefined) return;
      await this.#load();
      this.#show(message, false);
    } catch (error) {
      if (error instanceof Refusal && error.isFinal) this.#leave(error);
      else this.#show(error instanceof Refusal ? error.message : "The hub does not answer. Try again.", true);
    }
  }

  #show(message, isFailed) {
    part("status").textContent = message;
    part("status").dataset.failed = isFailed;
  }

  async #add(form) {
    const room = this.#rooms.find((each) => each.room_id === form.get("room"));
    if (!room) throw new Refusal(400, "Create a room first.");
    const user = await this.hub.user(form.get("name").trim());
    const known = room.members.find((member) => member.user_id === user.user_id);
    const maximum = Number(form.get("maximum"));
    const config = maximum ? { ...known?.config, max_heart_rate: maximum } : undefined;
    await this.hub.setMember(room.room_id, user.user_id, config);
    await this.member.open(user);
    return known ? `${user.name} is a member of ${roomName(room)} already.` : `Added ${user.name} to ${roomName(room)}.`;
  }

  async #load() {
    const [rooms, tokens] = await Promise.all([this.hub.rooms(), this.hub.tokens()]);
    this.#rooms = rooms;
    const select = part("add").elements.room;
    const chosen = select.value;
    select.replaceChildren(...rooms.map((room) => new Option(roomName(room), room.room_id)));
    if (rooms.some((room) => room.room_id === chosen)) select.value = chosen;
    part("rooms").replaceChildren(...rooms.flatMap((room) => this.#roomParts(room)));
    part("tokens").replaceChildren(...tokens.map((token) => this.#tokenRow(token)));
  }

  #roomParts(room) {
    const name = roomName(room);
    const remove = button("Delete room", `Delete room ${name}`, () => this.#removeRoom(room, name));
    const title = element("h3", { text: name });
    const members = room.members.map((member) => this.#memberRow(room, member));
    return [title, element("ul", {}, ...members, element("li", {}, element("span", { className: "name" }), remove))];
  }

  #memberRow(room, member) {
    const maximum = member.config.max_heart_rate;
    return element(
      "li",
      {},
      element("span", { className: "name", text: member.name }),
      element("span", { className: "quiet", text: maximum ? `maximum ${maximum}` : "" }),
      button("New links", `New links and tokens for ${member.name}`, () => this.#do(() => this.member.open(member).then(() => ""))),
      button("Remove", `Remove ${member.name} from ${roomName(room)}`, () =>
        this.#do(async () => {
          await this.hub.removeMember(room.room_id, member.user_id);
          return `Removed ${member.name} from ${roomName(room)}. Readings and tokens stay.`;
        })),
      button("Delete", `Delete ${member.name} and all readings`, () =>
        this.#do(async () => {
          const { name } = member;
          const count = await this.hub.readingCount(member.user_id);
          const readings = `${count.toLocaleString()} reading${count === 1 ? "" : "s"}`;
          const title = `Delete ${name}, all tokens and ${readings}? This cannot be undone.`;
          if (!(await isConfirmed(title, "Delete", name))) return undefined;
          await this.hub.removeUser(member.user_id);
          return `Deleted ${name}.`;
        })),
    );
  }

  #removeRoom(room, name) {
    this.#do(async () => {
      const { length } = room.members;
      const title = `Delete room ${name} with ${length} member${length === 1 ? "" : "s"}? Readings stay.`;
      if (!(await isConfirmed(title, "Delete", name))) return undefined;
      await this.hub.removeRoom(room.room_id);
      return `Deleted room ${name}.`;
    });
  }

  #tokenRow(token) {
    const time = (text) => (text ? moment.format(Date.parse(text)) : undefined);
    const cells = [
      token.user_name, token.label ?? "–", time(token.last_used_at) ?? "never", time(token.expires_at) ?? "for ever",
      token.client_id ? `program ${token.client_id}` : token.issued_by ?? "–",
    ];
    const name = `${token.user_name}'s token ${token.label ?? token.token_id}`;
    const revoke = button("Revoke", `Revoke ${name}`, () =>
      this.#do(async () => {
        if (!(await isConfirmed(`Revoke ${name}? Its program or link stops working.`, "Revoke"))) return undefined;
        await this.hub.removeToken(token.token_id);
        return `Revoked ${name}.`;
      }));
    return element("tr", {}, ...cells.map((text) => element("td", { text })), element("td", {}, revoke));
  }
}

/** Waits until somebody signs in. */
function askForToken() {
  part("sign-in").hidden = false;
  part("token").focus();
  return new Promise((resolve) => {
    const submit = (event) => {
      event.preventDefault();
      sessionStorage.setItem(tokenKey, part("token").value.trim());
      part("token").value = "";
      resolve();
    };
    part("sign-in").querySelector("form").addEventListener("submit", submit, { once: true });
  });
}

async function run() {
  addEventListener("hashchange", () => location.hash.includes("access_token=") && location.reload());
  takeTokenFromAddress();
  for (;;) {
    if (!sessionStorage.getItem(tokenKey)) await askForToken();
    part("refused").textContent = "";
    try {
      await new Administration(new AdminHub(sessionStorage.getItem(tokenKey))).run();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      part("refused").textContent = `The hub refuses: ${error.message}`;
    }
    sessionStorage.removeItem(tokenKey);
  }
}

run();
