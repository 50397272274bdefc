/** From an experiment and a machine to the containers that are to run there. */

import { isAbsolute } from "node:path";
import type { Experiment } from "../deployer.ts";
import { labelKeys, resourceName } from "../ownership.ts";
import type {
  ContainerFile,
  ContainerRun,
  ContainersPlan,
  ContainersRun,
  Machine,
  Mount,
} from "./containers_plan.ts";
import { environmentOf } from "./container_environment.ts";
import { type Share, shareOut } from "./copies.ts";
import { degreeOf } from "./degree.ts";
import { imageOf } from "./image.ts";
import { nginxConfig, nginxImage } from "./nginx_config.ts";
import { needsOf, notesOf, titleOf } from "./plan_words.ts";
import { refusal } from "./refusal.ts";
import { imageFor, settingOf } from "./setting.ts";

/** FMBench's, where `ep_name` names none. */
const usualPort = 8080;

/** Where containers listen. */
export interface Ports {
  /** Where requests go: that of `ep_name`, see `hostPort`. Copies get it and those that follow, behind nginx those that follow it. */
  readonly first: number;
  /** @default "127.0.0.1" */
  readonly address?: string;
}

/**
 * The containers of an experiment on a machine. Nothing is looked at but the arguments.
 *
 * @throws {UserError} a refusal: what in the config does not fit the machine or the container, and what to write
 */
export function containersPlan(
  experiment: Experiment,
  asked: Machine,
  { first, address = "127.0.0.1" }: Ports,
  run: ContainersRun,
): ContainersPlan {
  const { setting, server } = settingOf(experiment, asked);
  const { spec, machine } = setting;
  const { model_copies, balancer } = spec.container;
  const degree = degreeOf(setting, server);
  const split = shareOut(experiment, machine, {
    copies: model_copies,
    degree,
    can_decide: server.can_decide,
  });
  const image = imageFor(setting, server);
  const count = split.shares.length;
  const balanced = balancer === "nginx" && count > 1;
  // Behind nginx nobody but nginx has business with the copies.
  const reached = balanced ? "127.0.0.1" : address;
  const ports = portsOf(experiment, first, { count, balanced, counters: server.metrics_port !== null });
  const parts = split.shares.map((share) => {
    const served = server.serve(setting, share, split.degree);
    return { share, served, environment: environmentOf(setting, served) };
  });
  const copies = parts.map(({ share, served, environment }, index): ContainerRun => {
    const metrics = ports.metrics[index] ?? null;
    return {
      ...plain(experiment, run, String(index + 1)),
      ...devicesOf(share, machine),
      ...environment,
      image: image.image,
      arguments: served.arguments,
      ports: [
        { address: reached, host: ports.copies[index] ?? first, container: server.port },
        ...metrics === null
          ? []
          : [{ address: reached, host: metrics, container: server.metrics_port ?? server.port }],
      ],
      mounts: [...served.mounts ?? [], ...modelOf(experiment)],
      shm_size: served.shm_size ?? null,
      ipc_host: served.ipc_host ?? false,
      privileged: spec.ec2.privileged_mode,
      prepare: served.prepare ?? [],
      health_path: server.health_path,
      metrics_path: server.metrics_path,
      metrics_port: metrics,
    };
  });
  const base_path = pathOf(experiment) ?? server.basePath(setting);
  const files = uniqueFiles(parts.flatMap(({ served }) => served.files ?? []));
  const nginx = balanced ? nginxRun(experiment, run, `${address}:${first}`, copies) : null;
  const hub = copies.some(({ secrets }) => secrets.length > 0);
  return {
    target: titleOf(server, split, setting, balanced),
    copies,
    balancer: nginx?.run ?? null,
    files: nginx === null ? files : [...files, nginx.file],
    images: [image, ...nginx === null ? [] : [imageOf(nginxImage)]],
    host_port: first,
    urls: ports.copies.map((port) => `http://127.0.0.1:${port}${base_path}`),
    base_path,
    needs: needsOf(setting, image, hub),
    notes: [
      ...new Set([
        ...split.notes,
        ...parts.flatMap(({ served }) => served.notes ?? []),
        ...notesOf(image, setting, server),
      ]),
    ],
  };
}

/** The port of `ep_name`; 8080 where it names none. */
export function hostPort({ ep_name }: Pick<Experiment, "ep_name">): number {
  // A URL does not keep a port that is its scheme's own.
  const port = URL.canParse(ep_name) ? /^https?:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/i.exec(ep_name)?.[1] : undefined;
  return port === undefined ? usualPort : Number(port);
}

/** Ports of the host: nginx, copies, and where servers have them apart, the copies' counters. */
function portsOf(
  experiment: Experiment,
  first: number,
  { count, balanced, counters }: { count: number; balanced: boolean; counters: boolean },
) {
  const from = balanced ? first + 1 : first;
  const copies = Array.from({ length: count }, (_, index) => from + index);
  const metrics = counters ? copies.map((port) => port + count) : [];
  const last = metrics.at(-1) ?? copies.at(-1) ?? first;
  if (Number.isInteger(first) && first >= 1 && last <= 65_535) return { copies, metrics };
  throw refusal(
    experiment,
    `its containers would listen at the ports ${first} to ${last}`,
    "Write a port of ep_name from 1, so low that the last is at most 65535.",
  );
}

/** What no container has unless something says so. */
function plain(experiment: Experiment, { run_id, ownership }: ContainersRun, suffix: string) {
  return {
    // The suffix behind the name, as a long name is cut at its end.
    name: `${resourceName(experiment.name, run_id, 56)}-${suffix}`,
    env: {},
    secrets: [],
    ports: [],
    host_network: false,
    mounts: [],
    cache: null,
    devices: [],
    gpus: null,
    cpus: null,
    shm_size: null,
    ipc_host: false,
    privileged: false,
    user: null,
    prepare: [],
    metrics_path: null,
    metrics_port: null,
    labels: {
      [labelKeys.run_id]: ownership.run_id,
      [labelKeys.owner]: ownership.owner,
      [labelKeys.expires_at]: ownership.expires_at,
      [labelKeys.experiment]: experiment.name,
    },
  } satisfies Partial<ContainerRun>;
}

/** A model that is a file or folder of this machine is there in the container, too. */
function modelOf({ model_id }: Experiment): Mount[] {
  return isAbsolute(model_id) ? [{ source: model_id, target: model_id, read_only: true }] : [];
}

/** A container numbers its Neuron devices from 0. */
function devicesOf({ gpus, neuron, cpus }: Share, { accelerators }: Machine) {
  return {
    gpus: gpus?.length === accelerators ? "all" as const : gpus,
    devices: neuron.map((device, index) => `/dev/neuron${device}:/dev/neuron${index}`),
    cpus,
  };
}

/** nginx in the network of the host, where it reaches ports that are published on the loopback interface only. */
function nginxRun(
  experiment: Experiment,
  run: ContainersRun,
  listen: string,
  copies: readonly ContainerRun[],
): { run: ContainerRun; file: ContainerFile } {
  const path = "nginx.conf";
  return {
    run: {
      ...plain(experiment, run, "nginx"),
      image: nginxImage,
      arguments: [],
      host_network: true,
      mounts: [{ source: path, target: "/etc/nginx/nginx.conf", read_only: true }],
      health_path: copies[0]?.health_path ?? "/",
    },
    file: { path, content: nginxConfig(listen, copies.map(({ ports }) => `127.0.0.1:${ports[0]?.host}`)) },
  };
}

/** Copies share their files: two of one path are the same. */
function uniqueFiles(files: readonly ContainerFile[]): ContainerFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** The path of `ep_name`; null: it has none. */
function pathOf({ ep_name }: Experiment): string | null {
  const path = URL.canParse(ep_name) ? new URL(ep_name).pathname.replace(/\/+$/, "") : "";
  return path === "" ? null : path;
}
