/** Certificates of our own, made anew for each run. */

/** A certificate (or a chain) and its key, as PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  /** The issuer of all others but those that say otherwise. */
  readonly ca: string;
  /** An issuer that has issued nothing here. */
  readonly stranger: string;
  /** Issued by `ca`, itself an issuer. */
  readonly intermediate: string;
  /** For `localhost`, `127.0.0.1` and `::1`. Its signatures are all of one length, and so are its handshakes. */
  readonly own: KeyPair;
  /** For the same, issued by `intermediate`, which is not sent along. */
  readonly branch: KeyPair;
  /** For `elsewhere.test` and `192.0.2.1`. */
  readonly elsewhere: KeyPair;
  /** As `own`, signed by itself. */
  readonly selfSigned: KeyPair;
  /** As `own`, until yesterday; null where this openssl makes none. */
  readonly expired: KeyPair | null;
}

const here = "DNS:localhost,IP:127.0.0.1,IP:::1";
const curve = ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
const leaf = "basicConstraints=critical,CA:FALSE";

/** Makes them; null where there is no openssl that can. */
export async function certificates(): Promise<Certificates | null> {
  const root = await Deno.makeTempDir();
  const run = async (...args: string[]): Promise<boolean> =>
    (await new Deno.Command("openssl", { args, cwd: root, stdout: "null", stderr: "null" }).output()).success;
  const read = (name: string) => Deno.readTextFile(`${root}/${name}`);
  const pair = async (name: string) => ({ cert: await read(`${name}.pem`), key: await read(`${name}.key`) });
  const make = async (name: string, issuer: string | null, extensions: string[], key = curve) => {
    const made = await run(
      ...["req", "-x509", "-newkey", ...key, "-nodes", "-days", "2"],
      ...["-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.pem`],
      ...extensions.flatMap((extension) => ["-addext", extension]),
      ...(issuer === null ? [] : ["-CA", `${issuer}.pem`, "-CAkey", `${issuer}.key`]),
    );
    if (!made) throw new Deno.errors.NotFound("openssl refuses");
  };
  const issuer = ["basicConstraints=critical,CA:TRUE"];
  try {
    await make("ca", null, issuer);
    await make("stranger", null, issuer);
    await make("intermediate", "ca", issuer);
    await make("own", "ca", [leaf, `subjectAltName=${here}`], ["ed25519"]);
    await make("branch", "intermediate", [leaf, `subjectAltName=${here}`]);
    await make("elsewhere", "ca", [leaf, "subjectAltName=DNS:elsewhere.test,IP:192.0.2.1"]);
    await make("selfSigned", null, [leaf, `subjectAltName=${here}`]);
    const aged = await run(
      "req",
      "-new",
      "-key",
      "own.key",
      "-subj",
      "/CN=aged",
      "-addext",
      `subjectAltName=${here}`,
      "-out",
      "aged.csr",
    ) &&
      await run(
        ...["x509", "-req", "-in", "aged.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "-1"],
        ...["-copy_extensions", "copyall", "-out", "aged.pem"],
      );
    return {
      ca: await read("ca.pem"),
      stranger: await read("stranger.pem"),
      intermediate: await read("intermediate.pem"),
      own: await pair("own"),
      branch: await pair("branch"),
      elsewhere: await pair("elsewhere"),
      selfSigned: await pair("selfSigned"),
      expired: aged ? { cert: await read("aged.pem"), key: await read("own.key") } : null,
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
