/** What a chart is, and what all charts may be told. */

/** A finished chart. */
export interface Chart {
  /** File name without its ending: `cost_against_latency`. */
  readonly name: string;
  /** The question it answers: `What does it cost to be fast?`. Also the text for those who can't see it. */
  readonly title: string;
  /** How to read it, in a sentence or three of Markdown. */
  readonly caption: string;
  /** A complete SVG document with `xmlns`; text stays text, set in Arimo or what looks like it. */
  readonly svg: string;
}

/** Options of every chart. */
export interface ChartOptions {
  /**
   * All experiments of the run, in the order in which they get colours and symbols, so that an experiment looks the
   * same in every chart. Default: those in the rows, by name.
   */
  readonly experiments?: readonly string[];
}
