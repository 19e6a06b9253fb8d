"""`portfolio frontier`: plans between which nothing better is missing by more than epsilon, with the certificate for it."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from portfolio.commands.desk import Desk
from portfolio.commands.options import Debug, Everything, Json, Lang, Language, Model, Settings
from portfolio.commands.waiting import Watcher

if TYPE_CHECKING:
    from portfolio.api.frontier import Progress
    from portfolio.results import Frontier

EXIT = {"certified": 0, "complete": 0, "infeasible": 4, "limit": 5, "no_plan": 7, "interrupted": 130}
"""Exit code of a status; a violated audit answers 6."""
SUFFIX = ".frontier.json"

Repeated = list[str] | None


class ZoneSolvers(StrEnum):
    """--solver-of-zones."""

    mip = "mip"
    tree = "tree"
    race = "race"


def frontier(
    instance: Annotated[
        str | None,
        typer.Argument(metavar="INSTANCE", help="JSON file, .xlsx workbook, folder of CSV tables, bundled name, or - for stdin."),
    ] = None,
    program: Annotated[
        str | None,
        typer.Option("--program", help="Instead of an instance: a multi-objective problem as a JSON file of arrays.", metavar="FILE"),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="With --program: complete (default where criteria have grids), certified, epsilon-constraint, weighted.", metavar="NAME"
        ),
    ] = None,
    complete: Annotated[
        bool, typer.Option("--complete", help="All nondominated plans, epsilon 0: where every criterion takes values on a grid.")
    ] = False,
    epsilon: Annotated[str, typer.Option(help="What may be missing between the points, share of each range: 2% or 0.02.")] = "2%",
    model: Model = "allocation",
    criteria: Annotated[str | None, typer.Option(help="Criteria of the claim; all unless named: growth,continuity.", metavar="A,B")] = None,
    force: Annotated[Repeated, typer.Option(help="Fund this programme. Repeatable.", metavar="PROGRAMME")] = None,
    forbid: Annotated[Repeated, typer.Option(help="Do not fund this programme. Repeatable.", metavar="PROGRAMME")] = None,
    set_: Settings = None,
    time_limit: Annotated[float | None, typer.Option(help="Seconds for everything; the certificate is then weaker.", min=0.0)] = None,
    workers: Annotated[int, typer.Option(help="Threads; they change the time, never the frontier.", min=1, max=64)] = 1,
    seed: Annotated[int, typer.Option(help="Random seed of the solver.", min=0, max=2**31 - 1)] = 0,
    solver_of_zones: Annotated[
        ZoneSolvers, typer.Option(help="tree: relaxations, dives, inherited trees; mip: HiGHS; race: whichever is faster on a first zone.")
    ] = ZoneSolvers.tree,
    resume: Annotated[str | None, typer.Option(help="Go on with a frontier that was stopped.", metavar="FILE")] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="Frontier file; - for stdout. Default: ID.frontier.json here.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No tables, no progress.")] = False,
    everything: Everything = False,
    lang: Lang = Language.auto,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Find plans such that no plan is better than all of them by more than epsilon, and certify it.

    With --complete: one plan for every nondominated vector of the criteria, and the evidence that none is missing. It has to be asked for, because such
    sets can be very large; a criterion without a grid is named.

    The file is written again and again while the run goes on: --resume continues it, also after a crash.

    Exit codes: 0 certified or complete, 4 infeasible, 5 stopped with a weaker certificate, 6 audit failed, 7 stopped without a plan, 130 interrupted.
    """
    from portfolio.api.complete_frontier import complete_frontier
    from portfolio.api.frontier import Effort
    from portfolio.api.frontier import frontier as certify
    from portfolio.commands.aim_flags import share
    from portfolio.commands.inputs import read_any_frontier, read_instance
    from portfolio.commands.saving import STDOUT, Checkpoints, deliver, prepare
    from portfolio.commands.waiting import wait_for
    from portfolio.errors import UsageError
    from portfolio.formats.frontier_text import FrontierWriter
    from portfolio.library import load_model

    desk = Desk.of(lang.value, as_json, everything)
    if as_json and output == STDOUT:
        raise UsageError("--json and -o - both want standard output", "--json と -o - はどちらも標準出力を使います")
    if program is not None or method is not None or instance is None:
        return _of_program(desk, instance, program, complete, (method, epsilon, time_limit, workers, seed, output, quiet, resume))
    target_epsilon = share(epsilon, "--epsilon")
    spec = load_model(model)
    loaded = read_instance(instance, set_ or (), force or (), forbid or ())
    earlier = read_any_frontier(resume) if resume else None
    target = None if output == STDOUT else prepare(output or f"{loaded.header.id}{SUFFIX}", "portfolio-frontier")
    watcher = FrontierWatcher(desk, quiet)
    kept, writer = None if target is None else Checkpoints(desk, target), FrontierWriter()
    effort = Effort(
        seconds=float("inf") if time_limit is None else time_limit,
        workers=workers,
        seed=seed,
        zones=solver_of_zones.value,
        watch=watcher.see,
        save=None if kept is None else lambda state: kept.write(lambda: writer.text(state)),
        prepare=None if kept is None else writer.prepare,
    )
    named = [c.strip() for c in (criteria or "").split(",") if c.strip()]

    def work() -> Frontier:
        if complete:
            return complete_frontier(loaded, spec, effort, named, earlier)
        return certify(loaded, spec, target_epsilon, effort, named, earlier)

    found = wait_for(work, effort.stop, watcher)
    deliver(desk, writer.text(found), output, target, quiet, lambda saved: _answer(desk, found, saved))
    return exit_code(found)


def _of_program(
    desk: Desk,
    instance: str | None,
    program: str | None,
    complete: bool,
    flags: tuple[str | None, str, float | None, int, int, str | None, bool, str | None],
) -> int:
    from portfolio.commands.program_frontier import frontier_of_program
    from portfolio.errors import UsageError

    if program is None and instance is None:
        raise UsageError("name an INSTANCE, or a problem with --program", "INSTANCE か、--program で問題ファイルを指定してください")
    if program is None:
        raise UsageError("--method goes with --program", "--method は --program と一緒に使います")
    if instance is not None:
        raise UsageError("INSTANCE and --program exclude each other", "INSTANCE と --program は同時に指定できません")
    if complete and flags[0] not in (None, "complete"):
        raise UsageError("--complete and --method exclude each other", "--complete と --method は同時に指定できません")
    return frontier_of_program(desk, program, "complete" if complete else flags[0], *flags[1:])


def exit_code(found: Frontier) -> int:
    """What the shell is told."""
    if found.audit is not None and found.audit.violated:
        return 6
    return 7 if found.status == "limit" and not found.points else EXIT[found.status]


def _answer(desk: Desk, found: Frontier, saved: str | None) -> None:
    from portfolio.report.blocks import as_data
    from portfolio.report.frontier_content import frontier_content
    from portfolio.report.terminal import render

    content = frontier_content(found, desk.lang, saved, scatter=not desk.as_json)
    if desk.as_json:
        code = exit_code(found)
        result = found.model_dump(mode="json", exclude={"search"})
        desk.emit({"status": found.status, "exit_code": code, "saved": saved, "report": as_data(content), "result": result})
    else:
        desk.show(render(content, desk.width(), desk.colour, desk.everything))


class FrontierWatcher(Watcher):
    """Open zones, what is certified so far, points, integer programs."""

    def __init__(self, desk: Desk, quiet: bool) -> None:
        super().__init__(desk, quiet)
        self._progress: Progress | None = None

    def see(self, progress: Progress) -> None:
        """The latest word of the search."""
        self._progress = progress

    def line(self) -> str:
        """One line."""
        seconds, p = time.monotonic() - self.begun, self._progress
        if p is None:
            return self.desk.pick(f"first points   {seconds:.0f} s", f"最初の点を計算中   {seconds:.0f} 秒")
        epsilon = "-" if p.certified is None else f"{float(p.certified):.2%}"
        return self.desk.pick(
            f"certified {epsilon}   open zones {p.open}   points {p.points}   MIPs {p.mips}   {seconds:.0f} s",
            f"証明済みε {epsilon}   未解決の領域 {p.open}   点 {p.points}   MIP {p.mips}   {seconds:.0f} 秒",
        )
