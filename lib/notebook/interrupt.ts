/** The stop button. JupyterLab and the runner send SIGINT; a kernel without a listener would die of it. */

let current = new AbortController();
let listening = false;

/** The signal of the step that is open now; aborted by the next SIGINT. */
export function armStopButton(): AbortSignal {
  current = new AbortController();
  if (!listening) {
    listening = true;
    Deno.addSignalListener(
      "SIGINT",
      () => current.abort(new DOMException("stopped by the user", "AbortError")),
    );
  }
  return current.signal;
}
