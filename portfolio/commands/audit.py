"""`portfolio audit`: the exact re-check of a result or frontier, from the instance it carries, without a solver unless one is asked for."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from portfolio.commands.audit_frontier import ZONES_AGAIN
from portfolio.commands.desk import Desk
from portfolio.commands.options import Debug, Everything, Json, Lang, Language

MOST_SHOWN = 50
"""Violations listed unless --all."""
VIOLATED = 6


def audit(
    result: Annotated[str, typer.Argument(metavar="RESULT", help="File of `portfolio solve` or `portfolio frontier`, or - for stdin.")],
    resolve_with: Annotated[
        str | None, typer.Option(help="Solve zones of a frontier again through this door: pyomo:highs, pulp:cbc, ...", metavar="NAME")
    ] = None,
    zones: Annotated[int, typer.Option(help="How many zones to solve again.", min=1)] = ZONES_AGAIN,
    everything: Everything = False,
    lang: Lang = Language.auto,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Re-compute every rule, ledger, criterion and claim of a result in exact arithmetic.

    Exit codes: 0 everything holds, 6 something is violated, 3 the file is not a result.
    """
    from portfolio.audit import audit_frontier, audit_program_frontier, audit_result
    from portfolio.commands.audit_frontier import again, proven, sentences
    from portfolio.commands.audit_proofs import proofs
    from portfolio.commands.inputs import read_answer
    from portfolio.errors import UsageError
    from portfolio.results import Frontier, Result
    from portfolio.results.program_frontier import ProgramFrontier

    desk = Desk.of(lang.value, as_json, everything)
    checked = read_answer(result)
    frontier = checked if isinstance(checked, Frontier) else None
    if resolve_with is not None and frontier is None:
        raise UsageError("--resolve-with is for frontiers", "--resolve-with はフロンティア専用です")
    if isinstance(checked, ProgramFrontier):
        verdict = audit_program_frontier(checked)
    else:
        verdict = audit_frontier(checked) if isinstance(checked, Frontier) else audit_result(checked)
    resolved: dict[str, Any] | None = None
    around = sentences(frontier, desk.lang) if frontier is not None and verdict.holds else []
    agreed, zone_data = True, dict[str, Any]()
    if frontier is not None and verdict.holds:
        agreed, zone_data, lines_proven = proven(desk, frontier)
        around += lines_proven
    if frontier is not None and resolve_with is not None and verdict.holds:
        found, resolved, lines_again = again(desk, frontier, resolve_with, zones)
        agreed = agreed and found
        around += lines_again
    proof_data: list[dict[str, Any]] = []
    if isinstance(checked, Result) and verdict.holds:
        agreed, proof_data, around = proofs(desk, checked)
    code = 0 if verdict.holds and agreed else VIOLATED
    shown = verdict.violations if everything else verdict.violations[:MOST_SHOWN]
    if as_json:
        desk.emit(
            {
                "holds": verdict.holds and agreed,
                "exit_code": code,
                "checks": verdict.checks,
                "violated": len(verdict.violations),
                "unaudited": list(verdict.unaudited),
                "status": checked.status,
                "violations": [_data(v) for v in shown],
                **({"proofs": proof_data} if proof_data else {}),
                **({"zone_proofs": zone_data} if zone_data else {}),
                **({} if resolved is None else {"resolved": resolved}),
            }
        )
        return code
    n, bad = f"{verdict.checks:,}", len(verdict.violations)
    lines = [
        desk.pick(f"AUDITED {n} checks, {bad} violated", f"監査 {n}件、違反 {bad}件")
        if bad
        else desk.pick(f"HOLDS   {n} checks, 0 violated, exact arithmetic", f"適合   検査{n}件、違反0件（厳密計算）")
    ]
    lines += [f"  {v.sentence(desk.lang)}" for v in shown]
    if len(shown) < bad:
        lines.append(desk.pick(f"  ... and {bad - len(shown)} more (--all)", f"  ほか{bad - len(shown)}件（--all）"))
    if verdict.unaudited:
        kinds = ", ".join(verdict.unaudited)
        lines.append(desk.pick(f"not audited (no checker): {kinds}", f"検査器がなく未監査: {kinds}"))
    lines += around
    if isinstance(checked, Result) and checked.plan is None:
        lines.append(desk.pick(f"the result holds no plan (status {checked.status})", f"計画のない結果です（状態 {checked.status}）"))
    desk.show("\n".join(lines))
    return code


def _data(violation: Any) -> dict[str, Any]:
    from fractions import Fraction

    from portfolio.schema.exact import exact_json

    def side(value: Any) -> Any:
        return exact_json(value) if isinstance(value, Fraction) else value

    return {
        "rule": violation.rule,
        "place": violation.place,
        "found": side(violation.found),
        "relation": violation.relation,
        "limit": side(violation.limit),
        "amount": side(violation.amount),
        "sentence": {lang: violation.sentence(lang) for lang in ("en", "ja")},
    }
