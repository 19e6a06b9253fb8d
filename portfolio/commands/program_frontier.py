"""`portfolio frontier --program FILE`: the frontier of any multi-objective mixed-integer problem."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portfolio.commands.desk import Desk
from portfolio.commands.waiting import Watcher

if TYPE_CHECKING:
    from portfolio.api.program_frontier import Progress

EXIT = {"complete": 0, "certified": 0, "unproven": 0, "infeasible": 4, "limit": 5, "no_plan": 7, "interrupted": 130}
"""Exit code of a status."""
FORMAT = "portfolio-program-frontier"
SUFFIX = ".frontier.json"


def frontier_of_program(
    desk: Desk,
    file: str,
    method: str | None,
    epsilon: str,
    seconds: float | None,
    workers: int,
    seed: int,
    output: str | None,
    quiet: bool,
    resume: str | None,
) -> int:
    """Read, search, save, show; returns the exit code. Raises UsageError, InvalidInput."""
    from portfolio.api.program_frontier import METHODS, Effort, program_frontier
    from portfolio.commands.aim_flags import share
    from portfolio.commands.inputs import read_program_frontier
    from portfolio.commands.saving import STDOUT, Checkpoints, deliver, prepare
    from portfolio.commands.waiting import wait_for
    from portfolio.errors import UsageError
    from portfolio.formats.moo_json import read_moo
    from portfolio.formats.result_text import result_text

    chosen = next((m for m in METHODS if m == method), None)
    if method is not None and chosen is None:
        known = ", ".join(METHODS)
        raise UsageError(f"--method {method}: there are {known}", f"--method {method}: 使えるのは {known} です")
    size = share(epsilon, "--epsilon")
    if not 0 < size < 1:
        raise UsageError(f"--epsilon {epsilon}: a share between 0 and 1 was expected", f"--epsilon {epsilon}: 0と1の間の割合が必要です")
    found = read_moo(file)
    earlier = read_program_frontier(resume) if resume else None
    target = None if output == STDOUT else prepare(output or f"{Path(file).stem}{SUFFIX}", FORMAT)
    watcher = ProgramWatcher(desk, quiet)
    kept = None if target is None else Checkpoints(desk, target)
    effort = Effort(
        size,
        float("inf") if seconds is None else seconds,
        workers,
        seed,
        watch=watcher.see,
        save=None if kept is None else lambda state: kept.write(lambda: result_text(state)),
    )
    result = wait_for(lambda: program_frontier(found, chosen, effort, earlier), effort.stop, watcher)
    code = EXIT[result.status]
    deliver(desk, result_text(result), output, target, quiet, lambda saved: _answer(desk, result, saved, code))
    return code


def _answer(desk: Desk, result: Any, saved: str | None, code: int) -> None:
    from portfolio.report.blocks import as_data
    from portfolio.report.program_content import program_content
    from portfolio.report.terminal import render

    content = program_content(result, desk.lang, saved, scatter=not desk.as_json)
    if desk.as_json:
        data = result.model_dump(mode="json", exclude={"search"})
        desk.emit({"status": result.status, "exit_code": code, "saved": saved, "report": as_data(content), "result": data})
    else:
        desk.show(render(content, desk.width(), desk.colour, desk.everything))


class ProgramWatcher(Watcher):
    """Open zones, points, integer programs."""

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
            return self.desk.pick(f"first point   {seconds:.0f} s", f"最初の点を計算中   {seconds:.0f} 秒")
        return self.desk.pick(
            f"open zones {p.open}   points {p.points}   MIPs {p.mips}   {seconds:.0f} s",
            f"未解決の領域 {p.open}   点 {p.points}   MIP {p.mips}   {seconds:.0f} 秒",
        )
