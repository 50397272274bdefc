/** Variables in texts of a manifest: `$NAME` and `${NAME}`, as `envsubst` has them, and `$$NAME` for a dollar sign that stays. */

const reference = /\$(\$(?=[A-Za-z_{]))?(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})|\$\$(?=\{)/g;

/** A text with every variable replaced. `$(NAME)`, which Kubernetes expands, and `$1` stay. */
export function expanded(text: string, valueOf: (name: string) => string): string {
  return text.replace(reference, (all: string, escape?: string, plain?: string, braced?: string) => {
    if (escape !== undefined || plain === undefined && braced === undefined) return all.slice(1);
    return valueOf(plain ?? braced ?? "");
  });
}

/** Names of all variables in a text. */
export function variablesIn(text: string): string[] {
  const names: string[] = [];
  expanded(text, (name) => (names.push(name), ""));
  return names;
}

/**
 * What stands in a manifest for a secret until the last moment: its variable's name between two characters that nobody writes.
 */
export function secretMark(name: string): string {
  return `\uE000${name}\uE001`;
}

const mark = /\uE000(\w+)\uE001/g;

/** The name of the secret that a text is, wholly; null: it is something else. */
export function wholeSecret(text: string): string | null {
  return /^\uE000(\w+)\uE001$/.exec(text)?.[1] ?? null;
}

/** Names of the secrets that are part of a text. */
export function secretsIn(text: string): string[] {
  return [...text.matchAll(mark)].map(([, name]) => name!);
}

/** A text with its secrets put in. */
export function withSecrets(text: string, valueOf: (name: string) => string): string {
  return text.replace(mark, (_, name: string) => valueOf(name));
}
