"""What the judgements of the flagship do to its plan: tornados by kind and one by one, 500 random runs, a staircase of the budget.

    python benchmarks/japan_sweep.py [--store japan-2026.sweep.sqlite] [--seconds 600] [--workers 2] [--scheduler local]

Runs are kept in the store; the same command goes on where it stopped. Writes docs/figures/japan-2026-sweep.json, from which docs/japan-2026.md takes its section
(python -m portfolio.report.instance_doc). Parts that are not finished are written with the runs they have, and say so. Processor time: about 3 minutes for the
kinds, 45 for the random runs, 10 for the single judgements, 1 for the staircase. Exits 5 when something is left to do.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

from portfolio.engine.store import Store
from portfolio.engine.work import Tally
from portfolio.formats.json_text import parse_json, read_text
from portfolio.library import load_model
from portfolio.report.judgements import JudgementNames
from portfolio.results.sweep import Sweep
from portfolio.schema.exact import exact_text
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from portfolio.sensitivity.sweep import Means, Todo, run_sweep

HOME = Path(__file__).parents[1]
KINDS = Todo(kind="tornado", together="kind", gap=Fraction(2, 100), candidates=0)
TORNADO = Todo(kind="tornado", gap=Fraction(2, 100), candidates=0)
RANDOM = Todo(kind="monte-carlo", together="kind", runs=500, gap=Fraction(3, 100), candidates=0)
STAIRS = Todo(kind="staircase", gap=Fraction(2, 100), span=(Fraction(4, 5), Fraction(6, 5)), tolerance=Fraction(1, 100))
FIRST = 25


def evidence(sweep: Sweep, instance: Instance) -> dict[str, Any]:
    """What the document tells of a sweep."""
    answers, base = sweep.answers, sweep.base
    factors = {f.id: f for f in sweep.design.factors}
    tops = [
        {
            **{key: getattr(s, key) for key in ("factor", "low", "high", "resolved")}, "swing": round(s.swing, 5), "numbers": len(factors[s.factor].paths),
            "moved": [[len(s.entered_low), len(s.left_low)], [len(s.entered_high), len(s.left_high)]],
        }
        for s in answers.swings[:FIRST]
    ]  # fmt: skip
    kept = [run for run in sweep.runs if run.aim is not None and run.base_aim is not None and run.bound is not None]
    gap = float(Fraction(sweep.options["gap"]))
    held = sum((run.base_aim or 0.0) - (run.bound or 0.0) <= gap for run in kept)
    return {
        "design": sweep.design.kind, "status": sweep.status, "planned": len(sweep.design.points), "runs": len(sweep.runs), "gap": sweep.options["gap"],
        "names": JudgementNames(instance, "en").of_all(sweep.design.factors),
        "seed": sweep.design.seed, "factors": len(factors), "numbers": sum(len(f.paths) for f in factors.values()), "left_out": sweep.design.left_out,
        "solved": answers.solved, "failed": answers.failed, "unmoved": sum(run.same_as_base for run in sweep.runs), "base_within_gap": held,
        "base_infeasible": sum(run.base_feasible is False for run in sweep.runs),
        "base": None if base is None else {"aim": base.aim, "bound": base.bound, "programmes": len(base.taken)},
        "swings": tops, "larger": {str(p): sum(s.swing * 100 > p for s in answers.swings) for p in (0.1, 0.5, 1, 2, 5)}, "told": len(answers.swings),
        "spreads": [s.model_dump() for s in answers.spreads],
        "funded": [{"programme": f.programme, "share": round(f.share, 4), "status": f.status, "in_base": f.in_base} for f in answers.funded],
        "flips": [f.model_dump() for f in answers.flips[:FIRST]], "regrets": [r.model_dump() for r in answers.regrets],
        "shares": [s.model_dump(exclude_none=True) for s in answers.shares if s.output == "aim"][: 2 * FIRST],
        "staircase": None if answers.staircase is None else answers.staircase.model_dump(),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", default="japan-2026.sweep.sqlite")
    parser.add_argument("--seconds", type=float, default=600.0, help="then stop; the same command goes on")
    parser.add_argument("--output", default=str(HOME / "docs/figures/japan-2026-sweep.json"))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scheduler")
    arguments = parser.parse_args()
    stop, begun = threading.Event(), time.perf_counter()
    timer = threading.Timer(arguments.seconds, stop.set)
    timer.daemon = True
    timer.start()
    instance = parse_instance(parse_json(read_text(HOME / "instances/japan-2026/instance.json")))
    shown = [0.0]

    def watch(stage: str, tally: Tally) -> None:
        if time.perf_counter() - shown[0] > 15:
            shown[0] = time.perf_counter()
            print(f"{stage} {tally.done}/{tally.total} {tally.rate:.2f}/s {tally.left:.0f} s left", flush=True)

    found: dict[str, Any] = {"instance_hash": instance.hash}
    with Store(arguments.store) as store:
        for name, todo in (("kinds", KINDS), ("random", RANDOM), ("tornado", TORNADO), ("stairs", STAIRS)):
            means = Means(arguments.workers, arguments.scheduler, store, stop, watch)
            sweep = run_sweep(instance, load_model(), None, todo, means)
            found[name] = evidence(sweep, instance)
            print(name, sweep.status, len(sweep.runs), f"gap {exact_text(todo.gap)}", f"{time.perf_counter() - begun:.0f} s", flush=True)
    Path(arguments.output).write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 5 if stop.is_set() else 0


if __name__ == "__main__":
    sys.exit(main())
