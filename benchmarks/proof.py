"""The branching tree against HiGHS' own MIP search, both on one core: seconds until the gap is 1 % and 0.1 %. As in `solve --prove`, the MIP search
looks for the plan (from the first plan that `solve` gives it), and the tree proves a bound for the plan that was found.

    python benchmarks/proof.py [seconds per search, default 60] [flagship]
    python benchmarks/proof.py [seconds] frontier [programmes x options ...]
    python benchmarks/proof.py [seconds] staircase [programmes x options ...]

Equal weights, ranges as `solve` has them. The tree leaves a proof behind: its leaves, the size of its certificate, and how long the exact
check takes. Seconds are processor time, so that a loaded machine does not change them much. `flagship` adds japan-2026.

frontier: zones by inherited trees and by MIPs, plans as the solver has them (no publication grid); with the share of zones proven without a solver.
staircase: all levels of the budget, 80 to 120 % of today's, by one tree and by single runs.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from portfolio.api.aims import resolve_aim
from portfolio.api.allocate import ranges_of
from portfolio.api.generate import generate
from portfolio.api.proving import question_of
from portfolio.api.public import load
from portfolio.api.stages import weights_of
from portfolio.first_plan import first_plan
from portfolio.formulation.assemble import assemble
from portfolio.formulation.cells import as_view
from portfolio.library import load_model
from portfolio.pareto.certified import Effort, certified
from portfolio.proof.certificate import certificate, pack, unpack
from portfolio.proof.verify import verify
from portfolio.proof.workers import Tree
from portfolio.schema.aim import Weighted
from portfolio.schema.instance import Instance
from portfolio.sensitivity.sweep import Todo, run_sweep
from portfolio.session import Session
from portfolio.solvers.highs import Highs
from portfolio.solvers.outcome import Ask, Progress
from portfolio.solvers.relaxation import Relaxation

GAPS = (0.01, 0.001)
SIZES = ((50, 1), (50, 3), (100, 1), (100, 2), (200, 1), (200, 2), (400, 1), (400, 3))
"""Programmes, options per programme."""


class Stopwatch:
    """Processor seconds at which each gap was reached first."""

    def __init__(self, value: float | None = None) -> None:
        self.begun, self.reached, self.value = time.process_time(), dict[float, float](), value

    def __call__(self, progress: Progress) -> None:
        self.see((progress.incumbent if self.value is None else self.value) - progress.bound)

    def see(self, gap: float) -> None:
        for target in GAPS:
            if gap <= target * (1 + 1e-6):
                self.reached.setdefault(target, time.process_time() - self.begun)

    def text(self) -> str:
        return "  ".join(f"{self.reached[g]:7.1f}" if g in self.reached else "      -" for g in GAPS)


def compare(name: str, instance: Instance, seconds: float) -> None:
    """One line of the table."""
    spec = load_model()
    viewed = as_view(instance, spec)
    session = Session(viewed, spec)
    program = session.program
    spans = session.spans(Ask())
    if isinstance(spans, str):
        print(f"{name:<16} {spans}")
        return
    ranges = ranges_of(session, spans)
    aim = resolve_aim(viewed, spec)
    assert isinstance(aim, Weighted)
    cost = weights_of(session, aim, ranges) @ program.criteria
    first = first_plan(program, cost, Ask(gap=GAPS[-1]))
    start = None if first is None else first.x
    root = Relaxation(program)
    root.cost(cost)
    least = root.solve(presolve=True) or 0.0

    mip = Stopwatch()
    found = Highs(program).minimise(cost, Ask(gap=GAPS[-1], seconds=seconds, start=start, watch=mip))
    mip.see(found.objective - found.bound)
    if found.x is None:
        print(f"{name:<16} no plan within {seconds:g} s")
        return
    watch = Stopwatch(found.objective)
    tree = Tree(program, cost, Ask(cutoff=found.objective - GAPS[-1], seconds=seconds, watch=watch), dives=False)
    outcome = tree.minimise()
    watch.see(found.objective - outcome.bound)
    question, _ = question_of(program, aim, ranges, "aim", {})
    text = pack(certificate(program, question, tree.frame, tree.leaves))
    begun = time.process_time()
    shown = verify(program, unpack(text))
    checking = time.process_time() - begun
    gap = Fraction(found.objective) + sum(w * o for w, o in zip(question.weights, program.exact.offsets, strict=True)) - (shown.bound or 0)
    print(
        f"{name:<16} {100 * (found.objective - least):6.2f}   {mip.text()}   {watch.text()}   "
        f"{100 * float(gap):6.3f} {shown.leaves:7,} {len(text) / 1e6:6.2f} {checking:6.1f}",
        flush=True,
    )


def frontiers(sizes: Sequence[tuple[int, int]], seconds: float, epsilon: Fraction = Fraction(1, 50)) -> None:
    """Zone solvers side by side."""
    print("instance          zones   status     epsilon %  points  zones  seconds    MIPs    LPs  nodes  proven %")
    for programmes, options in sizes:
        program = assemble(generate(programmes=programmes, options=options), load_model())
        for name in ("tree", "mip"):
            begun = time.process_time()
            found = certified(program, epsilon, effort=Effort(seconds=seconds, zones=name))
            took = time.process_time() - begun
            search = found.search
            if search is None or found.epsilon is None:
                print(f"{programmes} x {options:<11} {name:<6}  {found.status}", flush=True)
                continue
            counts, every = search.counts, search.known.values()
            shown = sum(known.root is not None or (known.space is not None and known.space.proof is not None) for known in every)
            print(
                f"{programmes} x {options:<11} {name:<6}  {found.status:<10} {100 * float(found.epsilon):8.2f} {len(found.points):7} {len(every):6} "
                f"{took:8.1f} {counts['mips']:7} {counts['lps']:6} {counts['nodes']:6} {100 * shown / len(every):9.0f}",
                flush=True,
            )


def staircases(sizes: Sequence[tuple[int, int]], seconds: float) -> None:
    """One tree for all levels against single runs."""
    print("instance          levels by   seconds  solves  steps")
    for programmes, options in sizes:
        instance = generate(programmes=programmes, options=options)
        for tree in (True, False):
            todo = Todo(kind="staircase", span=(Fraction(4, 5), Fraction(6, 5)), tolerance=Fraction(1, 50), seconds=seconds, tree=tree)
            begun = time.process_time()
            found = run_sweep(instance, load_model(), None, todo).answers.staircase
            took = time.process_time() - begun
            said = "no answer" if found is None else f"{took:8.1f} {found.solves:7} {len(found.steps):6}"
            print(f"{programmes} x {options:<11} {'tree' if tree else 'runs':<10} {said}", flush=True)


def main() -> None:
    """Print the table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    sizes = [(int(a), int(b)) for a, b in (word.split("x") for word in sys.argv[3:])]
    if "frontier" in sys.argv[2:]:
        frontiers(sizes or [(40, 1), (60, 1), (100, 1)], seconds)
        return
    if "staircase" in sys.argv[2:]:
        staircases(sizes or [(30, 1), (50, 1), (100, 1)], seconds)
        return
    print("                   root    HiGHS MIP [s]        tree [s]          proven            proof   check")
    print("instance            gap %     1 %    0.1 %       1 %    0.1 %     gap %  leaves     MB       s")
    for programmes, options in SIZES:
        compare(f"{programmes} x {options}", generate(programmes=programmes, options=options), seconds)
    if "flagship" in sys.argv[2:]:
        compare("japan-2026", load("japan-2026"), seconds)


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    main()
