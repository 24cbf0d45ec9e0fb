// New links and tokens of a member: the page's link as a QR code, the uploader's token, and the overlay.

import { base } from "./hub.js";

const usualOptions = { style: "", size: "96", color: "#ffffff", heart: "#ff4d6d", label: "" };
const localHosts = ["localhost", "127.0.0.1", "[::1]"];
const namespace = "http://www.w3.org/2000/svg";

export class MemberDialog {
  #overlayToken = "";
  #name = "";

  constructor(dialog, hub) {
    this.dialog = dialog;
    this.hub = hub;
    dialog.querySelector(".close").onclick = () => this.close();
    for (const line of dialog.querySelectorAll(".copy")) {
      line.querySelector("button").onclick = () => copy(line.querySelector("input"), line.querySelector("button"));
    }
    this.form = dialog.querySelector("#overlay-options");
    this.form.oninput = () => this.#showOverlay();
    this.form.onsubmit = (event) => event.preventDefault();
    dialog.onclose = () => this.#clear();
  }

  /** Issues the tokens of a user and shows them. Earlier ones stay valid. */
  async open(user) {
    const [reader, uploader, overlay] = await Promise.all([
      this.hub.readerToken(user), this.hub.uploaderToken(user), this.hub.overlayToken(user),
    ]);
    const link = `${base.href}#access_token=${reader}`;
    this.#draw(await this.hub.qrCode(link));
    this.#name = user.name;
    this.#overlayToken = overlay;
    this.#part("#member-name").textContent = user.name;
    this.#part("#page-link").value = link;
    this.#part("#uploader-token").value = uploader;
    this.#part("#local-only").hidden = !localHosts.includes(location.hostname);
    this.form.reset();
    this.#showOverlay();
    this.dialog.showModal();
  }

  close() {
    this.dialog.close();
  }

  #part(selector) {
    return this.dialog.querySelector(selector);
  }

  #showOverlay() {
    const options = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) {
      // Colours have no # in an address.
      if (value !== usualOptions[name]) options.set(name, value.replace(/^#/, ""));
    }
    const query = options.size > 0 ? `?${options}` : "";
    const link = `${base.href}overlay/${encodeURIComponent(this.#name)}${query}#access_token=${this.#overlayToken}`;
    this.#part("#overlay-link").value = link;
    this.#part("#preview").src = link;
  }

  #clear() {
    for (const input of this.dialog.querySelectorAll(".copy input")) input.value = "";
    this.#overlayToken = "";
    this.#part("#preview").removeAttribute("src");
    this.#part("#code").replaceChildren();
  }

  #draw(rows) {
    const code = this.#part("#code");
    code.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
    const squares = rows.flatMap((row, y) =>
      [...row].map((module, x) => (module === "1" ? square(x, y) : undefined)));
    code.replaceChildren(...squares.filter(Boolean));
  }
}

function square(x, y) {
  const result = document.createElementNS(namespace, "rect");
  for (const [name, value] of Object.entries({ x, y, width: 1.02, height: 1.02 })) result.setAttribute(name, value);
  return result;
}

/** Browsers give pages the clipboard with TLS and at localhost only; elsewhere the old command works. */
async function copy(input, button) {
  input.select();
  const isCopied = navigator.clipboard
    ? await navigator.clipboard.writeText(input.value).then(() => true, () => false)
    : document.execCommand("copy");
  button.textContent = isCopied ? "Copied" : "Press Ctrl-C";
  setTimeout(() => (button.textContent = "Copy"), 2000);
}
