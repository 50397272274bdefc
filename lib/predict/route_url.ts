/** Addresses of a server's routes. */

/**
 * The address of one route of a server.
 *
 * @param base where the server is, `http://host:port/v1`, or the whole address of one of its routes; a query is kept
 * @param route what is asked there, `/chat/completions`
 * @param known routes that `base` may end in beside it; the route takes the place of the longest
 */
export function routeUrl(base: string, route: string, known: readonly string[] = []): string {
  const url = new URL(base);
  const path = url.pathname.replace(/\/+$/, "");
  const ending =
    [route, ...known].filter((end) => path.endsWith(end)).sort((a, b) => b.length - a.length)[0] ?? "";
  url.pathname = path.slice(0, path.length - ending.length) + route;
  return url.href;
}
