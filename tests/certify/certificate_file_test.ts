import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { readCertificate, writeCertificate } from "../../lib/certify/mod.ts";
import { certificateOf, rung } from "./rungs.ts";

Deno.test("a certificate comes back as it was written; none is null; anything else is refused", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "certify.json");
    equal(await readCertificate(path), null);
    const certificate = certificateOf([rung(16)]);
    await writeCertificate(path, certificate);
    deepEqual(await readCertificate(path), certificate);
    for (const text of ['{"schema": "fmbench.plan/1"}', "null", "{"]) {
      await Deno.writeTextFile(path, text);
      await rejects(readCertificate(path), /Cannot read the certificate ".*certify\.json": /);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
