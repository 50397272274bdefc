import assert from "node:assert/strict";
import { owed, type Resource } from "../../../lib/deploy/mod.ts";
import { containerExperiment, type FakeScene, fakeScene, quickTarget } from "./runtime_scene.ts";

const nonce = "fmbench.dev/nonce";

/** A container that runs, as the ledger knows it. */
async function deployed(scene: FakeScene): Promise<Resource> {
  await quickTarget.deploy(containerExperiment(scene.port), scene.context);
  const [resource] = owed(scene.run);
  return resource!;
}

const words = async (scene: FakeScene) => (await scene.calls()).map(({ args }) => args[0]);

Deno.test("a server has time to end; then its container is removed with its volumes, once", async () => {
  await using scene = await fakeScene();
  const resource = await deployed(scene);
  assert.equal(await quickTarget.remove(resource, { ...scene.context, run_dir: scene.run }), "removed");
  assert.deepEqual(await scene.containers(), []);
  const told = (await scene.calls()).map(({ args }) => args.join(" "));
  assert.ok(told.includes(`stop -t 1 ${resource.id}`));
  assert.ok(told.includes(`rm --force --volumes ${resource.id}`));
  assert.equal(await quickTarget.remove(resource, scene.context), "already gone");
});

for (const status of ["created", "exited", "paused", "dead"]) {
  Deno.test(`a container that is ${status} is removed`, async () => {
    await using scene = await fakeScene();
    const resource = await deployed(scene);
    const [container] = await scene.containers();
    await scene.set({ ...container!, status });
    assert.equal(await quickTarget.remove(resource, scene.context), "removed");
    assert.deepEqual(await scene.containers(), []);
    const told = await words(scene);
    assert.equal(told.includes("unpause"), status === "paused");
    assert.equal(told.includes("stop"), status === "paused");
  });
}

Deno.test("a container whose start was cut off before its id was known is found by its label", async () => {
  await using scene = await fakeScene();
  await scene.behave({ dies_after_creating: ["-1"] });
  await assert.rejects(quickTarget.deploy(containerExperiment(scene.port), scene.context), /was killed/);
  const [resource] = owed(scene.run);
  assert.equal(resource?.id, null);
  assert.equal((await scene.containers()).length, 1);
  assert.equal(await quickTarget.remove(resource!, scene.context), "removed");
  assert.deepEqual(await scene.containers(), []);
});

Deno.test("an intent that nothing came of is already gone", async () => {
  await using scene = await fakeScene();
  const resource = await deployed(scene);
  await quickTarget.remove(resource, scene.context);
  assert.equal(await quickTarget.remove({ ...resource, id: null }, scene.context), "already gone");
});

Deno.test("somebody else's container of the same name, or of that id, is left alone", async () => {
  await using scene = await fakeScene();
  const resource = await deployed(scene);
  const [container] = await scene.containers();
  await scene.set({ ...container!, labels: {} });
  assert.equal(await quickTarget.remove({ ...resource, id: null }, scene.context), "already gone");
  await assert.rejects(
    quickTarget.remove(resource, scene.context),
    /does not carry this run's fmbench\.dev\/nonce, so it was left alone/,
  );
  await scene.set({ ...container!, labels: { ...container!.labels, [nonce]: "of another run" } });
  await assert.rejects(quickTarget.remove(resource, scene.context), /left alone/);
  assert.equal((await scene.containers()).length, 1);
  assert.equal((await words(scene)).includes("rm"), false);
});

Deno.test("what the engine does not let go is said, with the command that shows it", async () => {
  await using scene = await fakeScene();
  const resource = await deployed(scene);
  await scene.behave({ keeps: true });
  await assert.rejects(
    quickTarget.remove(resource, scene.context),
    /docker still has it\. Look at it: docker ps --all --filter label=fmbench\.dev\/nonce=/,
  );
  await scene.behave({ keeps: false });
});

Deno.test("nothing is called gone where its engine, or another store of it, can't be asked", async () => {
  await using scene = await fakeScene();
  const resource = await deployed(scene);
  await scene.behave({ store: "host /home/other/fake" });
  await assert.rejects(
    quickTarget.remove(resource, scene.context),
    /started at "host \/var\/lib\/fake", and docker is at "host \/home\/other\/fake"/,
  );
  await scene.behave({ store: "host /var/lib/fake", broken: "Cannot connect to the Docker daemon" });
  await assert.rejects(
    quickTarget.remove(resource, scene.context),
    /can't be asked: Cannot connect.* Start it/,
  );
  const nowhere = { ...scene.context, env: { PATH: "/nowhere" } };
  await assert.rejects(quickTarget.remove(resource, nowhere), /there is no `docker` in PATH/);
  assert.equal(owed(scene.run).length, 1);
});

Deno.test("a container is asked for where it was started, whatever the environment says now", async () => {
  await using scene = await fakeScene();
  const host = "unix:///run/other.sock";
  const context = { ...scene.context, env: { ...scene.context.env, DOCKER_HOST: host } };
  await quickTarget.deploy(containerExperiment(scene.port), context);
  const before = (await scene.calls()).length;
  assert.equal(await quickTarget.remove(owed(scene.run)[0]!, scene.context), "removed");
  const hosts = new Set((await scene.calls()).slice(before).map(({ docker_host }) => docker_host));
  assert.deepEqual([...hosts], [host]);
});

Deno.test("what carries our labels is found without a ledger, and can be removed by that", async () => {
  await using scene = await fakeScene(["docker", "podman"]);
  const resource = await deployed(scene);
  const [container] = await scene.containers();
  const stranger = { ...container!, id: "f".repeat(32) + "0".repeat(32), name: "stranger", pid: null };
  await scene.set({ ...stranger, labels: { other: "1" } });
  const scope = { regions: [], env: scene.context.env, log: () => {} };
  const found = await quickTarget.findTagged!(scope);
  // Both made-up engines have one folder of containers.
  assert.deepEqual(found.map(({ name, tags }) => [name, tags["engine"]]), [
    [resource.name, "docker"],
    [resource.name, "podman"],
  ]);
  assert.deepEqual(found[0]?.ownership, {
    run_id: "20261122T100000Z-1a2b3c",
    owner: "ada",
    expires_at: "2026-11-23T10:00:00Z",
  });
  assert.equal(found[0]?.description, `container ${resource.name} of docker on this machine (running)`);
  const context = { run_dir: null, env: scope.env, log: scope.log };
  assert.equal(await quickTarget.remove(found[0]!, context), "removed");
  assert.deepEqual((await scene.containers()).map(({ name }) => name), ["stranger"]);
});

Deno.test("an engine that does not run has nothing; one that refuses is a failure", async () => {
  await using scene = await fakeScene();
  const scope = { regions: [], env: scene.context.env, log: () => {} };
  await scene.behave({ broken: "Cannot connect to the Docker daemon. Is the docker daemon running?" });
  assert.deepEqual(await quickTarget.findTagged!(scope), []);
  await scene.behave({ broken: "permission denied while trying to connect to the Docker daemon socket" });
  await assert.rejects(quickTarget.findTagged!(scope), /permission denied/);
  await using both = await fakeScene(["docker", "podman"]);
  await deployed(both);
  await both.behave({
    broken_docker: "permission denied while trying to connect to the Docker daemon socket",
  });
  const said: string[] = [];
  const found = await quickTarget.findTagged!({
    ...scope,
    env: both.context.env,
    log: (line) => said.push(line),
  });
  assert.deepEqual(found.map(({ tags }) => tags["engine"]), ["podman"]);
  assert.match(said[0] ?? "", /^docker can't be searched for containers: permission denied/);
});
