/** What the report of a study knows beside its figures. */

export interface StudyContext {
  /** The run's name as the user gave it. */
  readonly title: string;
  readonly run_id: string;
  /** When the report was written, ISO 8601, UTC. */
  readonly date: string;
  /** Whether any figure comes from the embedded endpoint. */
  readonly simulated: boolean;
  /** Where the calls were made; null: not known. */
  readonly client_region: string | null;
  /** Wanted relative half width of the interval of the paired TTFT change; null: none. */
  readonly precision: number | null;
}
