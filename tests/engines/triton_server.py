"""Triton Inference Server with the model `words` on a free port of 127.0.0.1, tracing every request."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from until_left import until_left

READY_S = 60
STOP_S = 10


def triton() -> Path:
    """The folder of the server. Its package is not imported, as that takes much more than the server."""
    spec = importlib.util.find_spec("pytriton")
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "tritonserver"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start(port: int, trace: Path) -> subprocess.Popen:
    folder = triton()
    backends = folder / "backends"
    # There is a program for each Python; the server starts the one that lies beside its library.
    stub = "triton_python_backend_stub"
    version = "%d.%d" % sys.version_info[:2]
    shutil.copy(folder / "python_backend_stubs" / version / stub, backends / "python" / stub)
    arguments = {
        "model-repository": Path(__file__).parent / "triton_models",
        "backend-directory": backends,
        "cache-directory": folder / "caches",
        "http-address": "127.0.0.1",
        "http-port": port,
        "allow-grpc": "false",
        "allow-metrics": "false",
        "exit-timeout-secs": STOP_S // 2,
    }
    traced = [f"triton,file={trace}", "triton,log-frequency=1", "rate=1", "level=TIMESTAMPS", "count=-1"]
    site = importlib.util.find_spec("numpy").submodule_search_locations[0]
    return subprocess.Popen(
        [
            folder / "bin" / "tritonserver",
            *(f"--{name}={value}" for name, value in arguments.items()),
            *(f"--trace-config={setting}" for setting in traced),
        ],
        # The Python that runs the model finds NumPy and its own library by these.
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
            "VIRTUAL_ENV": sys.prefix,
            "PYTHONPATH": str(Path(site).parent),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
    )


def wait_until_ready(server: subprocess.Popen, url: str) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            sys.exit(f"tritonserver ended with {server.returncode} before it was ready")
        try:
            with urllib.request.urlopen(f"{url}/ready", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"tritonserver was not ready after {READY_S} s")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="fmbench-triton-") as traces:
        trace = Path(traces) / "trace"
        port = free_port()
        server = start(port, trace)
        try:
            url = f"http://127.0.0.1:{port}/v2/models/words"
            wait_until_ready(server, url)
            until_left({"FMBENCH_TRITON_URL": url, "FMBENCH_TRITON_TRACE": str(trace)})
        finally:
            server.terminate()
            try:
                server.wait(STOP_S)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


main()
