"""What the servers for the tests have in common: they tell where they listen, and run until their standard input ends."""

import json
import sys


def until_left(variables: dict[str, str]) -> None:
    """Names the variables that lead the tests to a server that is ready, and returns when nobody holds it any more.

    Standard input ends with the process that holds it, however that one ends, so that no server outlives the tests.
    """
    print("ready", json.dumps(variables), flush=True)
    sys.stdin.read()
