"""Allocation of public funds as an audited mixed-integer program.

    import portfolio
    result = portfolio.solve("toy")
    frames = portfolio.plan_frames(result)

The names below are imported when they are first used, so that `import portfolio` is free.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portfolio.api.doors import export, plan_from_pulp, plan_from_pyomo, plan_from_solution_file, to_pulp, to_pyomo
    from portfolio.api.frames import frontier_frames, plan_frames
    from portfolio.api.generate import generate
    from portfolio.api.public import audit_result, check, frontier, load, solve
    from portfolio.formats.moo_json import read_moo
    from portfolio.pareto.certified import certified
    from portfolio.pareto.complete import complete
    from portfolio.pareto.problem import problem, problem_of
    from portfolio.sensitivity.public import sweep
    from portfolio.sensitivity.tables import run_frame

_HOMES = {
    "load": "portfolio.api.public",
    "check": "portfolio.api.public",
    "solve": "portfolio.api.public",
    "sweep": "portfolio.sensitivity.public",
    "run_frame": "portfolio.sensitivity.tables",
    "audit_result": "portfolio.api.public",
    "generate": "portfolio.api.generate",
    "frontier": "portfolio.api.public",
    "frontier_frames": "portfolio.api.frames",
    "complete": "portfolio.pareto.complete",
    "certified": "portfolio.pareto.certified",
    "problem": "portfolio.pareto.problem",
    "problem_of": "portfolio.pareto.problem",
    "read_moo": "portfolio.formats.moo_json",
    "plan_frames": "portfolio.api.frames",
    "to_pyomo": "portfolio.api.doors",
    "to_pulp": "portfolio.api.doors",
    "export": "portfolio.api.doors",
    "plan_from_pyomo": "portfolio.api.doors",
    "plan_from_pulp": "portfolio.api.doors",
    "plan_from_solution_file": "portfolio.api.doors",
}
__all__ = [
    "audit_result",
    "certified",
    "check",
    "complete",
    "export",
    "frontier",
    "frontier_frames",
    "generate",
    "load",
    "plan_frames",
    "plan_from_pulp",
    "plan_from_pyomo",
    "plan_from_solution_file",
    "problem",
    "problem_of",
    "read_moo",
    "run_frame",
    "solve",
    "sweep",
    "to_pulp",
    "to_pyomo",
]


def __getattr__(name: str) -> Any:
    """The public function of that name."""
    if name not in _HOMES:
        raise AttributeError(f"module `portfolio` has no attribute `{name}`; public: {', '.join(__all__)}")
    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
