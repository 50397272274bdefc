/** Whose a resource is, and until when: the tags that everything carries which a run creates. */

/** As tags say it. */
export interface Ownership {
  readonly run_id: string;
  readonly owner: string;
  /** UTC, ISO 8601, without a fraction. Nothing is removed when it passes: `fmbench cleanup --orphans` looks at it. */
  readonly expires_at: string;
}

/** Keys of the tags, as AWS and containers have them. */
export const tagKeys = {
  run_id: "fmbench:run-id",
  owner: "fmbench:owner",
  expires_at: "fmbench:expires-at",
  experiment: "fmbench:experiment",
} as const;

/** The same as labels of Kubernetes and containers, whose keys have a prefix and no second colon. */
export const labelKeys = {
  run_id: "fmbench.dev/run-id",
  owner: "fmbench.dev/owner",
  expires_at: "fmbench.dev/expires-at",
  experiment: "fmbench.dev/experiment",
} as const;

/** What AWS allows in the value of a tag: letters, digits, spaces and `+-=._:/@`, 256 of them. */
function tagValue(text: string): string {
  return text.replace(/[^\p{L}\p{N} +\-=._:/@]+/gu, "_").slice(0, 256);
}

/** The tags of a resource of AWS. */
export function tagsOf(
  { run_id, owner, expires_at }: Ownership,
  experiment: string,
): Readonly<Record<string, string>> {
  return {
    [tagKeys.run_id]: tagValue(run_id),
    [tagKeys.owner]: tagValue(owner),
    [tagKeys.expires_at]: tagValue(expires_at),
    [tagKeys.experiment]: tagValue(experiment),
  };
}

/** Whose a resource is by its tags; null when they are not ours. */
export function ownershipOf(tags: Readonly<Record<string, string>>): Ownership | null {
  const [run_id, owner, expires_at] = [tagKeys.run_id, tagKeys.owner, tagKeys.expires_at].map((key) =>
    tags[key]
  );
  if (run_id === undefined || owner === undefined || expires_at === undefined) return null;
  return { run_id, owner, expires_at };
}

/** Whether its time is over; a date that can't be read is no reason to remove anything. */
export function hasExpired({ expires_at }: Ownership, now: Date): boolean {
  return Date.parse(expires_at) <= now.getTime();
}

/** Tags for a run that begins now. */
export function ownershipFor(run_id: string, owner: string, now: Date, expires_hours: number): Ownership {
  const expires = new Date(now.getTime() + expires_hours * 3_600_000);
  return { run_id, owner, expires_at: expires.toISOString().replace(/\.\d+/, "") };
}

/**
 * A name for a resource, the same whenever it is asked for: `fmbench-<name>-<the run's random part>`, of letters, digits and
 * hyphens, as SageMaker, EC2 and Kubernetes take them.
 *
 * @param length the most characters; the name in the middle is cut
 */
export function resourceName(name: string, run_id: string, length = 63): string {
  const tail = `-${run_id.split("-").at(-1) ?? run_id}`;
  const middle = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "model";
  return `fmbench-${middle}`.slice(0, length - tail.length).replace(/-+$/, "") + tail;
}
