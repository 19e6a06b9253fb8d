"""Complete sets side by side: portfolio.complete, our plain epsilon-constraint method, and pyaugmecon under an interpreter of its own.

    python benchmarks/frontier.py [--cases 2kp50,4kp50,...] [--seconds S] [--workers N] [--pyaugmecon PYTHON]

pyaugmecon 2.x needs Python 3.12 with highspy: name an interpreter that has both; without one its columns show what was measured with it elsewhere
(two cores, HiGHS 1.15.1, one process). Every run gets the same time limit; a run that it stops shows the points found so far. On a machine that
does other things as well, the processor seconds are those to compare.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).parents[1] / "tests" / "pareto" / "cases"
NAMES = ("2kp50", "4kp50", "2kp100", "3kp40", "3kp50")
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


@dataclass(frozen=True)
class Figures:
    """Wall and processor seconds, integer programs, points; None where a limit came first and nothing is known."""

    seconds: float
    cpu: float | None
    solved: int | None
    points: int | None

    def __str__(self) -> str:
        cpu = "-" if self.cpu is None else f"{self.cpu:.1f}"
        return f"{self.seconds:.1f} ({cpu}) / {self.solved or '-'} / {self.points or '-'}"


ELSEWHERE = {
    "2kp50": Figures(7.1, 7.1, 43, 35),
    "2kp100": Figures(55.8, 55.8, 128, 121),
    "4kp50": Figures(3.0, 3.0, 156, 46),
    "3kp40": Figures(257.0, 257.0, 738, 389),
}
"""pyaugmecon 2.0.1 on another day (3kp40: at least)."""


def ours(name: str, seconds: float, workers: int, plain: bool) -> Figures:
    """portfolio.complete, or portfolio's epsilon-constraint method."""
    from portfolio.formats.moo_json import read_moo
    from portfolio.pareto.complete import complete
    from portfolio.pareto.epsilon_constraint import epsilon_constraint
    from portfolio.pareto.problem import problem_of
    from portfolio.pareto.zones import Limits

    program = problem_of(read_moo(CASES / f"{name}.json"))
    begun, limits = time.process_time(), Limits(time.perf_counter() + seconds)
    found = epsilon_constraint(program, limits) if plain else complete(program, limits, workers)
    return Figures(found.seconds, time.process_time() - begun, found.solves, len(found.points))


def other(name: str, seconds: float, interpreter: str | None) -> tuple[Figures | None, str]:
    """pyaugmecon in a process of its own, and where its figures come from."""
    if interpreter is None:
        return ELSEWHERE.get(name), "elsewhere"
    begun, before = time.perf_counter(), _children()
    call = [interpreter, "-c", OTHER, str(CASES / f"{name}.json")]
    run = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        out, err = run.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        cpu = _group(run.pid)
        # Its workers are processes too.
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        return Figures(time.perf_counter() - begun, cpu, None, None), "stopped"
    line = next((line for line in out.splitlines() if line.startswith("ANSWER ")), None)
    if line is None:
        return None, (err.strip().splitlines() or ["failed"])[-1][:60]
    took, solved, points = json.loads(line[len("ANSWER ") :])
    return Figures(took, _children() - before, solved, points), "measured"


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _group(leader: int) -> float | None:
    """Processor seconds of a running process and its workers, as Linux tells."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        # Fields after the name: state, parent, group, ..., own and waited-for children's user and system time.
        ticks += sum(map(int, fields[11:15])) if int(fields[2]) == leader else 0
    return ticks / os.sysconf("SC_CLK_TCK") or None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", default=",".join(NAMES))
    parser.add_argument("--seconds", type=float, default=120.0, help="limit of each run")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--pyaugmecon", metavar="PYTHON", default=None)
    parser.add_argument("--no-plain", action="store_true", help="leave the plain epsilon-constraint method out")
    asked = parser.parse_args()
    print(
        f"limit {asked.seconds:g} s per run, {asked.workers} worker(s) for portfolio; wall (processor) seconds / integer programs / points"
    )
    print(
        f"{'case':8} {'published':>9} {'portfolio':>28} {'per point':>9} {'plain':>28} {'pyaugmecon':>28} {'ratio':>6} {'of processor':>12}"
    )
    for name in asked.cases.split(","):
        published = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))["expected_nondominated_count"]
        mine = ours(name, asked.seconds, asked.workers, False)
        base = None if asked.no_plain else ours(name, asked.seconds, 1, True)
        theirs, where = other(name, asked.seconds, asked.pyaugmecon)
        per = f"{(mine.solved or 0) / max(mine.points or 0, 1):.2f}"
        # A run of ours that the limit stopped has no ratio; one of theirs gives a lower bound.
        least = ">" if where == "stopped" else ""
        whole = theirs if mine.points == published else None
        wall = "-" if whole is None else f"{least}{whole.seconds / mine.seconds:.1f}"
        cpu = "-" if whole is None or whole.cpu is None or mine.cpu is None else f"{least}{whole.cpu / mine.cpu:.1f}"
        shown = [format(str(v or "-"), ">28") for v in (mine, base, theirs)]
        print(f"{name:8} {published:>9} {shown[0]} {per:>9} {shown[1]} {shown[2]} {wall:>6} {cpu:>12} {where}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
