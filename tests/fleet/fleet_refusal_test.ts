import assert from "node:assert/strict";
import { Fleet } from "../../lib/fleet/fleet.ts";
import { controllerUrl, listenAddress } from "../../lib/fleet/controller_address.ts";
import { openFleetStorage } from "../../lib/fleet/fleet_storage.ts";
import { localFolder } from "../../lib/storage/mod.ts";
import { planOf, spec } from "../load/made_up.ts";
import { processEngine } from "./process_engine.ts";

Deno.test("a user's own module is not sent to other machines, and nothing is begun", async () => {
  const run_dir = await Deno.makeTempDir();
  const engine = processEngine(`${run_dir}/engine`);
  const fleet = new Fleet({
    settings: {
      engine: "ray",
      address: null,
      workers: 1,
      per_node: null,
      resources: {},
      storage: null,
      listen: "127.0.0.1:0",
      advertise: "127.0.0.1",
      image: null,
      namespace: null,
      command: null,
    },
    engine,
    engine_address: null,
    run_id: "r1",
    run_dir,
    storage: localFolder(run_dir),
    package_dir: null,
    certify: false,
    log: () => {},
  });
  const plan = planOf([spec()]);
  const post = {
    name: "w0",
    shard: plan,
    squad: { levels: plan.header.levels, plan, clock: "user" as const, module: "/mine/predictor.ts" },
  };
  const start = { segment: "s1", signal: new AbortController().signal, env: {}, notice: () => {} };
  await assert.rejects(
    fleet.hire([post], start),
    /Cannot send load from other machines with the module "\/mine\/predictor\.ts": users' own modules are not sent there/,
  );
  await fleet.close();
  assert.deepEqual(await Array.fromAsync(Deno.readDir(run_dir)), []);
  await Deno.remove(run_dir);
});

Deno.test("the controller's address is the one that is advertised, or that of the way to the engine", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  assert.equal(await controllerUrl(null, { hostname: "127.0.0.1", port }, 4000), "ws://127.0.0.1:4000");
  listener.close();
  assert.equal(await controllerUrl("me.example", null, 4000), "ws://me.example:4000");
  assert.equal(await controllerUrl("me.example:5000", null, 4000), "ws://me.example:5000");
  await assert.rejects(controllerUrl(null, null, 4000), /Set load\.fleet\.advertise/);
});

Deno.test("where to listen is host and port", () => {
  assert.deepEqual(listenAddress("0.0.0.0:0"), { hostname: "0.0.0.0", port: 0 });
  assert.deepEqual(listenAddress("[::1]:8080"), { hostname: "::1", port: 8080 });
  assert.deepEqual(listenAddress("here"), { hostname: "here", port: 0 });
  assert.throws(() => listenAddress("http://here:1"), /Set load\.fleet\.listen/);
});

Deno.test("the storage of a fleet is a bucket or the whole path of a folder", async () => {
  await assert.rejects(openFleetStorage("shared"), /neither a bucket nor the whole path/);
  assert.equal((await openFleetStorage("/shared")).address, "/shared");
});
