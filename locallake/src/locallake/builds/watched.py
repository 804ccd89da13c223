"""Runs a command and ends its whole group when whoever started it is gone: its stdin then ends.

A program of its own, without imports from the package.
"""

import os
import signal
import subprocess
import sys
import threading


def _end_with_starter() -> None:
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    threading.Thread(target=_end_with_starter, daemon=True).start()
    status = process.wait()
    # At once: the thread that reads cannot be ended.
    os._exit(status if status >= 0 else 128 - status)
