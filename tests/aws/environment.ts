/** The environment of a test of what AWS's SDK finds there. */

/** Runs with these variables in place of all that begin with `AWS_`; by themselves, nothing is to be found. */
export async function withEnvironment(
  variables: Readonly<Record<string, string>>,
  body: () => Promise<void>,
): Promise<void> {
  const before = Object.entries(Deno.env.toObject()).filter(([name]) => name.startsWith("AWS_"));
  before.forEach(([name]) => Deno.env.delete(name));
  const nowhere = { AWS_CONFIG_FILE: "/nowhere", AWS_SHARED_CREDENTIALS_FILE: "/nowhere" };
  const all = { ...nowhere, AWS_EC2_METADATA_DISABLED: "true", ...variables };
  for (const [name, value] of Object.entries(all)) Deno.env.set(name, value);
  try {
    await body();
  } finally {
    Object.keys(all).forEach((name) => Deno.env.delete(name));
    for (const [name, value] of before) Deno.env.set(name, value);
  }
}
