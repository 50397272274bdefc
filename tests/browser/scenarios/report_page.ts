/** The report in HTML as people open it: on a desk, on a phone, in the dark, on paper, with and without scripts. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import type { Lab } from "../lab.ts";

interface PageWindow {
  readonly document: {
    readonly documentElement: { readonly scrollWidth: number; readonly clientWidth: number };
    readonly body: object;
  };
  getComputedStyle(element: object): { readonly backgroundColor: string; readonly color: string };
}

const desk = { viewport: { width: 1280, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };
/** A4 less margins of 15 mm, at 96 pixels an inch. */
const paper = { viewport: { width: 680, height: 1009 } };

/** Six experiments, six load levels, six payload files: every chart, and the widest tables. */
export async function reportPage(lab: Lab, t: Deno.TestContext): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fmbench-report-" });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tests/report/sample_report.ts", folder],
    cwd: lab.copy.root,
    stdout: "null",
    stderr: "piped",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));

  const open = async (name: string, options: BrowserContextOptions, look: (page: Page) => Promise<void>) => {
    await t.step(name, async () => {
      const context = await lab.browser.newContext(options);
      const page = await context.newPage();
      await page.goto(`file://${folder}/report.html`);
      await look(page);
      await page.screenshot({ path: join(lab.screenshots, `report_${name.split(":")[0]!}.png`) });
      await context.close();
    });
  };

  await open("desk: every chart says what a mark is where the pointer is", desk, async (page) => {
    await assertFits(page);
    for (const chart of await page.locator(".fmb-chart:has([data-about])").all()) {
      await chart.scrollIntoViewIfNeeded();
      await page.waitForTimeout(100);
      const mark = chart.locator("[data-about]").first();
      await mark.hover({ force: true });
      assert.equal(await page.locator(".about").innerText(), await mark.getAttribute("data-about"));
    }
    await page.mouse.move(2, 2);
    assert.equal(await page.locator(".about").isVisible(), false);
  });
  await open("phone: nothing is wider than the page, and a tap is enough", phone, async (page) => {
    await assertFits(page);
    const mark = page.locator("[data-about]").first();
    await mark.scrollIntoViewIfNeeded();
    await page.waitForTimeout(300);
    const { x, y, width, height } = (await mark.boundingBox())!;
    await page.touchscreen.tap(x + width / 2 + 5, y + height / 2);
    const box = (await page.locator(".about").boundingBox())!;
    assert.ok(box.x >= 0 && box.x + box.width <= 390 && box.y >= 0 && box.y + box.height <= 844);
  });
  await open("dark: light text on dark paper", { ...desk, colorScheme: "dark" }, async (page) => {
    const { paper, ink } = await page.evaluate(() => {
      const { document, getComputedStyle } = globalThis as unknown as PageWindow;
      const { backgroundColor, color } = getComputedStyle(document.body);
      return { paper: backgroundColor, ink: color };
    });
    assert.ok(brightness(paper) < 60 && brightness(ink) > 180, `${ink} on ${paper}`);
    const chart = await page.locator(".fmb-chart").first().evaluate((svg) =>
      (globalThis as unknown as PageWindow).getComputedStyle(svg).color
    );
    assert.ok(brightness(chart) > 180, chart);
  });
  await open(
    "paper: dark on white, and no wider than the sheet",
    { ...paper, colorScheme: "dark" },
    async (page) => {
      await page.emulateMedia({ media: "print" });
      await assertFits(page);
      const wide = await page.locator("table, .fmb-chart").evaluateAll((all) =>
        (all as unknown as { getBoundingClientRect(): { right: number } }[])
          .filter((one) => one.getBoundingClientRect().right > 681).length
      );
      assert.equal(wide, 0);
      await page.pdf({ path: join(lab.screenshots, "report.pdf"), format: "A4" });
    },
  );
  await open(
    "scripts off: the browser's own hints remain",
    { ...desk, javaScriptEnabled: false },
    async (page) => {
      assert.ok(await page.locator(".fmb-chart title").count() > 100);
    },
  );
  await Deno.remove(folder, { recursive: true });
}

/** The page itself does not scroll sideways: what is wide scrolls in its own box. */
async function assertFits(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = (globalThis as unknown as PageWindow).document.documentElement;
    return [scrollWidth, clientWidth];
  });
  assert.equal(content, window);
}

/** Mean of red, green and blue of a colour as browsers give it. */
function brightness(colour: string): number {
  const [red, green, blue] = colour.match(/\d+/g)!.map(Number);
  return (red! + green! + blue!) / 3;
}
