"""The branching tree against HiGHS' own MIP search, both on one core: how long until the gap is 1 % and 0.1 %.

    python benchmarks/proof.py race [50x1 400x3 flagship ...] [--seeds 0 1 2] [--seconds 60] [--keep FILE]
    python benchmarks/proof.py frontier [40x1 ...] [--seconds 60]
    python benchmarks/proof.py staircase [30x1 ...] [--seconds 60]

race: equal weights, ranges as `solve` has them; all begin from the first plan that `solve` gives its solver (not timed). `mip`: HiGHS finds plan and bound.
`tree`: the tree finds both, by dives. `proof`: as in `solve --prove`, the tree proves a bound for the plan that the MIP search found; with its leaves, the size
of its certificate, and how long the exact check takes. Medians over the seeds of the generator; a search ends at the limit of processor seconds, and a gap that
was not reached by then is printed as > limit. Runs are kept in a file of JSON lines and not repeated: the table can be made in pieces, and `--keep FILE` alone prints it.
frontier: zones by inherited trees and by MIPs, plans as the solver has them (no publication grid), until the limit of processor seconds; with the share of
zones proven without a solver, and the time each takes to what both certify.
staircase: all levels of the budget, 80 to 120 % of today's, by one tree and by single runs.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from threading import Event
from typing import Any

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
from portfolio.pareto.integrate import Search
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
SIZES = tuple(f"{programmes}x{options}" for programmes in (50, 100, 200, 400) for options in (1, 2, 3))
SEARCHES = ("mip", "tree", "proof")
FLAGSHIP = "flagship"
Record = dict[str, Any]
"""One race: name, seed, root [gap of the relaxation], per search {gap: [processor seconds, wall seconds]}, and the certificate's figures."""


class Stopwatch:
    """When each gap was reached first; stops the search at a limit of processor seconds. value: of a plan that is known (None: the search's own)."""

    def __init__(self, seconds: float, value: float | None = None) -> None:
        self.seconds, self.value, self.stop, self.reached = seconds, value, Event(), dict[str, list[float]]()
        self.processor, self.wall = time.process_time(), time.perf_counter()

    def __call__(self, progress: Progress) -> None:
        self.see(progress.incumbent, progress.bound)
        if time.process_time() - self.processor > self.seconds:
            self.stop.set()

    def see(self, incumbent: float, bound: float) -> None:
        for target in GAPS:
            if (incumbent if self.value is None else self.value) - bound <= target * (1 + 1e-6):
                taken = [round(time.process_time() - self.processor, 2), round(time.perf_counter() - self.wall, 2)]
                self.reached.setdefault(str(target), taken)


def raced(name: str, seed: int, seconds: float) -> Record:
    """All three searches on one instance."""
    instance, spec = instance_of(name, seed), load_model()
    viewed = as_view(instance, spec)
    session = Session(viewed, spec)
    program, spans = session.program, session.spans(Ask())
    record: Record = {"name": name, "seed": seed, "limit": seconds}
    if isinstance(spans, str):
        return {**record, "trouble": spans}
    ranges, aim = ranges_of(session, spans), resolve_aim(viewed, spec)
    assert isinstance(aim, Weighted)
    cost = weights_of(session, aim, ranges) @ program.criteria
    first = first_plan(program, cost, Ask(gap=GAPS[-1]))
    start = None if first is None else first.x
    root = Relaxation(program)
    root.cost(cost)
    least = root.solve(presolve=True) or 0.0

    watch = Stopwatch(seconds)
    found = Highs(program).minimise(cost, Ask(gap=GAPS[-1], start=start, watch=watch, stop=watch.stop))
    watch.see(found.objective, found.bound)
    record["mip"] = watch.reached
    if found.x is None:
        return {**record, "trouble": "no plan"}
    watch = Stopwatch(seconds)
    own = Tree(program, cost, Ask(gap=GAPS[-1], start=start, watch=watch, stop=watch.stop)).minimise()
    watch.see(own.objective, own.bound)
    record |= {
        "tree": watch.reached,
        "root": round(min(found.objective, own.objective) - least, 6),
        "better": own.objective < found.objective - 1e-9,
    }
    watch = Stopwatch(seconds, found.objective)
    tree = Tree(program, cost, Ask(cutoff=found.objective - GAPS[-1], watch=watch, stop=watch.stop), dives=False)
    outcome = tree.minimise()
    watch.see(found.objective, outcome.bound)
    question, _ = question_of(program, aim, ranges, "aim", {})
    text = pack(certificate(program, question, tree.frame, tree.leaves))
    begun = time.process_time()
    shown = verify(program, unpack(text))
    checking = round(time.process_time() - begun, 2)
    gap = Fraction(found.objective) + sum(w * o for w, o in zip(question.weights, program.exact.offsets, strict=True)) - (shown.bound or 0)
    return {**record, "proof": watch.reached, "gap": float(gap), "leaves": shown.leaves, "megabytes": len(text) / 1e6, "check": checking}


def instance_of(name: str, seed: int) -> Instance:
    if name == FLAGSHIP:
        return load("japan-2026")
    programmes, options = size(name)
    return generate(programmes=programmes, options=options, seed=seed)


def size(word: str) -> tuple[int, int]:
    """Programmes, options per programme."""
    programmes, options = word.split("x")
    return int(programmes), int(options)


def race(names: Sequence[str], seeds: Sequence[int], seconds: float, keep: Path | None) -> None:
    """Run what the file does not hold yet, then print the table of all it holds."""
    kept = [json.loads(line) for line in keep.read_text(encoding="utf-8").splitlines()] if keep is not None and keep.exists() else []
    done = {(one["name"], one["seed"]) for one in kept}
    for seed in seeds:
        for name in names:
            if (name, seed) in done or (name == FLAGSHIP and seed != seeds[0]):
                continue
            kept.append(raced(name, seed, seconds))
            if keep is not None:
                with keep.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(kept[-1]) + "\n")
    print("processor seconds (wall) to  1 % and 0.1 %;  gap: of the relaxation, of the proof;  median over seeds")
    print("instance  seeds  root %   " + "".join(f"{search:<30}" for search in SEARCHES) + "proof %  leaves     MB  check s")
    for name in dict.fromkeys(one["name"] for one in kept):
        print_line(name, [one for one in kept if one["name"] == name and "trouble" not in one])


def print_line(name: str, records: Sequence[Record]) -> None:
    if not records:
        return

    def middle(key: str) -> float:
        return statistics.median(one[key] for one in records)

    def taken(search: str, gap: float) -> str:
        missed = [math.inf, math.inf]
        processor, wall = (statistics.median_low(one[search].get(str(gap), missed)[k] for one in records) for k in range(2))
        limit = f"> {max(one['limit'] for one in records):g}"
        return f"{processor:.1f} ({wall:.0f})" if processor < math.inf else limit

    searches = "".join(f"{taken(search, GAPS[0]):>13} {taken(search, GAPS[1]):>15} " for search in SEARCHES)
    print(
        f"{name:<9} {len(records):5}  {100 * middle('root'):6.2f} {searches}  {100 * middle('gap'):6.3f} {middle('leaves'):7,.0f} "
        f"{middle('megabytes'):6.2f} {middle('check'):6.1f}",
        flush=True,
    )


class Trail:
    """What a search certifies, and when [processor seconds]; ends it at a limit of them."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.stop, self.steps = seconds, Event(), list[tuple[float, float]]()
        self.begun = time.process_time()

    def __call__(self, search: Search) -> None:
        if search.points:
            self.note(float(search.certified))
        if self.taken > self.seconds:
            self.stop.set()

    @property
    def taken(self) -> float:
        """Processor seconds so far."""
        return time.process_time() - self.begun

    def note(self, epsilon: float) -> None:
        """So much is certified now; bounds that are withdrawn may raise it."""
        self.steps.append((self.taken, epsilon))

    def until(self, epsilon: float) -> float:
        """When that much was certified first."""
        return next((seconds for seconds, reached in self.steps if reached <= epsilon), math.inf)


def frontiers(sizes: Sequence[tuple[int, int]], seconds: float, epsilon: Fraction = Fraction(1, 50)) -> None:
    """Zone solvers side by side, compared at what the weaker one certifies in the end; and which of them a race takes."""
    print("instance     zones  status     epsilon %  points  zones  seconds    MIPs    LPs  nodes  proven %")
    for programmes, options in sizes:
        name, program = f"{programmes} x {options}", assemble(generate(programmes=programmes, options=options), load_model(), tight=True)
        trails = {}
        for zones in ("tree", "mip"):
            trails[zones] = trail = Trail(seconds)
            found = certified(program, epsilon, effort=Effort(stop=trail.stop, watch=trail, zones=zones))
            took, search = trail.taken, found.search
            if search is None or found.epsilon is None:
                print(f"{name:<12} {zones:<6} {found.status}", flush=True)
                continue
            trail.note(float(found.epsilon))
            counts, every = search.counts, search.known.values()
            shown = sum(known.root is not None or (known.space is not None and known.space.proof is not None) for known in every)
            print(
                f"{name:<12} {zones:<6} {found.status:<11} {100 * float(found.epsilon):8.2f} {len(found.points):7} {len(every):6} "
                f"{took:8.1f} {counts['mips']:7} {counts['lps']:6} {counts['nodes']:6} {100 * shown / len(every):9.0f}",
                flush=True,
            )
        if all(trail.steps for trail in trails.values()):
            level = max(*(trail.steps[-1][1] for trail in trails.values()), float(epsilon))
            tree, mip = (trails[zones].until(level) for zones in ("tree", "mip"))
            print(
                f"{name:<12} {100 * level:.2f} % by trees after {tree:.1f}, by MIPs after {mip:.1f} seconds: {mip / tree:.1f} times",
                flush=True,
            )
        race = Trail(0.0)
        found = certified(program, epsilon, effort=Effort(stop=race.stop, watch=race, zones="race"))
        said = "nothing" if found.search is None else found.search.zones
        print(f"{name:<12} a race takes: {said} (after {race.taken:.1f} seconds)", flush=True)


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
    """Print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", nargs="?", default="race", choices=("race", "frontier", "staircase"))
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    if given.what == "race":
        race(given.names or ([] if given.keep is not None and given.keep.exists() else SIZES), given.seeds, given.seconds, given.keep)
    elif given.what == "frontier":
        frontiers([size(name) for name in given.names] or [(40, 1), (60, 1), (100, 1)], given.seconds)
    else:
        staircases([size(name) for name in given.names] or [(30, 1), (50, 1), (100, 1)], given.seconds)


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    main()
