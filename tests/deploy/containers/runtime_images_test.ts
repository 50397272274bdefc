import assert from "node:assert/strict";
import { owed } from "../../../lib/deploy/mod.ts";
import { containersTarget } from "../../../lib/deploy/containers/runtime/containers.ts";
import { c5, containerExperiment, fakeScene, quickTarget } from "./runtime_scene.ts";

const registry = "763104351884.dkr.ecr.us-west-2.amazonaws.com";
const password = "a-password-of-ECR-for-12-hours";

/** An address that answers GetAuthorizationToken as ECR does. */
function localEcr(token = btoa(`AWS:${password}`)) {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    asked.push(request.headers.get("x-amz-target") ?? "");
    if (token === "") {
      const body = {
        __type: "AccessDeniedException",
        message: "not authorized to perform: ecr:GetAuthorizationToken",
      };
      return Response.json(body, { status: 400, headers: { "content-type": "application/x-amz-json-1.1" } });
    }
    const data = [{ authorizationToken: token, expiresAt: 1.8e9, proxyEndpoint: "https://elsewhere" }];
    return Response.json({ authorizationData: data }, {
      headers: { "content-type": "application/x-amz-json-1.1" },
    });
  });
  const target = containersTarget({
    patience: { probe_timeout_ms: 1_000, first_pause_ms: 20, longest_pause_ms: 50 },
    ecr: {
      endpoint: `http://127.0.0.1:${server.addr.port}`,
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      attempts: 1,
    },
    instanceType: () => Promise.resolve("c5.xlarge"),
    probe: (instance_type) => Promise.resolve({ machine: { ...c5, instance_type }, said: [] }),
  });
  return { target, asked, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("an image that is built on the machine is not looked for elsewhere: the command comes first", async () => {
  await using scene = await fakeScene();
  await scene.behave({ images: [] });
  const experiment = containerExperiment(scene.port, { image_uri: "vllm-cpu-env" });
  await assert.rejects(
    quickTarget.deploy(experiment, scene.context),
    /"vllm-cpu-env": this machine does not have the image.* Build it first: docker build /,
  );
  assert.equal((await scene.calls()).some(({ args }) => args[0] === "pull"), false);
  assert.deepEqual(owed(scene.run), []);
});

Deno.test("an image of a registry is pulled, and the lines of that are shown", async () => {
  await using scene = await fakeScene();
  await scene.behave({ images: [], registry: ["docker.io/some/server:1"] });
  const experiment = containerExperiment(scene.port, { image_uri: "some/server:1" });
  await quickTarget.deploy(experiment, scene.context);
  assert.ok(scene.waited.includes("pulls docker.io/some/server:1: layer 1: Pull complete"));
  assert.ok(scene.logged.some((line) => /^pulled it in \d+\.\d s$/.test(line)));
});

Deno.test("an image that no registry has is a refusal in the registry's words", async () => {
  await using scene = await fakeScene();
  const experiment = containerExperiment(scene.port, { image_uri: "some/typo:1" });
  await assert.rejects(
    quickTarget.deploy(experiment, scene.context),
    /pull the image "docker\.io\/some\/typo:1": .*manifest unknown.*`image_uri`/,
  );
  assert.deepEqual(owed(scene.run), []);
});

Deno.test("a step that is stopped ends the pull", async () => {
  await using scene = await fakeScene();
  await scene.behave({ registry: ["docker.io/some/server:1"], slow: true });
  const stop = new AbortController();
  const context = {
    ...scene.context,
    signal: stop.signal,
    waiting: (what: string) => what.includes("layer 1") && stop.abort(new Error("stopped by the user")),
  };
  const experiment = containerExperiment(scene.port, { image_uri: "some/server:1" });
  await assert.rejects(quickTarget.deploy(experiment, context), /stopped by the user/);
  assert.deepEqual(owed(scene.run), []);
});

for (const engine of ["docker", "podman"]) {
  Deno.test(`a stand-in for ECR: ${engine} logs in with its password by stdin, in a folder that is gone after`, async () => {
    await using scene = await fakeScene([engine]);
    await using ecr = localEcr();
    const image = `${registry}/djl-inference:1`;
    await scene.behave({ images: [], registry: [image], password });
    await ecr.target.deploy(containerExperiment(scene.port, { image_uri: image }), scene.context);
    assert.deepEqual(ecr.asked, ["AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"]);
    const calls = await scene.calls();
    const login = calls.find(({ args }) => args.includes("login"));
    assert.equal(login?.stdin, password);
    const rest = login?.args.slice(login.args.indexOf("--username"));
    assert.deepEqual(rest, ["--username", "AWS", "--password-stdin", registry]);
    assert.ok(calls.every(({ args }) => !args.join(" ").includes(password)));
    const folder = engine === "docker" ? login?.args[1] : login?.args[2]?.replace(/\/config\.json$/, "");
    assert.equal(login?.args[engine === "docker" ? 0 : 1], engine === "docker" ? "--config" : "--authfile");
    await assert.rejects(Deno.stat(folder ?? ""), Deno.errors.NotFound);
    // With a folder of its own, docker has to be told where its daemon is.
    assert.equal(login?.docker_host, engine === "docker" ? "unix:///run/fake.sock" : null);
  });
}

Deno.test("a stand-in for ECR: an image that is there takes no login", async () => {
  await using scene = await fakeScene();
  await using ecr = localEcr();
  const image = `${registry}/djl-inference:1`;
  await scene.behave({ images: [image], password });
  await ecr.target.deploy(containerExperiment(scene.port, { image_uri: image }), scene.context);
  assert.deepEqual(ecr.asked, []);
});

Deno.test("a stand-in for ECR: who may not pull hears which permission it takes", async () => {
  await using scene = await fakeScene();
  await using ecr = localEcr("");
  const experiment = containerExperiment(scene.port, { image_uri: `${registry}/djl-inference:1` });
  await assert.rejects(
    ecr.target.deploy(experiment, scene.context),
    /log in at the registry "763104351884.*not authorized.*; expected AWS credentials that may call ecr:GetAuth/,
  );
});

Deno.test("a stand-in for ECR: a password that the registry refuses is in no message", async () => {
  await using scene = await fakeScene();
  await using ecr = localEcr();
  await scene.behave({ images: [], password: "another" });
  const experiment = containerExperiment(scene.port, { image_uri: `${registry}/djl-inference:1` });
  await assert.rejects(ecr.target.deploy(experiment, scene.context), (error: Error) => {
    assert.match(error.message, /unauthorized: authentication required/);
    assert.ok(!error.message.includes(password));
    return true;
  });
});
