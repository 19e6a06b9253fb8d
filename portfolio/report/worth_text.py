"""The section `Is it worth solving?`, from what benchmarks/worth_solving.py found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portfolio.report.naming import name_of, short
from portfolio.schema.instance import Instance

LIMIT = 0.30
"""Share of funded programmes that one judgement may change."""


def worth_section(instance: Instance, worth: Mapping[str, Any]) -> str:
    """Markdown."""
    names = {c.id: short(name_of(c, "en")) for c in instance.criteria}
    units = {c.id: c.unit or "" for c in instance.criteria}
    stale = worth["instance_hash"] != instance.hash
    lines = [
        "## Is it worth solving?",
        "",
        f"Computed by `python benchmarks/worth_solving.py` (gap {_percent(worth['gap'])} of the aim's range; solver plans, before the publication grid)"
        + (", **for an earlier state of the data: run it again**." if stale else "."),
        *_payoff(names, units, worth),
        *_plans(instance, names, worth),
        *_drops(names, worth),
    ]
    return "\n".join(lines)


def _alone(worth: Mapping[str, Any], criterion: str) -> Mapping[str, Any]:
    """The plan in which this criterion has weight 1 and the others a small one."""
    found: Mapping[str, Any] = next(p for p in worth["plans"] if p["weights"][criterion] == 1 and sum(p["weights"].values()) < 1.5)
    return found


def _payoff(names: Mapping[str, str], units: Mapping[str, str], worth: Mapping[str, Any]) -> list[str]:
    ranges = worth["ranges"]
    lines = [
        "",
        "**No criterion comes for free.** Each row: the plan that is best for one criterion (others at weight 0.02, so that the plan is efficient).",
        "",
        f"| best for | {' | '.join(f'{names[c]} ({units[c]})' for c in names)} |",
        "|---|" + "---:|" * len(names),
    ]
    for c in names:
        values = _alone(worth, c)["values"]
        lines.append(f"| {names[c]} | {' | '.join(_number(values[o]) for o in names)} |")
    lines += [
        f"| best bound | {' | '.join(_number(ranges[c]['best']) for c in names)} |",
        f"| far end | {' | '.join(_number(ranges[c]['far']) for c in names)} |",
        "",
        "**Conflict.** Share of a criterion's range (best bound to far end) that is lost when another one is optimal:",
        "",
        f"| lost of | {' | '.join(f'when {names[c]} is best' for c in names)} |",
        "|---|" + "---:|" * len(names),
    ]
    for c in names:
        width = ranges[c]["far"] - ranges[c]["best"]
        cells = [_percent((_alone(worth, o)["values"][c] - ranges[c]["best"]) / width) for o in names]
        lines.append(f"| {names[c]} | {' | '.join(cells)} |")
    return lines


def _plans(instance: Instance, names: Mapping[str, str], worth: Mapping[str, Any]) -> list[str]:
    archetypes = {a.id: name_of(a, "en") for a in instance.archetypes}
    aims = " : ".join(names.values())
    lines = [
        "",
        "**Every archetype and every purpose is in some efficient plan.** A programme's purpose (first objective) is the criterion of whose total on offer its "
        f"largest option holds the greatest share; on offer: {', '.join(f'{n} {names[c]}' for c, n in worth['purposes_on_offer'].items())}. Programmes funded:",
        "",
        f"| weights {aims} | {' | '.join(f'{names[c]}' for c in names)} | funded | {' | '.join(archetypes.values())} "
        f"| {' | '.join(f'for {n}' for n in names.values())} |",
        "|---|" + "---:|" * (2 * len(names) + 1 + len(archetypes)),
    ]
    for plan in worth["plans"]:
        weights = " : ".join(f"{w:g}" for w in plan["weights"].values())
        cells = [_number(plan["values"][c]) for c in names]
        cells += [
            str(plan["programmes"]),
            *(str(plan["archetypes"].get(a, 0)) for a in archetypes),
            *(str(plan["purposes"].get(c, 0)) for c in names),
        ]
        lines.append(f"| {weights} | {' | '.join(cells)} |")
    return lines


def _drops(names: Mapping[str, str], worth: Mapping[str, Any]) -> list[str]:
    ends = [(row, end) for row in worth["drops"] for end in ("low", "high")]
    solved = [(row[end]["change"], row, end) for row, end in ends if "change" in row[end]]
    most = max(solved, key=lambda found: found[0])
    over = sorted({row["judgement"] for change, row, _ in solved if change > LIMIT})
    unsolved = [f"`{row['judgement']}` {end} ({row[end]['status']})" for row, end in ends if "change" not in row[end]]
    lines = [
        "",
        f"**One judgement does not decide.** For the {len(worth['drops'])} widest judgements (list above) all numbers were put at their low, then at their high ends "
        f"and equal weights solved again. Change = programmes that enter or leave, as a share of all funded before or after. Largest change: {_percent(most[0])} "
        f"(`{most[1]['judgement']}`, {most[2]}); "
        + (f"above {_percent(LIMIT)}: {', '.join(f'`{j}`' for j in over)}." if over else f"none is above {_percent(LIMIT)}.")
        + _skipped(worth)
        + (f" No plan was found for {'; '.join(unsolved)}." if unsolved else ""),
        "",
        f"| judgement | end | entered | left | change | {' | '.join(names.values())} |",
        "|---|---|---:|---:|---:|" + "---:|" * len(names),
    ]
    for row, end in ends:
        found = row[end]
        if "change" in found:
            cells = [str(found["entered"]), str(found["left"]), _percent(found["change"]), *(_number(found["values"][c]) for c in names)]
        else:
            cells = [found["status"], *["-"] * (2 + len(names))]
        lines.append(f"| `{row['judgement']}` | {end} | {' | '.join(cells)} |")
    lines += [
        "",
        "Every solve starts from the base choices, so a programme moves only where that pays more than the gap. "
        "Scale (values) and payments follow more freely than the choice of programmes. Judgements of smaller reach, such as one probability or one cost, were not tried "
        "one by one.",
    ]
    return lines


def _skipped(worth: Mapping[str, Any]) -> str:
    names = ", ".join(f"`{name}`" for name in worth["skipped"])
    return f" Passed over, because their numbers must add up or fit each other: {names}." if names else ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.1f}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
