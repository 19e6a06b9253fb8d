"""Reading and writing large tables without the cyclic garbage collector."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """Pause the collector inside.

    Reading builds hundreds of thousands of small objects that live on, none of them in a cycle; the collector would look at all of them
    again and again (a third of the time of reading 150,000 cells). What reference counts free is freed as ever.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
