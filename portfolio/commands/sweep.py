"""`portfolio sweep`: what the judgements in the data do to the answer."""

from __future__ import annotations

import os
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portfolio.commands.desk import Desk
from portfolio.commands.options import Debug, Everything, Json, Lang, Language, Model, Settings, Source
from portfolio.commands.waiting import Watcher

if TYPE_CHECKING:
    from portfolio.engine.work import Tally
    from portfolio.results.sweep import Sweep

EXIT = {"complete": 0, "infeasible": 4, "no_plan": 7, "interrupted": 130}
SUFFIX, STORE_SUFFIX = ".sweep.json", ".sweep.sqlite"
Repeated = list[str] | None


class DesignName(StrEnum):
    """--design."""

    tornado = "tornado"
    grid = "grid"
    monte_carlo = "monte-carlo"
    morris = "morris"
    sobol = "sobol"
    weights = "weights"
    models = "models"
    staircase = "staircase"


class Sampler(StrEnum):
    """--sampler."""

    lhs = "lhs"
    sobol = "sobol"


class TogetherName(StrEnum):
    """--together."""

    reason = "reason"
    kind = "kind"
    number = "number"


def sweep(
    instance: Source,
    design: Annotated[DesignName, typer.Option(help="Where to look.")] = DesignName.tornado,
    vary: Annotated[
        Repeated,
        typer.Option(
            metavar="PATH[=LOW:HIGH|=x0.8:1.2]",
            help="What varies: a number by path (* for any id), between two values, by a factor, or over its own range; weights. Repeatable. "
            "Default: every judgement over its own range.",
        ),
    ] = None,
    together: Annotated[
        TogetherName, typer.Option(help="Judged numbers that move as one: with the same reason, of one kind, or each number by itself.")
    ] = TogetherName.reason,
    runs: Annotated[int, typer.Option(help="About how many runs (random designs, grids, weights).", min=2, max=10_000_000)] = 200,
    sampler: Annotated[Sampler, typer.Option(help="Points of monte-carlo: Latin hypercube or Sobol sequence.")] = Sampler.lhs,
    model: Model = "allocation",
    compare: Annotated[Repeated, typer.Option(help="Model to compare with, for --design models. Repeatable.", metavar="MODEL")] = None,
    weights: Annotated[str | None, typer.Option(help="Weights by criterion: growth=2,continuity=1.", metavar="A=N,B=N")] = None,
    floor: Annotated[Repeated, typer.Option(help="growth=95% (of its best) or growth=1234 (its unit). Repeatable.", metavar="A=N")] = None,
    budget: Annotated[str, typer.Option(help="Fund of --design staircase, or total.", metavar="FUND")] = "total",
    span: Annotated[str, typer.Option(help="Budgets of the staircase, times today's.", metavar="LOW:HIGH")] = "0.5:1.5",
    tolerance: Annotated[str, typer.Option(help="How closely levels of the staircase are told apart, share of today's.")] = "1%",
    candidates: Annotated[
        int | None,
        typer.Option(
            help="Plans whose regret is followed over all runs, besides the base. Default: 3 where many numbers move at once.",
            min=0,
            max=100,
        ),
    ] = None,
    set_: Settings = None,
    gap: Annotated[str, typer.Option(help="Gap of each run, share of the aim's range.")] = "0.5%",
    time_limit: Annotated[float | None, typer.Option(help="Seconds per solve; a run that hits it says so.", min=0.0)] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes on this machine, also of --scheduler local. Default: one per processor.", min=1, max=1024)
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="A running Dask cluster (tcp://host:port), or local to start one.", metavar="ADDRESS")
    ] = None,
    store: Annotated[
        str | None, typer.Option(help="SQLite file that keeps finished runs. Default: ID.sweep.sqlite here.", metavar="FILE")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on: the store must be there. (Runs it has are never solved again anyway.)")
    ] = False,
    seed: Annotated[int, typer.Option(help="Random seed of design and solver.", min=0, max=2**31 - 1)] = 0,
    output: Annotated[str | None, typer.Option("--output", "-o", help="Sweep file; - for stdout. Default: ID.sweep.json here.")] = None,
    csv: Annotated[str | None, typer.Option(help="The runs as a table too.", metavar="FILE")] = None,
    parquet: Annotated[str | None, typer.Option(help="The runs as Apache Parquet too.", metavar="FILE")] = None,
    no_save: Annotated[bool, typer.Option("--no-save", help="Write neither sweep file nor store.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No tables, no progress.")] = False,
    everything: Everything = False,
    lang: Lang = Language.auto,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Vary the judgements, solve again and again, and say what that does to the plan.

    Runs that fail are results with their reason. Finished runs are kept in the store as they come: after Ctrl-C or a crash the same command goes on with the rest.

    Exit codes: 0 complete, 4 the base is infeasible, 7 the base has no plan, 130 interrupted.
    """
    from portfolio.commands.aim_flags import build_aim, share
    from portfolio.commands.inputs import read_instance
    from portfolio.commands.saving import STDOUT, deliver, prepare
    from portfolio.commands.waiting import wait_for
    from portfolio.errors import UsageError
    from portfolio.formats.result_text import result_text
    from portfolio.library import load_model
    from portfolio.sensitivity.sweep import Means, Todo, run_sweep

    desk = Desk.of(lang.value, as_json, everything)
    if as_json and output == STDOUT:
        raise UsageError("--json and -o - both want standard output", "--json と -o - はどちらも標準出力を使います")
    spec = load_model(model)
    loaded = read_instance(instance, set_ or ())
    aim = build_aim(loaded.aim or spec.aim, weights, None, None, None, floor or ())
    others = tuple(load_model(name) for name in compare or ())
    if design is DesignName.models and not others:
        raise UsageError("--design models needs --compare MODEL", "--design models には --compare モデル名 が必要です")
    todo = Todo(
        kind=design.value, vary=tuple(vary or ()), runs=runs, models=others, together=together.value, sampler=sampler.value, gap=share(gap, "--gap"),
        seconds=float("inf") if time_limit is None else time_limit, seed=seed, candidates=candidates, budget=budget,
        span=_span(span), tolerance=share(tolerance, "--tolerance"),
    )  # fmt: skip
    target = None if no_save or output == STDOUT else prepare(output or f"{loaded.header.id}{SUFFIX}", "portfolio-sweep")
    _table_targets(csv, parquet)
    opening = None if no_save and store is None else store or f"{loaded.header.id}{STORE_SUFFIX}"
    _check_resume(opening, resume)
    watcher = SweepWatcher(desk, quiet)
    means = Means(workers or _processors(), scheduler, watch=watcher.see)
    found = wait_for(
        lambda: _with_store(opening, lambda store: run_sweep(loaded, spec, aim, todo, _kept(means, store))), means.stop, watcher
    )
    _write_tables(found, csv, parquet)
    deliver(desk, result_text(found), output, target, quiet, lambda saved: _answer(desk, found, saved))
    return EXIT[found.status]


def _answer(desk: Desk, found: Sweep, saved: str | None) -> None:
    from portfolio.report.blocks import as_data
    from portfolio.report.sweep_content import sweep_content
    from portfolio.report.terminal import render

    content = sweep_content(found, desk.lang, saved)
    if desk.as_json:
        result = found.model_dump(mode="json")
        desk.emit({"status": found.status, "exit_code": EXIT[found.status], "saved": saved, "report": as_data(content), "result": result})
    else:
        desk.show(render(content, desk.width(), desk.colour, desk.everything))


def _with_store(path: str | None, work: Any) -> Any:
    """SQLite wants the thread that opened it: the store lives in the worker thread."""
    from portfolio.engine.store import Store

    with Store(path) as store:
        return work(store)


def _kept(means: Any, store: Any) -> Any:
    from dataclasses import replace

    return replace(means, store=store)


def _check_resume(store: str | None, resume: bool) -> None:
    from pathlib import Path

    from portfolio.errors import UsageError

    if resume and (store is None or not Path(store).is_file()):
        raise UsageError(f"--resume: no store {store or ''} to go on from", f"--resume: 再開できる保存ファイル {store or ''} がありません")


def _span(text: str) -> Any:
    from portfolio.commands.aim_flags import number
    from portfolio.errors import UsageError

    low, sign, high = text.partition(":")
    if not sign:
        raise UsageError(f"--span {text}: LOW:HIGH was expected", f"--span {text}: 下限:上限 の形で指定してください")
    return number(low, "--span"), number(high, "--span")


def _table_targets(*paths: str | None) -> None:
    """See before the long run that the tables can be written."""
    from pathlib import Path

    from portfolio.errors import UsageError

    for path in filter(None, paths):
        if Path(path).is_dir() or not Path(path).absolute().parent.is_dir():
            raise UsageError(f"{path}: cannot be written there", f"{path}: 書き込めません")


def _write_tables(found: Sweep, csv: str | None, parquet: str | None) -> None:
    from portfolio.formats.files import write_bytes, write_text
    from portfolio.sensitivity.tables import csv_text, parquet_bytes

    if csv is not None:
        write_text(csv, csv_text(found))
    if parquet is not None:
        write_bytes(parquet, parquet_bytes(found))


def _processors() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class SweepWatcher(Watcher):
    """Runs done, rate, time left."""

    def __init__(self, desk: Desk, quiet: bool) -> None:
        super().__init__(desk, quiet)
        self._tally: tuple[str, Tally] | None = None

    def see(self, stage: str, tally: Tally) -> None:
        """The latest count."""
        self._tally = stage, tally

    def line(self) -> str:
        """One line."""
        seconds = time.monotonic() - self.begun
        if self._tally is None:
            return self.desk.pick(f"base plan   {seconds:.0f} s", f"基準計画を計算中   {seconds:.0f} 秒")
        stage, t = self._tally
        left = f"{t.left:.0f}" if t.left < float("inf") else "-"
        return self.desk.pick(
            f"{stage}   {t.done}/{t.total}   {t.rate:.2f} per s   {left} s left   {seconds:.0f} s",
            f"{stage}   {t.done}/{t.total}   毎秒 {t.rate:.2f} 件   残り {left} 秒   経過 {seconds:.0f} 秒",
        )
