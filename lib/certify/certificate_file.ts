/** `certify.json` of a run directory. */

import { type Certificate, messageOf, UserError } from "../core/mod.ts";
import { writeAtomic } from "../storage/mod.ts";

export function writeCertificate(path: string, certificate: Certificate): Promise<void> {
  return writeAtomic(path, JSON.stringify(certificate, null, 2) + "\n");
}

/** The certificate of a run; null when it has none. Throws UserError for a file that is something else. */
export async function readCertificate(path: string): Promise<Certificate | null> {
  let found: string;
  try {
    const value = JSON.parse(await Deno.readTextFile(path)) as Certificate | null;
    if (value?.schema === "fmbench.certify/1") return value;
    found = `its schema is ${JSON.stringify(value?.schema)}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    found = messageOf(error);
  }
  throw new UserError({
    action: "read the certificate",
    thing: path,
    found,
    expected: 'JSON with "schema": "fmbench.certify/1"',
    remedy: "Run notebooks/0_setup.ipynb again, or remove the file.",
  });
}
