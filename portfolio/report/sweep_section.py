"""The section `What the judgements do to the plan`, from what benchmarks/japan_sweep.py found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from portfolio.report.naming import name_of, short
from portfolio.schema.instance import Instance

Part = Mapping[str, Any]
FIRST = 15


def sweep_section(instance: Instance, found: Part) -> str:
    """Markdown. found: what japan_sweep.py wrote; `collected` is a remark on how, added by hand where the runs come from more than one state of the code."""
    stale = found["instance_hash"] != instance.hash
    lines = [
        "## What the judgements do to the plan",
        "",
        "Computed by `python benchmarks/japan_sweep.py`"
        + (", **for an earlier state of the data: run it again**." if stale else ".")
        + " Equal weights, ranges of the base frozen; score = 100 when every criterion is at its best bound. Runs are solver plans before whole units; "
        "each plan's score lies within the gap of a bound that no plan of that run beats. A run in which the base's choice is still within the gap keeps it."
        + (f" {found['collected']}" if "collected" in found else ""),
        *_tornado(
            found["kinds"], "**One kind of number at a time.** All {numbers:,} judged numbers with a range, by kind: {factors} kinds"
        ),
        *_random(instance, found["random"]),
        *_tornado(
            found["tornado"],
            "**One judgement at a time.** The same numbers, moved together where they were decided together: {factors} judgements",
        ),
        *_stairs(instance, found["stairs"]),
    ]
    return "\n".join(lines)


def _tornado(part: Part, title: str) -> Iterator[str]:
    base = part["base"]
    yield ""
    yield (
        f"{title.format(numbers=part['numbers'], factors=part['factors'])}, each at its low and its high end: {_counted(part)}. "
        f"Base: score {_score(base['aim'])}, no plan above {_score(base['bound'])}, {base['programmes']} programmes."
    )
    yield ""
    if not part["told"]:
        yield "No run yet."
        return
    told = ", ".join(f"{count} move the score by more than {points} points" for points, count in part["larger"].items() if count)
    kept = f"In {part['base_within_gap']} of the {part['solved']} runs with a plan the base's choice of ways stays within the gap of the best possible"
    impossible = f"; in {part['base_infeasible']} it can no longer be carried out as it is" if part["base_infeasible"] else ""
    yield f"Of {part['told']} with both ends solved, {told or 'none moves the score'}. {kept}{impossible}."
    yield ""
    yield "| what moves | numbers | score at low | score at high | swing | enter/leave at low | at high |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for s in part["swings"][:FIRST]:
        moved = [f"{a}/{b}" for a, b in s["moved"]]
        cells = [_score(s["low"]), _score(s["high"]), f"{s['swing'] * 100:.2f}{'*' if s['resolved'] else ''}", *moved]
        yield f"| {_name(part, s['factor'])} | {s['numbers']} | {' | '.join(cells)} |"
    yield ""
    yield "\\* certain: the bounds of the two do not overlap. Where programmes change, swings of less than the gap may be the gap's."


def _random(instance: Instance, part: Part) -> Iterator[str]:
    names = {c.id: short(name_of(c, "en")) for c in instance.criteria}
    units = {c.id: c.unit or "" for c in instance.criteria}
    yield ""
    yield (
        f"**All judgements at once.** Latin hypercube (seed {part['seed']}) over the {part['factors']} kinds of judged numbers, "
        f"uniform and independent: "
        f"{_counted(part)}."
    )
    if not part["solved"]:
        return
    yield ""
    yield "| criterion | base | 5 % | median | 95 % |"
    yield "|---|---:|---:|---:|---:|"
    for s in part["spreads"]:
        if s["output"] == "aim":
            cells = [_score(s[key]) for key in ("base", "q95", "median", "q05")]
            yield f"| score | {' | '.join(cells)} |"
        else:
            cells = [_number(s[key]) for key in ("base", "q05", "median", "q95")]
            yield f"| {names[s['output']]} ({units[s['output']]}) | {' | '.join(cells)} |"
    yield from _robust(instance, part)
    shares = [s for s in part["shares"] if s.get("group") == "factor" and s.get("first")]
    if shares:
        listed = ", ".join(f"{_name(part, s['of'])} {s['first'] * 100:.0f} %" for s in shares[:6])
        yield ""
        yield f"Judgements whose correlation with the score stands out of the noise, with the share of its variance that this explains: {listed}."


def _robust(instance: Instance, part: Part) -> Iterator[str]:
    names = {p.id: name_of(p, "en") for p in instance.programmes}
    status = {f["programme"]: f["status"] for f in part["funded"]}
    core = [p for p, s in status.items() if s == "core"]
    contested = [f for f in part["funded"] if f["status"] == "contested"]
    never = [p for p in names if status.get(p, "never") == "never"]
    yield ""
    yield (
        f"Of {len(names)} programmes {len(core)} are funded in every run, {len(contested)} in some, {len(never)} in none. "
        f"Most contested: {_listed(contested, names)}." + (f" Never: {', '.join(names[p] for p in never[:10])}." if never else "")
    )
    for flip in part["flips"][:5]:
        sides = " and ".join(_side(part, s) for s in flip["sides"])
        yield ""
        yield (
            f"- {names[flip['programme']]} is {'funded' if flip['funded'] else 'dropped'} when {sides}: holds in {flip['density'] * 100:.0f} % of {flip['support']} runs, "
            f"covers {flip['coverage'] * 100:.0f} %."
        )
    if not part["flips"]:
        yield ""
        yield "No rule of up to three judgements says when one of them flips: with hundreds of independent judgements no single one decides."


def _stairs(instance: Instance, part: Part) -> Iterator[str]:
    found = part["staircase"]
    yield ""
    if not found or not found["steps"]:
        yield "**Staircase of the total budget.** Not computed."
        return
    names = {p.id: name_of(p, "en") for p in instance.programmes}
    unit = instance.header.unit
    yield (
        f"**Staircase of the total budget.** All funds in proportion; today {found['today']:,.0f} {unit}; levels told apart to {found['tolerance']:,.0f} {unit}; "
        f"on each step the set is within {found['gap'] * 100:g} points of the best ({found['solves']} solves{'' if found['monotone'] else '; not monotone'})."
        + ("" if part["status"] == "complete" else " Stopped before it was complete.")
    )
    yield ""
    yield f"| from ({unit}) | to | programmes | enter | leave | points per 1 % more | within the gap |"
    yield "|---:|---:|---:|---|---|---:|---|"
    for s in found["steps"]:
        moved = [
            ", ".join(names[p] for p in s[key][:4]) + (f" and {len(s[key]) - 4} more" if len(s[key]) > 4 else "") or "-"
            for key in ("entered", "left")
        ]
        earned = s["marginal"] * found["today"]
        proven = "everywhere" if s["proven"] else "at the levels solved"
        yield f"| {s['low']:,.0f} | {s['high']:,.0f} | {len(s['programmes'])} | {moved[0]} | {moved[1]} | {earned:.2f} | {proven} |"


def _counted(part: Part) -> str:
    failed = ", ".join(f"{count} {status}" for status, count in part["failed"].items())
    whole = "" if part["status"] == "complete" else f" of {part['planned']} planned (not complete)"
    return f"{part['runs']:,} runs{whole} to a gap of {_gap(part)} points, {part['solved']:,} with a plan" + (
        f", {failed}" if failed else ""
    )


def _gap(part: Part) -> str:
    return f"{float(Fraction(str(part['gap']))) * 100:g}"


def _listed(funded: list[Any], names: Mapping[str, str]) -> str:
    nearest = sorted(funded, key=lambda f: (abs(f["share"] - 0.5), f["programme"]))[:8]
    return ", ".join(f"{names[f['programme']]} ({f['share'] * 100:.0f} %)" for f in nearest) or "none"


def _side(part: Part, side: Part) -> str:
    low, high = (None if side[key] is None else f"{side[key] * 100:.0f} %" for key in ("low", "high"))
    name = _name(part, side["factor"])
    if low is not None and high is not None:
        return f"{name} stands between {low} and {high} of its range"
    return f"{name} stands {'above ' + low if low is not None else 'below ' + str(high)} of its range"


def _name(part: Part, factor: str) -> str:
    """In words, and the paths that the words stand for where a pattern says them."""
    words = part.get("names", {}).get(factor)
    pattern = "" if "#" in factor else f" (`{factor}`)"
    return f"`{factor}`" if words is None else f"{words}{pattern}"


def _score(aim: float | None) -> str:
    return "no plan" if aim is None else f"{(1 - aim) * 100:.2f}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.1f}"
