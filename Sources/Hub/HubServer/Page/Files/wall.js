// The wall: one screen that shows every member of a room at once, without scrolling.

/** A tile of this shape has room for a name above a number. */
const tileRatio = 1.5;

/** The number of columns that makes the tiles of `count` members largest on a screen of this size. */
export function columnCount(count, width, height) {
  let best = { columns: 1, height: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const tileHeight = Math.min(height / rows, width / columns / tileRatio);
    if (tileHeight > best.height) best = { columns, height: tileHeight };
  }
  return best.columns;
}

/** Switches between the page and the wall. The address keeps the choice: a screen opens the same view after a restart. */
export class Wall {
  #lock;

  /** `tiles` is the list of tiles; `onChange` draws them again; `signal` ends it. */
  constructor({ tiles, wallButton, fullScreenButton, onChange, signal }) {
    this.tiles = tiles;
    this.wallButton = wallButton;
    this.fullScreenButton = fullScreenButton;
    this.onChange = onChange;
    const options = { signal };
    wallButton.addEventListener("click", () => this.#choose(!this.isOn), options);
    fullScreenButton.addEventListener("click", () => this.#toggleFullScreen(), options);
    document.addEventListener("fullscreenchange", () => this.#show(), options);
    document.addEventListener("visibilitychange", () => this.#keepAwake(), options);
    addEventListener("resize", () => this.fit(), options);
    const watch = new MutationObserver(() => this.fit());
    watch.observe(tiles, { childList: true });
    signal.addEventListener("abort", () => {
      watch.disconnect();
      document.documentElement.dataset.view = "page";
    });
    this.#show();
  }

  get isOn() {
    return new URLSearchParams(location.search).get("view") === "wall";
  }

  /** Gives the tiles as many columns as suit their number and the screen. */
  fit() {
    const { clientWidth, clientHeight } = this.tiles;
    const columns = columnCount(this.tiles.childElementCount, clientWidth, clientHeight);
    this.tiles.style.setProperty("--columns", columns);
  }

  #choose(isOn) {
    const address = new URL(location);
    if (isOn) address.searchParams.set("view", "wall");
    else address.searchParams.delete("view");
    history.replaceState(null, "", address);
    if (!isOn && document.fullscreenElement) document.exitFullscreen();
    this.#show();
    this.onChange();
  }

  #show() {
    document.documentElement.dataset.view = this.isOn ? "wall" : "page";
    this.wallButton.setAttribute("aria-pressed", this.isOn);
    this.fullScreenButton.hidden = !this.isOn || !document.fullscreenEnabled;
    this.fullScreenButton.textContent = document.fullscreenElement ? "Leave full screen" : "Full screen";
    this.fit();
    this.#keepAwake();
  }

  #toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {});
  }

  /** Browsers allow this with TLS and at localhost only, and end it when the page is hidden. */
  async #keepAwake() {
    if (!navigator.wakeLock) return;
    if (this.isOn && document.visibilityState === "visible") {
      this.#lock ??= navigator.wakeLock.request("screen").catch(() => undefined);
      const lock = await this.#lock;
      if (!lock || lock.released) this.#lock = undefined;
      lock?.addEventListener("release", () => (this.#lock = undefined), { once: true });
    } else {
      const lock = this.#lock;
      this.#lock = undefined;
      (await lock)?.release();
    }
  }
}
