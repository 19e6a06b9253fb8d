"""Rules 1 and 2: who is chosen, and may this fund pay for it in this year?

at most one way per programme · mandatory chosen, forbidden not · 1 <= units <= n · payments > 0, one per (fund, year)
year in window(way), opens_k <= year <= sunset_k, fund admits way
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from portfolio.audit.selection import Selection, Taken, take
from portfolio.audit.verdict import Tally
from portfolio.results import Choice, Plan
from portfolio.schema.fund import Fund
from portfolio.schema.instance import Instance
from portfolio.schema.problem import shown
from portfolio.schema.way import Way


def read_choices(instance: Instance, plan: Plan, tally: Tally) -> Selection:
    """The plan's choices as taken ways; what the instance does not know is a violation and is left out."""
    ways = {(w.programme, w.option, w.start): w for w in instance.ways}
    selection = Selection(instance, tuple(_known(instance, plan, ways, tally)))
    times = Counter(c.programme for c in plan.choices)
    for programme, count in times.items():
        tally.at_most("choice", f"one_way[{shown(programme)}]", count, 1)
    for p in instance.programmes:
        if p.mandatory:
            tally.says(p.id in times, "mandatory", f"one_way[{p.id}]", "-", p.id)
        if p.forbidden:
            tally.says(p.id not in times, "forbidden", f"take[{p.id}]", p.id, "-")
    return selection


def _known(instance: Instance, plan: Plan, ways: dict[tuple[str, str, int | None], Way], tally: Tally) -> Iterator[Taken]:
    weights = {year: instance.weight(year) for year in instance.years}
    funds = {f.id: f for f in instance.funds}
    for choice in plan.choices:
        way = ways.get((choice.programme, choice.option, choice.start))
        name = shown(f"{choice.programme},{choice.option}" + ("" if choice.start is None else f"@{choice.start}"))
        tally.says(way is not None, "programme", f"take[{name}]", name, "-", "in")
        if way is None:
            continue
        tally.at_least("units", f"take[{name}]", choice.units, 1)
        tally.at_most("units", f"take[{name}]", choice.units, way.units)
        yield take(way, choice, _payments(instance, funds, way, choice, tally), instance.header.grid, weights)


def _payments(instance: Instance, funds: dict[str, Fund], way: Way, choice: Choice, tally: Tally) -> dict[tuple[str, int], int]:
    """(fund, year) -> grid units; payments by unknown funds or outside the horizon are violations and left out."""
    paid: dict[tuple[str, int], int] = {}
    open_years: dict[str, tuple[int, ...]] = {}
    for payment in choice.payments:
        place = f"pay[{way.label},{shown(payment.fund)},{payment.year}]"
        fund = funds.get(payment.fund)
        if fund is not None and fund.id not in open_years:
            open_years[fund.id] = instance.open_years(way, fund) if instance.may_pay(way, fund) else ()
        allowed = open_years.get(payment.fund, ())
        tally.says(payment.year in allowed, "eligibility", place, payment.year, ", ".join(map(str, allowed)) or "-", "in")
        tally.at_least("payment", place, payment.amount, 1)
        key = (payment.fund, payment.year)
        tally.says(key not in paid, "payment_twice", place, 2, 1)
        if fund is not None and payment.year in instance.years:
            paid[key] = paid.get(key, 0) + payment.amount
    return paid
