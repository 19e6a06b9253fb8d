"""Throughput of a sweep against the loop a user would write, on the same variations of one instance.

    python benchmarks/sweep.py [--programmes 100] [--runs 1000] [--scaling-runs 1000] [--loop 10] [--gap 0.02] [--skip-cluster]

loop     change the data, validate, rebuild with Pyomo (to_pyomo, ranges given, so that they are not computed again), solve with HiGHS through Pyomo to the same gap;
         its seconds per run are the median of --loop runs, a sample that is evenly spread over the points
sweep    the same points through the engine: 1 worker, 2 worker processes, then a Dask cluster with 2 workers. Counted is everything from the call to its result but
         the base and the ranges: also starting worker processes, connecting to the cluster, and building benches.
         running cluster: a scheduler and two workers, started before by `dask scheduler` and `dask worker` with the settings of docs/scale.md, which does not count;
         untuned cluster: the same with Dask's own settings;
         local cluster: --scheduler local, starting it counts
Every point of the loop is compared with the sweep's run: both plans must lie within the gap of both bounds. Exits 1 when a stated ratio is missed; figures on a
loaded machine say little about scaling, so the load average is printed with them.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from portfolio.api.doors import to_pyomo
from portfolio.api.generate import generate
from portfolio.api.vary import Variants
from portfolio.engine.cluster import QUIET
from portfolio.engine.store import Store
from portfolio.library import load_model
from portfolio.results.sweep import Sweep
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from portfolio.sensitivity.factors import settings_of
from portfolio.sensitivity.sweep import Means, Todo, run_sweep

FASTER, SCALING, OVERHEAD = 8.0, 1.7, 0.15
VARY = ("programmes.*.options.*.cost=x0.95:1.05", "funds.*.years.*=x0.95:1.05", "programmes.*.effects.*=x0.9:1.1")
SPEC = load_model()


def loop_run(instance: Instance, sweep: Sweep, number: int, gap: float) -> tuple[float, float]:
    """(seconds, normalised aim) of one variation as a user would write it."""
    import pyomo.environ as pyo

    variants = Variants(instance)
    levels = sweep.runs[number].levels
    begun = time.perf_counter()
    raw = variants.at(settings_of(variants, sweep.design.factors, levels)).canonical()
    model = to_pyomo(parse_instance(raw), SPEC, ranges=sweep.ranges)
    solver = pyo.SolverFactory("appsi_highs")
    # A single criterion is exported in its own unit: the gap, and the value below, are turned into shares of its range.
    single = len(sweep.ranges) == 1
    span = next(iter(sweep.ranges.values()))
    width = abs(float(span.worst - span.best)) if single else 1.0
    solver.highs_options = {"mip_abs_gap": gap * width, "mip_rel_gap": 0.0, "threads": 1}
    solver.solve(model)
    value = float(pyo.value(next(model.component_data_objects(pyo.Objective, active=True))))
    best = -float(span.best) if single else 0.0
    return time.perf_counter() - begun, (value - best) / width


def timed(instance: Instance, todo: Todo, workers: int, scheduler: str | None = None) -> tuple[float, float, Sweep]:
    """Seconds and processor seconds (of all processes) per run, the base and the ranges not counted; and the sweep."""
    with Store() as store:
        # Other points, and all else alike: this leaves the ranges and the base in the store.
        run_sweep(instance, SPEC, None, replace(todo, runs=2, sampler="lhs"), Means(1, None, store))
        begun, used = time.perf_counter(), processor()
        sweep = run_sweep(instance, SPEC, None, todo, Means(workers, scheduler, store))
    seconds, used = ((now - then) / len(sweep.runs) for now, then in ((time.perf_counter(), begun), (processor(), used)))
    where = "here" if scheduler is None else scheduler if scheduler == "local" else "running cluster"
    print(
        f"{where}, workers {workers}: {len(sweep.runs)} runs, per run {seconds:.4f} s, processors {used:.4f} s", file=sys.stderr, flush=True
    )
    return seconds, used, sweep


@contextlib.contextmanager
def running_cluster(workers: int, settings: dict[str, Any]) -> Iterator[str]:
    """Address of a scheduler whose workers are there. settings: of Dask, as dotted names."""
    distributed, config = importlib.import_module("distributed"), importlib.import_module("dask.config")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        place, said = str(Path(folder) / "scheduler.json"), Path(folder) / "dask.yaml"
        with config.set(settings):
            said.write_text(json.dumps({"distributed": config.get("distributed")}), encoding="utf-8")
        environment = {**os.environ, "DASK_CONFIG": str(said)}

        def started(*arguments: str) -> None:
            command = [sys.executable, "-m", "dask", *arguments, "--scheduler-file", place, "--no-dashboard"]
            nowhere = subprocess.DEVNULL
            process = stack.enter_context(subprocess.Popen(command, stdout=nowhere, stderr=nowhere, cwd=folder, env=environment))
            stack.callback(process.terminate)

        started("scheduler", "--port", "0", "--dashboard-address", "127.0.0.1:0")
        started("worker", "--nworkers", str(workers), "--nthreads", "1")
        with distributed.Client(scheduler_file=place, timeout=60) as client:
            client.wait_for_workers(workers, timeout=60)
            address = client.scheduler.address
        yield address


def processor() -> float:
    """Processor seconds of this process and of those it hired and saw off."""
    return sum(r.ru_utime + r.ru_stime for r in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def same(part: Sweep, whole: Sweep) -> bool:
    """Are the runs of the one the first runs of the other?"""
    return [r.model_dump() for r in part.runs] == [r.model_dump() for r in whole.runs[: len(part.runs)]]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--programmes", type=int, default=100)
    parser.add_argument("--criteria", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--scaling-runs", type=int, default=1000, help="runs of the single worker: the first points of the same sequence")
    parser.add_argument("--loop", type=int, default=10)
    parser.add_argument("--gap", type=float, default=0.02)
    parser.add_argument("--skip-cluster", action="store_true")
    arguments = parser.parse_args()
    instance = generate(arguments.programmes, criteria=arguments.criteria)
    # Sobol points: fewer runs are the beginning of more runs.
    todo = Todo(kind="monte-carlo", vary=VARY, runs=arguments.runs, sampler="sobol", gap=Fraction(repr(arguments.gap)), candidates=0)
    one, one_used, part = timed(instance, replace(todo, runs=min(arguments.scaling_runs, arguments.runs)), 1)
    two, two_used, sweep = timed(instance, todo, 2)
    found: dict[str, Any] = {"programmes": arguments.programmes, "runs": len(sweep.runs), "gap": arguments.gap, "load": os.getloadavg()[0]}
    found["same_table"] = same(part, sweep)
    step = max(len(sweep.runs) // arguments.loop, 1)
    looped = [(n, *loop_run(instance, sweep, n, arguments.gap)) for n in range(0, len(sweep.runs), step)][: arguments.loop]
    loop = statistics.median(seconds for _, seconds, _ in looped)
    room = arguments.gap + 1e-6
    found["same_optima"] = all(
        abs(value - (sweep.runs[n].aim or 0.0)) <= room and value >= (sweep.runs[n].bound or 0.0) - 1e-6 for n, _, value in looped
    )
    found |= {
        "loop_sample": len(looped),
        "seconds_loop": loop,
        "seconds_1": one,
        "seconds_2": two,
        "faster_1": loop / one,
        "faster_2": loop / two,
        "scaling": one / two,
        "processor_seconds_1": one_used,
        "processor_seconds_2": two_used,
    }
    if not arguments.skip_cluster:
        tables = []
        for name, settings in (("running", QUIET), ("untuned", {})):
            with running_cluster(2, settings) as address:
                seconds, _, table = timed(instance, todo, 2, address)
            found |= {f"seconds_{name}_cluster": seconds, f"overhead_{name}_cluster": seconds / two - 1}
            tables.append(table)
        seconds, used, table = timed(instance, todo, 2, "local")
        found |= {"seconds_local_cluster": seconds, "overhead_local_cluster": seconds / two - 1, "processor_seconds_local_cluster": used}
        found["same_table"] &= all(same(t, sweep) for t in (*tables, table))
    print(json.dumps({key: round(v, 4) if isinstance(v, float) else v for key, v in found.items()}, indent=1))
    held = found["same_table"] and found["same_optima"] and found["faster_2"] >= FASTER and found["scaling"] >= SCALING
    return 0 if held and found.get("overhead_running_cluster", 0.0) <= OVERHEAD else 1


if __name__ == "__main__":
    sys.exit(main())
