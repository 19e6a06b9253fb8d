"""What a result says about how it was made: options and versions."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from portfolio.schema.exact import exact_text

if TYPE_CHECKING:
    from portfolio.api.stages import Effort

DISTRIBUTION = "portfolio-toolkit"


def toolkit_version() -> str:
    """Version of the installed distribution; `checkout` when it runs from a folder."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "checkout"


def versions() -> dict[str, str]:
    """Versions that the answer may depend on."""
    found = {"portfolio": toolkit_version(), "python": platform.python_version()}
    return found | {name: version(name) for name in ("highspy", "numpy")}


def options_of(effort: Effort) -> dict[str, Any]:
    """Options that the answer depends on, as written to the result."""
    limit = None if effort.seconds == float("inf") else effort.seconds
    return {
        "gap": exact_text(effort.gap),
        "seconds": limit,
        "seed": effort.seed,
        "solver": effort.solver,
        "threads": effort.threads,
        "warm_start": effort.start is not None,
        **({} if effort.prove is None else {"prove": exact_text(effort.prove)}),
    }
