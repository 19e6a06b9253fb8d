"""Rule 7 (and `later` of rule 8): every fund's books, in grid units.

use_kt + carried_out_kt + lapsed_kt = authority_kt + carried_in_kt,   use = committed, on outlay basis outlay
authority = floor(B_kt / u),   carried_in_kt = carried_out_k,t-1,   0 <= carried_out <= floor(carry_limit / u),   lapsed >= 0
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from portfolio.audit.cash import Stream, add_up
from portfolio.audit.verdict import Tally
from portfolio.results import LedgerLine, Plan
from portfolio.schema.fund import Fund
from portfolio.schema.instance import Instance
from portfolio.schema.problem import shown


def check_ledger(instance: Instance, plan: Plan, flows: Sequence[Stream], tally: Tally) -> None:
    """Every line that must be there, no other."""
    due = {(f.id, t) for f in instance.funds for t in instance.years}
    lines: dict[tuple[str, int], LedgerLine] = {}
    for line in plan.ledger:
        key = (line.fund, line.year)
        tally.says(key in due and key not in lines, "ledger_line", f"fund_ledger[{shown(line.fund)},{line.year}]", "extra", "none")
        lines.setdefault(key, line)
    for fund in instance.funds:
        _check_fund(instance, fund, lines, [s for s in flows if s.fund == fund.id], tally)
        later = sum(s.later for s in flows if s.fund == fund.id)
        tally.equal("later", f"later[{fund.id}]", plan.later.get(fund.id, 0), later)
    strangers = plan.later.keys() - {f.id for f in instance.funds}
    for name in sorted(strangers):
        tally.says(False, "later", f"later[{shown(name)}]", name, "-", "in")


def _check_fund(instance: Instance, fund: Fund, lines: dict[tuple[str, int], LedgerLine], flows: list[Stream], tally: Tally) -> None:
    years, grid = instance.years, instance.header.grid
    committed = add_up([s.committed for s in flows], len(years))
    outlay = add_up([s.outlay for s in flows], len(years))
    most = floor(fund.carry_limit.number / grid)
    before = 0
    for i, year in enumerate(years):
        place, line = f"fund_ledger[{fund.id},{year}]", lines.get((fund.id, year))
        tally.says(line is not None, "ledger_line", place, "missing", "one")
        if line is None:
            continue
        authority = floor(fund.years[year].number / grid) if year in fund.years else 0
        tally.equal("authority", place, line.authority, authority)
        tally.equal("committed", place, line.committed, committed[i])
        tally.equal("outlay", place, line.outlay, outlay[i])
        tally.equal("carried_in", place, line.carried_in, before)
        tally.at_least("carry_limit", place, line.carried_out, 0)
        tally.at_most("carry_limit", place, line.carried_out, 0 if year == years[-1] else most)
        tally.at_least("lapsed", place, line.lapsed, 0)
        used = outlay[i] if fund.basis == "outlay" else committed[i]
        tally.equal("ledger", place, used + line.carried_out + line.lapsed, authority + line.carried_in)
        before = line.carried_out
