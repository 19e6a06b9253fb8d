"""Complete sets side by side: portfolio.complete, our plain epsilon-constraint method, and pyaugmecon under an interpreter of its own.

    python benchmarks/frontier.py [--cases 2kp50,4kp50,...] [--seconds S] [--workers N] [--pyaugmecon PYTHON]

pyaugmecon 2.x needs Python 3.12 with highspy: name an interpreter that has both; without one its columns show what was measured with it elsewhere
(two cores, HiGHS 1.15.1, one process). Every run gets the same time limit; a run that it stops shows the points found so far.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

CASES = Path(__file__).parents[1] / "tests" / "pareto" / "cases"
NAMES = ("2kp50", "4kp50", "2kp100", "3kp40", "3kp50")
ELSEWHERE = {"2kp50": (7.1, 43, 35), "2kp100": (55.8, 128, 121), "4kp50": (3.0, 156, 46), "3kp40": (257.0, 738, 389)}
"""Seconds, integer programs, points of pyaugmecon 2.0.1 on another day (3kp40: at least)."""
OTHER = """
import json, sys, tempfile, time
import pyomo.environ as pyo
from pyaugmecon import PyAugmecon, PyAugmeconConfig
raw = json.load(open(sys.argv[1]))
m = pyo.ConcreteModel(); n = len(raw["integrality"])
m.x = pyo.Var(range(n), within=pyo.Binary)
m.c = pyo.ConstraintList(); m.obj_list = pyo.ObjectiveList()
for row, side in zip(raw["constraints"]["A"], raw["constraints"]["rhs"]):
    m.c.add(sum(a * m.x[j] for j, a in enumerate(row) if a) <= side)
for row in raw["objectives"]:
    m.obj_list.add(sum(a * m.x[j] for j, a in enumerate(row)), sense=pyo.maximize)
for k in range(len(raw["objectives"])):
    m.obj_list[k + 1].deactivate()
folder = tempfile.mkdtemp()
config = PyAugmeconConfig(name="case", workers=1, artifact_folder=folder, write_csv=False, progress_bar=False, log_to_console=False,
    solver_name="appsi_highs", solver_options={"mip_rel_gap": 0.0, "threads": 1})
if __name__ == "__main__":
    begun = time.perf_counter()
    result = PyAugmecon(m, config).solve()
    print("ANSWER", json.dumps([time.perf_counter() - begun, result.models_solved, result.count]))
"""
Figures = tuple[float, int | None, int | None]
"""Seconds, integer programs, points; None where a limit came first and nothing is known."""


def ours(name: str, seconds: float, workers: int) -> Figures:
    """portfolio.complete."""
    from portfolio.formats.moo_json import read_moo
    from portfolio.pareto.complete import complete
    from portfolio.pareto.problem import problem_of
    from portfolio.pareto.zones import Limits

    found = complete(problem_of(read_moo(CASES / f"{name}.json")), Limits(time.perf_counter() + seconds), workers)
    return found.seconds, found.solves, len(found.points)


def plain(name: str, seconds: float) -> Figures:
    """portfolio's epsilon-constraint method."""
    from portfolio.formats.moo_json import read_moo
    from portfolio.pareto.epsilon_constraint import epsilon_constraint
    from portfolio.pareto.problem import problem_of
    from portfolio.pareto.zones import Limits

    found = epsilon_constraint(problem_of(read_moo(CASES / f"{name}.json")), Limits(time.perf_counter() + seconds))
    return found.seconds, found.solves, len(found.points)


def other(name: str, seconds: float, interpreter: str | None) -> tuple[Figures | None, str]:
    """pyaugmecon in a process of its own, and where its figures come from."""
    if interpreter is None:
        known = ELSEWHERE.get(name)
        return (None if known is None else known), "elsewhere"
    call = [interpreter, "-c", OTHER, str(CASES / f"{name}.json")]
    try:
        done = subprocess.run(call, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return (seconds, None, None), "stopped"
    line = next((line for line in done.stdout.splitlines() if line.startswith("ANSWER ")), None)
    if line is None:
        return None, (done.stderr.strip().splitlines() or ["failed"])[-1][:60]
    took, solved, points = json.loads(line[len("ANSWER ") :])
    return (took, solved, points), "measured"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", default=",".join(NAMES))
    parser.add_argument("--seconds", type=float, default=120.0, help="limit of each run")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--pyaugmecon", metavar="PYTHON", default=None)
    parser.add_argument("--no-plain", action="store_true", help="leave the plain epsilon-constraint method out")
    asked = parser.parse_args()
    print(f"limit {asked.seconds:g} s per run, {asked.workers} worker(s) for portfolio; seconds / integer programs / points")
    print(f"{'case':8} {'published':>9} {'portfolio':>22} {'per point':>9} {'plain':>22} {'pyaugmecon':>22} {'ratio':>8}")
    for name in asked.cases.split(","):
        published = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))["expected_nondominated_count"]
        mine = ours(name, asked.seconds, asked.workers)
        base = None if asked.no_plain else plain(name, asked.seconds)
        theirs, where = other(name, asked.seconds, asked.pyaugmecon)
        per = f"{(mine[1] or 0) / max(mine[2] or 0, 1):.2f}"
        # A run of ours that the limit stopped has no ratio; one of theirs gives a lower bound.
        whole = mine[2] == published and theirs is not None
        ratio = f"{'>' if where == 'stopped' else ''}{theirs[0] / mine[0]:.1f}" if whole and theirs is not None else "-"
        print(
            f"{name:8} {published:>9} {_figures(mine):>22} {per:>9} {_figures(base):>22} {_figures(theirs):>22} {ratio:>8} {where}",
            flush=True,
        )


def _figures(found: Figures | None) -> str:
    return "-" if found is None else f"{found[0]:.1f} / {found[1] or '-'} / {found[2] or '-'}"


if __name__ == "__main__":
    sys.exit(main())
