import assert from "node:assert/strict";
import { join } from "node:path";
import { owed } from "../../../lib/deploy/ledger.ts";
import { projectRoot } from "../../../lib/pipeline/project.ts";
import { alive, deployment, groups } from "./account.ts";
import { launched } from "./launch_scene.ts";
import { cleanUp, cloudCases, failing } from "./on_cloud.ts";

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const document = JSON.parse(await Deno.readTextFile(join(projectRoot, "docs", "iam", "ec2.json"))) as {
  Version: string;
  Statement: readonly Statement[];
};
const listed = (value: string | readonly string[]) => typeof value === "string" ? [value] : value;
const allowed = document.Statement.filter(({ Effect }) => Effect === "Allow");

/** moto looks at actions alone: of resources and conditions it refuses what it does not know. */
const actionsOnly = (without: string | null = null) => ({
  Version: document.Version,
  Statement: [{
    Effect: "Allow",
    Action: [...new Set(allowed.flatMap(({ Action }) => listed(Action)))].filter((each) => each !== without),
    Resource: "*",
  }],
});

const cases = cloudCases("docs/iam/ec2.json, its actions checked and its conditions not");

cases.add("it is enough for the whole way, signatures checked", async (cloud) => {
  await using scene = await deployment();
  const { run, context, target } = scene;
  await cloud.as(actionsOnly(), async () => {
    await target.deploy(launched({ launch: { ami: "ami-12c6146b" } }), context);
    assert.equal((await target.findTagged!({ regions: ["us-east-1"], env: {}, log() {} })).length, 2);
    assert.deepEqual(await cleanUp(run, target), ["removed", "removed"]);
  });
  assert.deepEqual([await alive(), await groups()], [[], []]);
});

const needed = {
  launching: [
    "DescribeImages",
    "CreateSecurityGroup",
    "AuthorizeSecurityGroupIngress",
    "RunInstances",
    "DescribeInstances",
  ],
  removing: ["DescribeInstances", "TerminateInstances", "DescribeSecurityGroups", "DeleteSecurityGroup"],
};

for (const action of needed.launching) {
  cases.add(`without ec2:${action} the launch names it`, async (cloud) => {
    await using scene = await deployment();
    const { run, context, target } = scene;
    await cloud.as(actionsOnly(`ec2:${action}`), () =>
      assert.rejects(
        target.deploy(launched({ launch: { ami: "ami-12c6146b" } }), context),
        failing(
          new RegExp(`ec2:${action} is denied.*may call ec2:${action}\\. Grant it; docs/iam/ec2\\.json`),
        ),
      ));
    await cleanUp(run, target);
    assert.deepEqual([await alive(), await groups()], [[], []]);
  });
}

for (const action of needed.removing) {
  cases.add(
    `without ec2:${action} the removal names it, and nothing is struck from the ledger unseen`,
    async (cloud) => {
      await using scene = await deployment();
      const { run, context, target } = scene;
      await target.deploy(launched(), context);
      await cloud.as(actionsOnly(`ec2:${action}`), () =>
        assert.rejects(
          cleanUp(run, target),
          failing(new RegExp(`ec2:${action} is denied.*may call ec2:${action}\\.`)),
        ));
      assert.ok(owed(run).length > 0);
      await cleanUp(run, target);
      assert.deepEqual([await alive(), await groups(), owed(run)], [[], [], []]);
    },
  );
}

Deno.test("docs/iam/ec2.json: whatever changes or removes something has our tag as its condition", () => {
  const changing = ["ec2:AuthorizeSecurityGroupIngress", "ec2:DeleteSecurityGroup", "ec2:TerminateInstances"];
  for (const action of changing) {
    const statements = allowed.filter(({ Action }) => listed(Action).includes(action));
    assert.deepEqual(statements.map(({ Condition }) => Condition), [
      { Null: { "aws:ResourceTag/fmbench:run-id": "false" } },
    ]);
  }
});

Deno.test("docs/iam/ec2.json: what is created carries our tag, and only what is created is tagged", () => {
  const of = (action: string, kind: string) =>
    allowed.filter(({ Action, Resource }) =>
      listed(Action).includes(action) && listed(Resource).some((arn) => arn.includes(`:${kind}/`))
    );
  const tag = "aws:RequestTag/fmbench:run-id";
  for (
    const [action, kind] of [["RunInstances", "instance"], ["RunInstances", "volume"], [
      "CreateSecurityGroup",
      "security-group",
    ]]
  ) {
    const [only, ...more] = of(`ec2:${action}`, kind!);
    assert.deepEqual([only!.Condition!["Null"]![tag], more], ["false", []], `${action} ${kind}`);
  }
  const [tagging, ...others] = allowed.filter(({ Action }) => listed(Action).includes("ec2:CreateTags"));
  assert.deepEqual(others, []);
  assert.deepEqual(tagging!.Condition, {
    StringEquals: { "ec2:CreateAction": ["RunInstances", "CreateSecurityGroup"] },
  });
  // A role is handed on to instances only.
  const [passing] = allowed.filter(({ Action }) => listed(Action).includes("iam:PassRole"));
  assert.deepEqual(passing!.Condition, { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } });
  // Nothing but descriptions is allowed everywhere, and nothing by a wildcard.
  for (const { Action, Resource } of allowed) {
    assert.ok(listed(Action).every((each) => !each.includes("*")), String(Action));
    if (listed(Resource).includes("*")) {
      assert.ok(listed(Action).every((each) => each.startsWith("ec2:Describe")));
    }
  }
});
