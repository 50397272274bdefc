/** A page under suspicion: what it runs, opens and asks for without being told to. */

import type { BrowserContext, Page } from "playwright-core";

/** What is used of the page's own objects. */
interface PageElement {
  readonly localName: string;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  querySelectorAll(selector: string): Iterable<PageElement>;
}
declare const document: PageElement;

/** What a page did on its own. */
export interface Misdeeds {
  readonly dialogs: string[];
  readonly requests: string[];
  readonly popups: string[];
}

/**
 * Notes dialogs, new windows, and requests to anywhere but `own` from now on. Dialogs are closed, so that the page goes on.
 */
export async function watch(context: BrowserContext, page: Page, own: readonly string[]): Promise<Misdeeds> {
  const misdeeds: Misdeeds = { dialogs: [], requests: [], popups: [] };
  page.on("dialog", (dialog) => {
    misdeeds.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.on("popup", (popup) => misdeeds.popups.push(popup.url()));
  const harmless = [...own, "data:", "blob:", "about:"];
  await context.route("**", (route) => {
    const url = route.request().url();
    if (harmless.some((start) => url.startsWith(start))) return route.continue();
    misdeeds.requests.push(url);
    return route.abort();
  });
  return misdeeds;
}

/** What scripts of hostile text leave behind in a page, and elements that act; the page's own scripts are not asked for. */
export async function traces(page: Page, within: string): Promise<string[]> {
  return await page.evaluate((within) => {
    const found = "owned" in globalThis
      ? [`owned: ${(globalThis as unknown as { owned: unknown }).owned}`]
      : [];
    for (const root of document.querySelectorAll(within)) {
      for (const element of root.querySelectorAll("*")) {
        const name = element.localName.toLowerCase();
        if (
          /^(script|iframe|object|embed|link|base|form|meta|foreignobject|animate|set)$/
            .test(name)
        ) {
          found.push(name);
        }
        for (const attribute of element.attributes) {
          const acts = /^on/i.test(attribute.name) || /^\s*(javascript|vbscript):/i.test(attribute.value);
          if (acts) found.push(`${name} ${attribute.name}=${attribute.value}`);
        }
      }
    }
    return found;
  }, within);
}
