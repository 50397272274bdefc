/** The schema of `load.fleet`: who runs the load processes. */

import { z } from "zod";
import { list, oneOf, positive, section, text, whole } from "./field.ts";

/** Gives a key its meaning, for the generated schema. */
const key = <S extends z.ZodType>(description: string, schema: S): S => {
  z.globalRegistry.add(schema, { description });
  return schema;
};

/** Set for the whole run. What is left out is settled in `settleFleet`. */
export const fleet = section({
  engine: key(
    "Who runs the load processes: this machine, a Ray cluster, or Kubernetes.",
    oneOf(["local", "ray", "kubernetes"]),
  ),
  address: key(
    "Of Ray: the URL of its dashboard; of Kubernetes: a context of the kubeconfig, the current one when unset.",
    text("a URL, or the name of a context"),
  ).optional(),
  workers: key("Load processes in all; takes the place of load.workers.", whole(1)).optional(),
  per_node: key("The most load processes on one node.", whole(1)).optional(),
  resources: key(
    "What is set aside for each process: cpu in cores, memory_gb, and any resource of the cluster by its name.",
    z.record(z.string(), positive("an amount")),
  ).optional(),
  storage: key(
    "Where all machines read and write the run's files: a folder they all see under the same path, or s3://bucket/prefix. Unset: the results folder is such a folder.",
    text("a folder, or s3://bucket/prefix"),
  ).optional(),
  listen: key(
    "Address and port of this machine where workers report; port 0 = any free one.",
    text("host:port"),
  )
    .optional(),
  advertise: key(
    "Host, or host:port, by which workers reach this machine; unset: its address on the way to the engine.",
    text("a host, or host:port"),
  ).optional(),
  image: key("Of Kubernetes: the container image with this program.", text("a container image")).optional(),
  namespace: key("Of Kubernetes: where the Job goes.", text("a namespace")).optional(),
  command: key(
    "What each machine runs in place of this program's own command.",
    list(text("a word of the command"), "the words of a command").min(1),
  ).optional(),
});
