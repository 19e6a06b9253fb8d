"""`portfolio solve`: one best plan, saved and shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portfolio.commands.desk import Desk
from portfolio.commands.options import Debug, Everything, Json, Lang, Language, Model, Settings, Source

if TYPE_CHECKING:
    from portfolio.report.blocks import Content
    from portfolio.results import Result
    from portfolio.results.explanation import Conflict
    from portfolio.schema.instance import Instance

EXIT = {"proven": 0, "infeasible": 4, "limit": 5, "no_plan": 7, "interrupted": 130}
"""Exit code of a status; a limit without a plan answers 7, a violated audit 6."""
SUFFIX = ".result.json"
CONFLICT_SECONDS = 60.0
"""For explaining that there is no plan; `portfolio explain` takes longer when asked."""
SAME = "gap"
"""`--prove` without a number: the gap of --gap."""

_NUMERAL = re.compile(r"[\d.]+(/\d+)?[%％]?")
Repeated = list[str] | None


def solve(
    instance: Source,
    model: Model = "allocation",
    weights: Annotated[str | None, typer.Option(help="Weights by criterion: growth=2,continuity=1.", metavar="A=N,B=N")] = None,
    lexicographic: Annotated[str | None, typer.Option(help="Criteria in order of rank: growth,continuity.", metavar="A,B")] = None,
    tolerance: Annotated[str | None, typer.Option(help="Room given to earlier criteria, share of the range: 0.01 or 1%.")] = None,
    reference: Annotated[
        str | None, typer.Option(help="Reference point to come close to: growth=12,continuity=3.", metavar="A=N,B=N")
    ] = None,
    floor: Annotated[Repeated, typer.Option(help="growth=95% (of its best) or growth=1234 (its unit). Repeatable.", metavar="A=N")] = None,
    force: Annotated[Repeated, typer.Option(help="Fund this programme. Repeatable.", metavar="PROGRAMME")] = None,
    forbid: Annotated[Repeated, typer.Option(help="Do not fund this programme. Repeatable.", metavar="PROGRAMME")] = None,
    set_: Settings = None,
    start: Annotated[str | None, typer.Option(help="Begin from the plan of an earlier result.", metavar="RESULT")] = None,
    gap: Annotated[str, typer.Option(help="Stop when this close to the bound: 0.1% or 0.001.")] = "0.1%",
    prove: Annotated[
        str | None,
        typer.Option(
            help="Prove the bound to this gap (default: that of --gap) with a certificate that `portfolio audit` checks without a solver.",
            metavar="[GAP]",
        ),
    ] = None,
    time_limit: Annotated[float | None, typer.Option(help="Seconds for everything; the best plan so far is kept.", min=0.0)] = None,
    threads: Annotated[int, typer.Option(help="Threads of the solver.", min=1, max=1024)] = 1,
    solver: Annotated[
        str,
        typer.Option(
            help="highs, pulp:cbc, pulp:highs, pyomo:highs, pyomo:scip ... (portfolio doctor lists what is there).", metavar="NAME"
        ),
    ] = "highs",
    seed: Annotated[int, typer.Option(help="Random seed of the solver.", min=0, max=2**31 - 1)] = 0,
    output: Annotated[str | None, typer.Option("--output", "-o", help="Result file; - for stdout. Default: ID.result.json here.")] = None,
    no_save: Annotated[bool, typer.Option("--no-save", help="Write no result file.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No tables, no progress.")] = False,
    wide: Annotated[bool | None, typer.Option("--wide/--narrow", help="Shape of the tables; default by the terminal's width.")] = None,
    everything: Everything = False,
    lang: Lang = Language.auto,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Find the best plan, prove how good it is, audit it, save it.

    Exit codes: 0 proven, 4 infeasible, 5 stopped at a limit with a plan, 6 audit failed, 7 stopped without one, 130 interrupted.
    """
    from portfolio.api.allocate import Effort, allocate
    from portfolio.commands.aim_flags import build_aim, share
    from portfolio.commands.inputs import read_any_result, read_instance
    from portfolio.commands.saving import STDOUT, deliver, prepare
    from portfolio.commands.waiting import Watcher, wait_for
    from portfolio.errors import UsageError
    from portfolio.formats.result_text import result_text
    from portfolio.library import load_model
    from portfolio.solvers.door import heeded

    desk = Desk.of(lang.value, as_json, everything)
    if as_json and output == STDOUT:
        raise UsageError("--json and -o - both want standard output", "--json と -o - はどちらも標準出力を使います")
    target_gap = share(gap, "--gap")
    proof_gap = None if prove is None else target_gap if prove == SAME else share(prove, "--prove")
    spec = load_model(model)
    loaded = read_instance(instance, set_ or (), force or (), forbid or ())
    aim = build_aim(loaded.aim or spec.aim, weights, lexicographic, tolerance, reference, floor or ())
    earlier = read_any_result(start) if start else None
    target = None if no_save or output == STDOUT else prepare(output or f"{loaded.header.id}{SUFFIX}", "portfolio-result")
    watcher = Watcher(desk, quiet)
    if not quiet and ":" in solver and "stop" not in heeded(solver):
        desk.say(
            desk.pick(
                f"{solver} cannot be stopped while it solves: Ctrl-C takes effect when it returns; --time-limit holds (Ctrl-C twice: abort)",
                f"{solver} は計算中に止められません。Ctrl-Cは計算が戻った時点で効きます。--time-limit は守られます（2回押すと中止）",
            )
        )
    effort = Effort(
        gap=target_gap,
        seconds=float("inf") if time_limit is None else time_limit,
        seed=seed,
        start=None if earlier is None else earlier.plan,
        watch=watcher,
        solver=solver,
        prove=proof_gap,
        **_if_known(Effort, threads=threads),
    )
    result = wait_for(lambda: allocate(loaded, spec, aim, effort), effort.stop, watcher)
    shape = {True: "wide", False: "narrow", None: "auto"}[wide]
    deliver(desk, result_text(result), output, target, quiet, lambda saved: _answer(desk, result, saved, shape))
    return exit_code(result)


def with_optional_gap(argv: Sequence[str]) -> list[str]:
    """`--prove` may stand alone: it is given its default where no number follows."""
    words = list(argv)
    for n, word in enumerate(argv):
        follows = argv[n + 1] if n + 1 < len(argv) else ""
        if word == "--prove" and not _NUMERAL.fullmatch(follows) and argv[0] == "solve":
            words[n] = f"--prove={SAME}"
    return words


def exit_code(result: Result) -> int:
    """What the shell is told."""
    if result.audit is not None and result.audit.violated:
        return 6
    return 7 if result.status == "limit" and result.plan is None else EXIT[result.status]


def _if_known(effort: type, **options: Any) -> dict[str, Any]:
    """Options that this version's Effort has."""
    return {name: value for name, value in options.items() if name in getattr(effort, "__dataclass_fields__", {})}


def _answer(desk: Desk, result: Result, saved: str | None, shape: str) -> None:
    from portfolio.report.blocks import as_data
    from portfolio.report.content import solve_content
    from portfolio.report.terminal import render

    causes = likely_causes(result) if result.status == "infeasible" else ()
    content = solve_content(result, desk.lang, saved, causes)
    conflict = None
    if result.status == "infeasible":
        content, conflict = _explained(result, content, desk.lang)
    if desk.as_json:
        code = exit_code(result)
        desk.emit(
            {
                "status": result.status,
                "exit_code": code,
                "saved": saved,
                "report": as_data(content),
                "result": result.model_dump(mode="json"),
                **({} if conflict is None else {"conflict": conflict.model_dump(mode="json")}),
            }
        )
    else:
        desk.show(render(content, desk.width(shape), desk.colour, desk.everything))


def _explained(result: Result, content: Content, lang: str) -> tuple[Content, Conflict | None]:
    """The report with the rules in conflict and the smallest repairs, as far as they are found in a minute."""
    from dataclasses import replace

    from portfolio.explain.public import why_infeasible
    from portfolio.report.conflict_content import conflict_content
    from portfolio.schema.validate import parse_instance

    conflict = why_infeasible(result, seconds=CONFLICT_SECONDS)
    if conflict is None:
        return content, None
    said = conflict_content(parse_instance(result.instance), conflict, lang)
    kept = tuple(s for s in content.head if s.key not in ("causes", "no_causes"))
    return replace(
        content, head=(*kept, *said.head[1:]), tables=(*content.tables, *said.tables), tail=(*said.tail, *content.tail)
    ), conflict


def likely_causes(result: Result) -> tuple[Any, ...]:
    """Findings of severity error in the embedded instance: why nothing can be feasible."""
    from portfolio.schema.findings import findings
    from portfolio.schema.validate import parse_instance

    embedded: Instance = parse_instance(result.instance)
    return tuple(p for p in findings(embedded) if p.severity == "error")
