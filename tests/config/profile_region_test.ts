import { equal } from "node:assert/strict";
import { join } from "node:path";
import { profileRegion } from "../../lib/config/profile_region.ts";
import { inFolder } from "./minimal.ts";

const file = `# no region here
[default]
output = json
region = eu-west-1
[profile work]
role_arn = arn:aws:iam::000000000000:role/x
s3 =
  region = ap-south-1
region=us-west-2 # ours
[profile bare]
output = json
`;

Deno.test("the region is that of the profile in use, of none where it has none", async () => {
  await inFolder({ ".aws/config": file, "other": "[default]\nregion = us-gov-west-1\n" }, (HOME) => {
    equal(profileRegion({ HOME }), "eu-west-1");
    // An indented line belongs to the key above it.
    equal(profileRegion({ HOME, AWS_PROFILE: "work" }), "us-west-2");
    equal(profileRegion({ HOME, AWS_PROFILE: "bare" }), null);
    equal(profileRegion({ HOME, AWS_PROFILE: "nobody" }), null);
    equal(profileRegion({ HOME, AWS_CONFIG_FILE: join(HOME, "other") }), "us-gov-west-1");
    equal(profileRegion({ USERPROFILE: HOME }), "eu-west-1");
  });
});

Deno.test("without a file there is no region", () => {
  equal(profileRegion({}), null);
  equal(profileRegion({ HOME: "/nowhere" }), null);
});
