/** A notebook that is open in JupyterLab, worked with as a person does: menus' commands, cells, the stop button. */

import { basename, join } from "node:path";
import type { Page } from "playwright-core";

/** One output of a cell, as the notebook file holds it. */
export interface Output {
  readonly output_type: "stream" | "display_data" | "execute_result" | "error";
  readonly text?: string | string[];
  readonly data?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: readonly string[];
}

/** A code cell and what is shown below it. */
export interface CodeCell {
  readonly source: string;
  readonly execution_count: number | null;
  readonly outputs: readonly Output[];
}

/** What is used of JupyterLab's own objects, present in the page through `LabApp.expose_app_in_browser`. */
interface JupyterApp {
  readonly commands: { execute(command: string): Promise<unknown> };
  readonly shell: { readonly currentWidget: NotebookPanel | null };
}
interface NotebookPanel {
  readonly content: { activeCellIndex: number; readonly model: { readonly sharedModel: SharedNotebook } };
  readonly context: {
    readonly isReady: boolean;
    readonly sessionContext: {
      readonly session: { readonly kernel: { readonly status: string } | null } | null;
    };
  };
}
interface SharedNotebook {
  readonly cells: readonly SharedCell[];
  insertCell(index: number, cell: { cell_type: string; source: string; metadata: object }): unknown;
}
interface SharedCell {
  readonly cell_type: string;
  readonly execution_count: number | null;
  source: string;
  toJSON(): { outputs: Output[] };
}
declare const jupyterapp: JupyterApp;

const LOAD_MS = 60_000;
const RUN_MS = 300_000;

/** Everything that the outputs say, in every format. */
export function textOf({ outputs }: CodeCell): string {
  return outputs.flatMap(({ text, data, evalue }) =>
    [text ?? [], Object.values(data ?? {}), evalue ?? []].flat(2)
  )
    .map((part) => typeof part === "string" ? part : JSON.stringify(part)).join("");
}

/** The errors below a cell, as they are shown: `<name>: <message>`, and a stack if there is one. */
export function errorsOf({ outputs }: CodeCell): string[] {
  return outputs.filter(({ output_type }) => output_type === "error")
    .map(({ traceback }) => (traceback ?? []).join("\n"));
}

/** An open notebook with an idle kernel. Cells are counted as code cells, from 0. */
export class NotebookPage {
  readonly page: Page;
  readonly #screenshots: string;

  private constructor(page: Page, screenshots: string) {
    this.page = page;
    this.#screenshots = screenshots;
  }

  /** Goes to the address of a notebook and waits for its kernel. */
  static async load(page: Page, address: string, screenshots: string): Promise<NotebookPage> {
    await page.goto(address);
    await page.waitForFunction(
      () => {
        if (typeof jupyterapp === "undefined") return false;
        const context = jupyterapp.shell.currentWidget?.context;
        return context?.isReady && context.sessionContext.session?.kernel?.status === "idle";
      },
      undefined,
      { timeout: LOAD_MS },
    );
    return new NotebookPage(page, screenshots);
  }

  /** The code cells as they are now. */
  async cells(): Promise<CodeCell[]> {
    return await this.page.evaluate(() =>
      jupyterapp.shell.currentWidget!.content.model.sharedModel.cells
        .filter(({ cell_type }) => cell_type === "code")
        .map((cell) => ({
          source: cell.source,
          execution_count: cell.execution_count,
          outputs: cell.toJSON().outputs,
        }))
    );
  }

  /** Replaces a text in a cell. */
  async edit(cell: number, from: string, to: string): Promise<void> {
    await this.page.evaluate(([cell, from, to]) => {
      const { cells } = jupyterapp.shell.currentWidget!.content.model.sharedModel;
      const code = cells.filter(({ cell_type }) => cell_type === "code")[cell]!;
      if (!code.source.includes(from)) throw new Error(`no ${from} in ${code.source}`);
      code.source = code.source.replace(from, to);
    }, [cell, from, to] as const);
  }

  /** Adds a code cell below another one. */
  async addBelow(cell: number, source: string): Promise<void> {
    await this.page.evaluate(([cell, source]) => {
      const shared = jupyterapp.shell.currentWidget!.content.model.sharedModel;
      const at = shared.cells.flatMap(({ cell_type }, i) => cell_type === "code" ? [i] : [])[cell]!;
      shared.insertCell(at + 1, { cell_type: "code", source, metadata: {} });
    }, [cell, source] as const);
  }

  /** Runs one cell and waits for its end. */
  async run(cell: number): Promise<CodeCell> {
    await this.page.evaluate(async (cell) => {
      const { content } = jupyterapp.shell.currentWidget!;
      const { cells } = content.model.sharedModel;
      content.activeCellIndex = cells.flatMap(({ cell_type }, i) => cell_type === "code" ? [i] : [])[cell]!;
      await jupyterapp.commands.execute("notebook:run-cell");
    }, cell);
    await this.#settled();
    return (await this.cells())[cell]!;
  }

  /** Run All; resolves when the last cell has ended. */
  async runAll(): Promise<void> {
    this.page.setDefaultTimeout(RUN_MS);
    await this.page.evaluate(() => jupyterapp.commands.execute("notebook:run-all-cells"));
    await this.#settled();
  }

  /** The stop button. @returns milliseconds until the cell has ended */
  async stop(cell: number): Promise<number> {
    return await this.page.evaluate(async (cell) => {
      const { cells } = jupyterapp.shell.currentWidget!.content.model.sharedModel;
      const running = cells.filter(({ cell_type }) => cell_type === "code")[cell]!;
      const pressed = performance.now();
      await jupyterapp.commands.execute("notebook:interrupt-kernel");
      while (running.execution_count === null) await new Promise((resolve) => setTimeout(resolve, 10));
      return performance.now() - pressed;
    }, cell);
  }

  /** Save (Ctrl+S); resolves when the file is written. */
  async save(): Promise<void> {
    await this.page.evaluate(() => jupyterapp.commands.execute("docmanager:save"));
  }

  /** A picture of the whole notebook. */
  async picture(name: string): Promise<void> {
    const top = () =>
      this.page.locator(".jp-WindowedPanel-outer").first().evaluate((panel) => panel.scrollTo(0, 0));
    // Cells are drawn when they come into view, so the height is known only when all of them are.
    await this.page.setViewportSize({ width: 1300, height: 12_000 });
    await top();
    await this.page.waitForTimeout(1000);
    const last = await this.page.locator(".jp-Notebook .jp-Cell").last().boundingBox();
    const height = Math.ceil(Math.min(12_000, last === null ? 1000 : last.y + last.height + 60));
    await this.page.setViewportSize({ width: 1300, height });
    await top();
    await this.page.waitForTimeout(500);
    await this.page.screenshot({ path: join(this.#screenshots, `${basename(name)}.png`) });
    await this.page.setViewportSize({ width: 1300, height: 1000 });
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  /** The kernel tells that it is idle after it has answered; the last outputs may come in between. */
  async #settled(): Promise<void> {
    await this.page.waitForFunction(() =>
      jupyterapp.shell.currentWidget!.context.sessionContext.session!.kernel!.status === "idle"
    );
    await this.page.waitForTimeout(300);
  }
}
