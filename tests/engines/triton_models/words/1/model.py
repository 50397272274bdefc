"""Counts aloud: as many words as `max_tokens` says, one every 10 ms, however many requests there are at a time."""

import itertools
import threading
import time

import numpy as np
import triton_python_backend_utils as triton

WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
PIECE_S = 0.010
UNASKED = 10


class TritonPythonModel:
    def execute(self, requests):
        for request in requests:
            threading.Thread(target=count, args=(request,), daemon=True).start()


def count(request):
    sender = request.get_response_sender()
    wanted = triton.get_input_tensor_by_name(request, "max_tokens")
    pieces = UNASKED if wanted is None else int(wanted.as_numpy()[0])
    for word in itertools.islice(itertools.cycle(WORDS), pieces):
        time.sleep(PIECE_S)
        text = np.array([f" {word}".encode()], dtype=np.object_)
        sender.send(triton.InferenceResponse([triton.Tensor("text_output", text)]))
    sender.send(flags=triton.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
