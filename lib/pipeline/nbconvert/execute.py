"""nbconvert configuration: executes notebooks one after another for the headless runner.

    jupyter nbconvert --config execute.py --to notebook A.ipynb B.ipynb --output-dir RUN/notebooks

Talks to the runner in JSON lines: events on standard output, permission to start the next notebook on standard input
(a line each; end of input means that the runner is gone). Each notebook gets a kernel of its own. After every cell the
notebook is saved with its outputs so far, so that a failure or a crash leaves the evidence.

A notebook does not outlive its runner: nobody would look at what it creates and sends. When the runner is killed, its end of
the input closes; the kernel is interrupted, as the stop button does it, and ended if it has not stopped by then.

The fence: the Deno kernel reports a cell as idle before all its outputs are sent. After each cell's reply a silent cell
prints a token; when the token is back, everything that the cell sent before it has arrived.
"""

import json
import os
import select
import signal
import sys
import threading
import time
import uuid
from queue import Empty

import nbformat
from jupyter_client.utils import ensure_async
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbconvert.preprocessors import ExecutePreprocessor

FENCE_SECONDS = 60
STOP_SECONDS = 10
OUTPUTS = {"stream", "display_data", "execute_result", "update_display_data", "clear_output", "error"}
EVIDENCE = os.environ["FMBENCH_EVIDENCE"]
KERNEL = os.environ["FMBENCH_KERNEL"]


def tell(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def end_with_runner(kernel, over):
    """Waits for the runner's end; stops the kernel with that process id, and leaves, unless its notebook is over by then."""
    gone = select.poll()
    gone.register(sys.stdin, select.POLLHUP)
    gone.poll()
    if over.is_set():
        return
    os.kill(kernel, signal.SIGINT)
    if over.wait(STOP_SECONDS):
        return
    os.killpg(kernel, signal.SIGKILL)
    os._exit(3)


class RunnerPreprocessor(ExecutePreprocessor):
    enabled = True
    record_timing = False
    kernel_name = KERNEL
    timeout = None
    startup_timeout = 120

    def preprocess(self, nb, resources=None, km=None):
        self.notebook = resources["metadata"]["name"]
        self.evidence = nb
        tell("ready", notebook=self.notebook)
        if not sys.stdin.readline():
            raise SystemExit(3)
        self.on_cell_start = self._cell_start
        self.on_cell_executed = self._cell_executed
        self.cell_index = None
        self.over = threading.Event()
        try:
            nb, resources = super().preprocess(nb, resources, km)
        except CellExecutionError as error:
            self._save()
            told = {"ename": error.ename, "evalue": error.evalue, "stack": error.traceback}
            tell("failed", notebook=self.notebook, cell=self.cell_index, **told)
            sys.exit(1)
        except DeadKernelError:
            self._save()
            tell("died", notebook=self.notebook, cell=self.cell_index)
            sys.exit(1)
        except SystemExit:
            self._save()
            raise
        except BaseException as error:
            self._save()
            tell("broken", notebook=self.notebook, cell=self.cell_index, reason=f"{type(error).__name__}: {error}")
            raise
        finally:
            self.over.set()
        self._save()
        tell("executed", notebook=self.notebook)
        return nb, resources

    def _save(self):
        path = os.path.join(EVIDENCE, f"{self.notebook}.ipynb")
        nbformat.write(self.evidence, path + ".part")
        os.replace(path + ".part", path)

    def _cell_start(self, cell, cell_index):
        if self.cell_index is None:
            pid = self.km.provisioner.pid
            tell("kernel", notebook=self.notebook, pid=pid)
            threading.Thread(target=end_with_runner, args=(pid, self.over), daemon=True).start()
        self.cell_index = cell_index
        tell("cell", notebook=self.notebook, cell=cell_index)

    async def _cell_executed(self, cell, cell_index, execute_reply):
        await self._fence(cell, cell_index, execute_reply)
        self._save()

    async def _fence(self, cell, cell_index, execute_reply):
        token, deadline = f"fence-{uuid.uuid4()}", time.monotonic() + FENCE_SECONDS
        count, owner = cell.get("execution_count"), execute_reply["parent_header"]["msg_id"]
        fence = self.kc.execute(
            f"console.log({token!r})", silent=True, store_history=False, allow_stdin=False, stop_on_error=False
        )

        async def message(channel, what):
            try:
                return await ensure_async(channel.get_msg(timeout=max(0.01, deadline - time.monotonic())))
            except Empty:
                raise RuntimeError(f"cell {cell_index}: {what} did not arrive in {FENCE_SECONDS} s") from None

        while True:
            reply = await message(self.kc.iopub_channel, "its last output")
            if reply["parent_header"].get("msg_id") not in (owner, fence):
                continue
            if reply["msg_type"] == "stream" and token in reply["content"]["text"]:
                break
            if reply["msg_type"] in OUTPUTS:
                self.process_message(reply, cell, cell_index)
        while (await message(self.kc.shell_channel, "the reply"))["parent_header"].get("msg_id") != fence:
            pass
        cell["execution_count"] = count


# Ended by the runner: leave through SystemExit, so that the kernel is shut down too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

c = get_config()  # noqa: F821
c.NotebookExporter.preprocessors = [RunnerPreprocessor]
c.NbConvertApp.log_level = "WARN"
