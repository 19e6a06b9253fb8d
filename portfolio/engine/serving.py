"""What a worker process runs: it reads a maker and then chunks from its standard input, and writes what became of them to its standard output.

Its input ends when the process that hired it ends, in whatever way: then it ends too, in the midst of a solve if need be.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import threading
import traceback
from typing import IO, Any

from portfolio.engine.work import Bench, answer_all

STOP = b""
"""Asks a worker to bring back what it has finished."""
READY = "ready"


def packed(message: object) -> bytes:
    """As it travels. A message is packed twice: a content that cannot be unpacked is then an error of that message, and the pipe stays in step."""
    return pickle.dumps(message, pickle.HIGHEST_PROTOCOL)


def serve() -> None:
    """Answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked, said = _channel()
    stop = threading.Event()
    inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(asked, inbox, stop), daemon=True).start()
    bench: Bench | None = None
    while True:
        content = inbox.get()
        try:
            message = pickle.loads(content)
            if bench is None:
                bench = message()
                answer: Any = READY
            else:
                answer = answer_all(bench, message, stop)
        except BaseException as error:  # raised again by the process that asked
            answer = _portable(error)
        said.write(packed(answer))
        said.flush()


def _channel() -> tuple[IO[bytes], IO[bytes]]:
    """Input and output to oneself: what a library prints goes to standard error."""
    asked, said = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return asked, said


def _listen(asked: IO[bytes], inbox: queue.SimpleQueue[bytes], stop: threading.Event) -> None:
    """A thread of its own: a stop must be heard, and the end of the input seen, while a chunk is worked on."""
    while True:
        try:
            message = pickle.load(asked)
        except (EOFError, OSError, pickle.UnpicklingError):
            os._exit(0)
        if message == STOP:
            stop.set()
        else:
            inbox.put(message)


def _portable(error: BaseException) -> BaseException:
    """The error itself where it survives the journey, else its words."""
    error.add_note("in a worker process:\n" + "".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # whatever its class does when it is rebuilt
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
