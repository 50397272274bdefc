/** The program of `figuresOfRun`: makes the figures of a run. */

import { answer, ownTask } from "./own_process.ts";
import { scanRequests } from "./requests.ts";
import { type FiguresTask, runFigures } from "./run_figures.ts";

const { source_dir, options } = await ownTask<FiguresTask>();
await answer(await runFigures(await scanRequests(source_dir), options));
