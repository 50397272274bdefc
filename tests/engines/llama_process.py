"""llama.cpp's HTTP server with Gemma 3 270M, as a program of its own. Arguments: the file of the model, the port."""

import signal
import sys

import xllamacpp

SLOTS = 8
CONTEXT = 1024

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.model_alias = {"gemma-3-270m"}
params.hostnames = ["127.0.0.1"]
params.port = int(sys.argv[2])
params.n_parallel = SLOTS
params.n_ctx = CONTEXT * SLOTS
params.cont_batching = True
params.endpoint_metrics = True
# Threads wait for each other by spinning: copies on few cores must not have several each.
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1

server = xllamacpp.Server(params)
print("ready", server.listening_address, flush=True)
signal.sigwait({signal.SIGTERM, signal.SIGINT})
