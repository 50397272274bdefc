/** Requests to the dashboard of a Ray cluster: its Jobs API, its packages and its list of nodes. */

import { type Clock, messageOf, redact, systemClock, UserError } from "../../core/mod.ts";
import { RayRefused, rayRefused } from "./ray_refused.ts";

export interface RaySettings {
  readonly headers: Readonly<Record<string, string>>;
  /** What no message may say. */
  readonly secrets: readonly string[];
  /** For one request. */
  readonly timeout_ms: number;
  /** Pauses before a request is sent again that got no answer. */
  readonly pauses_ms: readonly number[];
  readonly clock?: Clock;
}

/** A job as the API has it; what it says besides is not read. */
export interface RayJob {
  /** null: it was started by a program, not by the Jobs API. */
  readonly submission_id: string | null;
  readonly entrypoint: string;
  readonly status: "PENDING" | "RUNNING" | "STOPPED" | "SUCCEEDED" | "FAILED";
  readonly message: string | null;
  readonly driver_exit_code: number | null;
  readonly metadata: Readonly<Record<string, string>> | null;
  /** Milliseconds since 1970. */
  readonly start_time: number | null;
  /** Of the node it runs on; null: it has not begun. */
  readonly driver_agent_http_address: string | null;
}

export interface RayNode {
  readonly node_ip: string;
  readonly state: string;
  readonly resources_total: Readonly<Record<string, number>>;
}

/** The newest list of nodes has no more of them. */
const most_nodes = 10_000;

export class RayClient {
  readonly #settings: RaySettings;
  /** Base URL, without a slash at the end. */
  readonly address: string;

  /** @throws {UserError} if the address is none of a dashboard */
  constructor(address: string, settings: RaySettings) {
    this.address = dashboardUrl(address);
    this.#settings = settings;
  }

  /** @throws {UserError} if what answers is no Jobs API that this program knows */
  async version(): Promise<string> {
    const body = await this.#json("GET", "/api/version").catch((error) => {
      if (error instanceof RayRefused && error.status === 404) return null;
      throw error;
    });
    const { version, ray_version } = (body ?? {}) as { version?: unknown; ray_version?: unknown };
    if (typeof ray_version === "string" && version === apiVersion) return ray_version;
    throw new UserError({
      action: "use the Ray cluster at",
      thing: this.address,
      found: typeof ray_version === "string"
        ? `its Jobs API has the version ${JSON.stringify(version)} (Ray ${ray_version})`
        : "what answers there is no dashboard of Ray",
      expected: typeof ray_version === "string" ? `version "${apiVersion}"` : "the dashboard of a head node",
      remedy: typeof ray_version === "string"
        ? "Use a release of Ray with that version, such as 2.60."
        : advice,
    });
  }

  /** Alive nodes and dead ones. */
  async nodes(): Promise<readonly RayNode[]> {
    const body = await this.#json("GET", `/api/v0/nodes?detail=1&limit=${most_nodes}`);
    const { data } = body as { data?: { result?: { result?: readonly RayNode[] } } };
    return data?.result?.result ?? [];
  }

  /** Jobs that came through the Jobs API, of everybody. */
  async jobs(): Promise<readonly (RayJob & { readonly submission_id: string })[]> {
    const jobs = await this.#json("GET", "/api/jobs/") as readonly RayJob[];
    return jobs.flatMap((job) =>
      job.submission_id === null ? [] : [{ ...job, submission_id: job.submission_id }]
    );
  }

  /** null: it is not there. */
  async job(id: string): Promise<RayJob | null> {
    return await this.#orNull(this.#json("GET", jobPath(id))) as RayJob | null;
  }

  async submit(body: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#ask("POST", "/api/jobs/", JSON.stringify(body));
  }

  /** Asks for its end; nothing, where it has ended or is not there. */
  async stop(id: string): Promise<void> {
    await this.#orNull(this.#ask("POST", `${jobPath(id)}/stop`));
  }

  /** Forgets a job that has ended; nothing, where it is not there. */
  async forget(id: string): Promise<void> {
    await this.#orNull(this.#ask("DELETE", jobPath(id)));
  }

  /** All that it has written, what Ray says of it included. */
  async logs(id: string): Promise<string> {
    const { logs } = await this.#json("GET", `${jobPath(id)}/logs`) as { logs?: string };
    return logs ?? "";
  }

  /** Whether a package is there; if so, it stays for the ten minutes that a job may take to refer to it. */
  async hasPackage(name: string): Promise<boolean> {
    return await this.#orNull(this.#ask("GET", packagePath(name))) !== null;
  }

  async putPackage(name: string, content: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#ask("PUT", packagePath(name), content);
  }

  async #orNull<T>(asked: Promise<T>): Promise<T | null> {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof RayRefused && error.status === 404) return null;
      throw error;
    }
  }

  async #json(method: string, path: string): Promise<unknown> {
    const text = await this.#ask(method, path);
    try {
      return JSON.parse(text);
    } catch {
      throw new UserError({
        action: "use the Ray cluster at",
        thing: this.address,
        found: `${path} answers with something that is no JSON`,
        expected: "the dashboard of a head node",
        remedy: advice,
      });
    }
  }

  async #ask(method: string, path: string, body?: string | Uint8Array<ArrayBuffer>): Promise<string> {
    const { clock = systemClock, pauses_ms, secrets } = this.#settings;
    for (let tries = 0;; tries++) {
      const answer = await this.#once(method, path, body);
      const pause = pauses_ms[tries];
      if ("failure" in answer && pause !== undefined) {
        await clock.sleepUntil(clock.now() + pause);
        continue;
      }
      if ("failure" in answer) throw this.#unreachable(answer.failure);
      if (answer.status >= 200 && answer.status < 300) return answer.text;
      throw rayRefused(method, this.address + path, answer, secrets);
    }
  }

  async #once(
    method: string,
    path: string,
    body: string | Uint8Array<ArrayBuffer> | undefined,
  ): Promise<{ status: number; text: string } | { failure: unknown }> {
    const { headers, timeout_ms } = this.#settings;
    const type = typeof body === "string" ? { "content-type": "application/json" } : {};
    try {
      const answer = await fetch(this.address + path, {
        method,
        headers: { ...headers, ...type },
        redirect: "manual",
        signal: AbortSignal.timeout(timeout_ms),
        ...(body === undefined ? {} : { body }),
      });
      return { status: answer.status, text: await answer.text() };
    } catch (failure) {
      return { failure };
    }
  }

  #unreachable(error: unknown): UserError {
    return new UserError({
      action: "reach the Ray cluster at",
      thing: this.address,
      found: redact(messageOf(error), this.#settings.secrets),
      expected: "the dashboard of its head node",
      remedy: advice,
    }, { cause: error });
  }
}

const apiVersion = "4";

const advice =
  "Set load.fleet.address to the dashboard's URL (http://HEAD:8265, unless it was started with another --dashboard-port), and let it be reached from here (--dashboard-host=0.0.0.0, or a tunnel).";

const jobPath = (id: string) => `/api/jobs/${encodeURIComponent(id)}`;

const packagePath = (name: string) => `/api/packages/gcs/${encodeURIComponent(name)}`;

function dashboardUrl(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  const bad = url === null || !["http:", "https:"].includes(url.protocol)
    ? "it is no URL of http or https"
    : url.username !== "" || url.password !== ""
    ? "it has a user or a password in it"
    : null;
  if (bad === null) return address.replace(/\/+$/, "");
  throw new UserError({
    action: "use the address of the Ray cluster",
    thing: redact(address),
    found: bad,
    expected: "the URL of its dashboard, such as http://10.0.0.5:8265",
    remedy: url !== null && url.username + url.password !== ""
      ? "Put what it takes to get in into RAY_JOB_HEADERS."
      : "Set load.fleet.address; the address that `ray start --address` takes (port 6379) and ray:// are other doors.",
  });
}
