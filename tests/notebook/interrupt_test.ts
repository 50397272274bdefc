import assert from "node:assert/strict";
import { runProgram } from "./made_up_kernel.ts";

Deno.test("SIGINT aborts the step that is open now, and the program lives on", async () => {
  const { told } = await runProgram(
    `
    const { armStopButton } = await import("lib/notebook/interrupt.ts");
    const first = armStopButton();
    const second = armStopButton();
    const press = (signal) => new Promise((resolve) => {
      signal.addEventListener("abort", resolve, { once: true });
      Deno.kill(Deno.pid, "SIGINT");
    });
    await press(second);
    tell([first.aborted, second.aborted, second.reason.name, second.reason.message]);
    const third = armStopButton();
    tell(third.aborted);
    await press(third);
    tell(third.aborted);
    Deno.exit(0);`,
    { kernel: false },
  );
  assert.deepEqual(told, [[false, true, "AbortError", "stopped by the user"], false, true]);
});
