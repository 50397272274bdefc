/** Progress of the running step, drawn below the cell and kept up to date. */

import { escapeHtml, type ProgressEvent, showDuration, showNumber, showRate } from "../core/mod.ts";
import { display } from "./kernel.ts";

const REDRAW_MS = 400;

/** One line of HTML: label, bar, count, rate, errors, time left. */
export function progressHtml(event: ProgressEvent): string {
  const share = event.total === 0 ? 0 : event.done / event.total;
  const facts = [
    `${showNumber(event.done, 9)} of ${showNumber(event.total, 9)}`,
    event.rate_per_s === null ? null : showRate(event.rate_per_s),
    event.errors === 0 ? null : `<b>${event.errors} errors</b>`,
    event.eta_s === null || event.done >= event.total ? null : `${showDuration(event.eta_s * 1000)} left`,
  ].filter((fact) => fact !== null);
  return `<div style="font-family:sans-serif;font-size:13px"><progress value="${share}" max="1" style="width:16em"></progress> ` +
    `${facts.join(" · ")}<br><span style="opacity:.7">${
      escapeHtml([event.label, event.last].filter((text) => text !== undefined).join(" · "))
    }</span></div>`;
}

/** A display that is replaced as events come in, at most every 0.4 s; the last event is always drawn. */
export class LiveProgress {
  #id = `fmbench-progress-${crypto.randomUUID()}`;
  #shown = false;
  #drawnAt = -Infinity;
  #drawing: Promise<void> = Promise.resolve();
  #newest: ProgressEvent | null = null;

  /** Takes the newest event. */
  update(event: ProgressEvent): void {
    this.#newest = event;
    const now = performance.now();
    if (event.done < event.total && now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    this.#draw(event);
  }

  #draw(event: ProgressEvent): void {
    const update = this.#shown;
    this.#shown = true;
    this.#drawing = this.#drawing.then(() =>
      display({ "text/html": progressHtml(event) }, { id: this.#id, update })
    );
  }

  /** Nothing more comes: draws how far it came, without the time left; resolves when everything is drawn. */
  async settle(): Promise<void> {
    const newest = this.#newest;
    if (newest !== null && newest.done < newest.total) this.#draw({ ...newest, eta_s: null });
    await this.#drawing;
  }
}
