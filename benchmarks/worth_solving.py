"""Is the flagship worth solving? Conflict of the criteria, what efficient plans hold, and whether one judgement decides.

    python benchmarks/worth_solving.py            (about six minutes on one core)

Writes docs/figures/japan-2026-worth.json, from which docs/japan-2026.md takes its section (python -m portfolio.report.instance_doc).
Plans are solver plans (before the publication grid), within the gap. The drops put all numbers of one judgement at their low, then their high ends and
solve again from the base plan's choices, with the base ranges.
"""

from __future__ import annotations

import argparse
import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from portfolio.errors import PortfolioError
from portfolio.formats.tables import load_tables
from portfolio.library import load_model
from portfolio.program import Floats
from portfolio.report.reach import Judgement, judgements
from portfolio.schema.exact import exact_json
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from portfolio.session import Session
from portfolio.solvers.outcome import Ask

HOME = Path(__file__).parents[1]
SIDE = 0.02  # weight of the other criteria where one is optimised "alone": keeps the plan efficient
WEIGHTS = [(1, SIDE, SIDE), (SIDE, 1, SIDE), (SIDE, SIDE, 1), (1, 1, 1), (1, 1, SIDE), (1, SIDE, 1), (SIDE, 1, 1), (2, 1, 1)]


def purposes(instance: Instance) -> dict[str, str]:
    """Programme -> the criterion of whose total on offer its largest option holds the greatest share (its first objective)."""
    zero = Fraction(0)
    loss = dict.fromkeys((e.id for e in instance.exposures), zero)
    value = {e.id: e.value.number for e in instance.exposures}
    for s in instance.scenarios:
        for e, severity in s.severities.items():
            loss[e] += s.probability.number * severity.number * value[e]
    weight = {n.id: n.weight.number / (n.target.number or 1) for n in instance.needs}
    by_capability = {c.id: sum((weight[n] * q.number for n, q in c.covers.items()), Fraction(0)) for c in instance.capabilities}
    held: dict[str, list[Fraction]] = {}
    for p in instance.programmes:
        way = max((w for w in instance.ways if w.programme == p.id), key=lambda w: w.public_cost)
        held[p.id] = [
            way.contributes.get("growth", Fraction(0)),
            sum((loss.get(e, Fraction(0)) * v for e, v in way.mitigates.items()), Fraction(0)),
            sum((weight[n] * v for n, v in way.covers.items()), zero) + sum((by_capability[c] * v for c, v in way.provides.items()), zero),
        ]
    totals = [sum(column) or Fraction(1) for column in zip(*held.values(), strict=True)]
    names = ("growth", "continuity", "public_goods")
    return {p: names[max(range(3), key=lambda n: row[n] / totals[n])] for p, row in held.items()}


Taken = dict[tuple[str, str], float]


def solve(session: Session, weights: Floats, gap: float, seconds: float, start: Taken | None = None) -> dict[str, Any]:
    take = session.program.block("take")
    assert take is not None
    begin = None
    if start is not None:
        begin = np.full(session.program.n, np.nan)
        begin[take.span] = [start.get(key, 0.0) for key in take.index]
    outcome = session.minimise(weights, Ask(gap=gap, seconds=seconds, start=begin))
    if outcome.x is None:
        return {"status": outcome.verdict, "seconds": round(outcome.seconds, 1)}
    taken = {key: float(v) for key, v in zip(take.index, outcome.x[take.span], strict=True) if v > 0.5}
    values = session.natural(session.program.values(outcome.x[: session.program.n]))
    return {
        "status": outcome.verdict,
        "gap": round(float(outcome.objective - outcome.bound), 4),
        "seconds": round(outcome.seconds, 1),
        "values": {c: round(v, 3) for c, v in values.items()},
        "taken": taken,
    }


def edited(instance: Instance, judgement: Judgement, end: str) -> Instance:
    """The instance with every number of the judgement at its low or high end."""
    raw = instance.canonical()
    for path, quantity in judgement.members:
        value = quantity.low if end == "low" else quantity.high
        if value is None:
            continue
        holder, key = place(raw, path.split("."))
        old = Fraction(quantity.number)
        holder[key] = exact_json(value)
        if path.startswith("scenarios.") and path.endswith(".probability"):
            calm = next(s for s in raw["scenarios"] if s["id"] == "calm")
            held = calm["probability"]["value"] if isinstance(calm["probability"], dict) else calm["probability"]
            calm["probability"] = exact_json(Fraction(str(held)) - (value - old))
    return parse_instance(raw)


def place(raw: Any, parts: list[str]) -> tuple[Any, Any]:
    """The container and key that a path of `quantities_in_use` names in the canonical data."""
    here: Any = raw
    for n, part in enumerate(parts):
        last = n == len(parts) - 1
        if isinstance(here, list) and n and parts[n - 1] == "curve":
            scale = Fraction(".".join(parts[n:]))
            point = next(p for p in here if Fraction(str(p[0]["value"] if isinstance(p[0], dict) else p[0])) == scale)
            return point, 1
        key: Any = part
        if isinstance(here, list):
            key = next((k for k, e in enumerate(here) if isinstance(e, dict) and e.get("id") == part), None)
            key = int(part) if key is None else key
        if last:
            return here, key
        here = here[key]
    raise KeyError(".".join(parts))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--judgements", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=25.0, help="per solve")
    arguments = parser.parse_args()
    begun = time.perf_counter()
    instance, spec = load_tables(HOME / "instances/japan-2026/tables"), load_model()
    session = Session(instance, spec)
    spans = session.spans(Ask())
    assert not isinstance(spans, str)
    names, signs = session.program.names, session.program.signs
    width = np.array([s.width for s in spans])
    archetype = {p.id: p.archetype for p in instance.programmes}
    purpose = purposes(instance)
    plans, base = [], None
    for raw_weights in WEIGHTS:
        weights = np.array(raw_weights, dtype=float)
        found = solve(session, weights / weights.sum() / width, arguments.gap, 2 * arguments.seconds)
        taken = found.pop("taken", {})
        funded = sorted({p for p, _ in taken})
        if raw_weights == (1, 1, 1):
            base = (taken, set(funded))
        count: dict[str, dict[str, int]] = {"archetypes": {}, "purposes": {}}
        for p in funded:
            count["archetypes"][str(archetype[p])] = count["archetypes"].get(str(archetype[p]), 0) + 1
            count["purposes"][purpose[p]] = count["purposes"].get(purpose[p], 0) + 1
        counted = {what: {k: amounts[k] for k in sorted(amounts)} for what, amounts in count.items()}
        plans.append({"weights": dict(zip(names, raw_weights, strict=True)), **found, "programmes": len(funded), **counted})
        print(plans[-1], flush=True)
    assert base is not None
    equal = np.ones(len(names)) / len(names) / width
    drops: list[dict[str, Any]] = []
    skipped: list[str] = []
    for judgement in judgements(instance):
        if len(drops) >= arguments.judgements:
            break
        row: dict[str, Any] = {"judgement": judgement.label, "numbers": len(judgement.members), "reason": judgement.reason}
        try:
            changed = {end: edited(instance, judgement, end) for end in ("low", "high")}
        except PortfolioError as error:
            skipped.append(judgement.label)
            print("cannot be set alone:", judgement.label, str(error)[:120], flush=True)
            continue
        for end, other in changed.items():
            session = Session(other, spec)
            found = solve(session, equal, arguments.gap, arguments.seconds, base[0])
            funded_now = {p for p, _ in found.pop("taken", {})}
            if "values" in found:
                found |= {"entered": len(funded_now - base[1]), "left": len(base[1] - funded_now)}
                found["change"] = round(len(funded_now ^ base[1]) / len(funded_now | base[1]), 3)
            row[end] = found
        drops.append(row)
        print(row, flush=True)
    result = {
        "instance_hash": instance.hash,
        "gap": arguments.gap,
        "ranges": {
            c: {"best": round(sign * span.ideal, 3), "far": round(sign * span.nadir, 3)}
            for c, sign, span in zip(names, signs, spans, strict=True)
        },
        "purposes_on_offer": {c: sum(v == c for v in purpose.values()) for c in names},
        "plans": plans,
        "drops": drops,
        "skipped": skipped,
        "seconds": round(time.perf_counter() - begun),
    }
    target = HOME / "docs/figures/japan-2026-worth.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {target} in {result['seconds']} s")


if __name__ == "__main__":
    main()
