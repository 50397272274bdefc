import assert from "node:assert/strict";
import { cacheFolder } from "../../lib/storage/mod.ts";

Deno.test("copies lie in the user's cache folder, or where XDG_CACHE_HOME says", () => {
  assert.equal(cacheFolder("s3", { HOME: "/home/me" }), "/home/me/.cache/fmbench/s3");
  assert.equal(cacheFolder("s3", { HOME: "/home/me", XDG_CACHE_HOME: "/var/c" }), "/var/c/fmbench/s3");
  assert.equal(
    cacheFolder("https", { USERPROFILE: "/users/me", XDG_CACHE_HOME: "" }),
    "/users/me/.cache/fmbench/https",
  );
});
