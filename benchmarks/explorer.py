"""How fast the explorer is with a frontier of the flagship's size: bytes, seconds to write it, first view, brushing, picking a plan.

The plans are drawn at random on the bundled instance `japan-2026` (seeded; about 125 programmes each, six payments a programme); they obey no rule,
which neither the page nor this measurement needs. Run: python benchmarks/explorer.py [PLANS] [--keep FILE]
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import sys
import tempfile
import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from portfolio.api.public import load
from portfolio.library import load_model
from portfolio.report.briefing import briefing, material
from portfolio.report.writers.explorer import write_explorer
from portfolio.results import Frontier, FrontierPoint, Plan, Range
from portfolio.results.plan import Choice, LedgerLine, Payment
from portfolio.schema.instance import Instance
from tests.support.browser import CHROMIUM, Tab, browser

FUNDED, PAYMENTS, LOADS, STEPS = 0.82, 6, 5, 40
WATCH = """
(() => {
  const look = () => document.querySelector('#scatter .main-svg') ? requestAnimationFrame(() => { window.firstView = performance.now(); }) : requestAnimationFrame(look);
  requestAnimationFrame(look);
})();
"""
# The time until the second frame after a change: the first one draws the scatter.
TIMED = """
(async () => {
  const frame = () => new Promise(requestAnimationFrame), times = [];
  for (let k = 0; k < %d; k += 1) {
    const begun = performance.now();
    %s;
    await frame();
    await frame();
    times.push(performance.now() - begun);
    await new Promise((done) => setTimeout(done, 30));
  }
  return times;
})()
"""
BRUSH, PICK = "brush(k % 5, [0.2 + 0.01 * (k % 30), 0.9])", "pick((7 * k) % PLANS.length)"


def random_plan(instance: Instance, rng: random.Random) -> Plan:
    """Ways, scales and payments at random; criteria between a good and a bad value."""
    choices = []
    for programme in instance.programmes:
        ways = [w for w in instance.ways if w.programme == programme.id]
        if not ways or rng.random() > FUNDED:
            continue
        way, scale = rng.choice(ways), Fraction(rng.randint(30, 100), 100)
        amount = max(int(way.public_cost * scale / instance.header.grid), 1)
        parts = [rng.randint(0, amount) for _ in range(PAYMENTS - 1)]
        cuts = [0, *sorted(parts), amount]
        funds = rng.sample(instance.funds, 2)
        payments = tuple(
            Payment(fund=funds[n % 2].id, year=instance.years[n % len(instance.years)], amount=b - a)
            for n, (a, b) in enumerate(pairwise(cuts))
            if b > a
        )
        choices.append(
            Choice(
                programme=programme.id,
                option=way.option,
                start=way.start,
                scale=scale,
                effect=scale,
                private=Fraction(0),
                payments=payments,
            )
        )
    ledger = tuple(
        LedgerLine(fund=f.id, year=t, authority=0, carried_in=0, committed=0, outlay=0, carried_out=0, lapsed=0)
        for f in instance.funds
        for t in instance.years
    )
    return Plan(
        choices=tuple(choices),
        ledger=ledger,
        criteria={c.id: Fraction(rng.randint(4000, 9000), 1) for c in instance.criteria},
        losses={s.id: Fraction(rng.randint(100, 9000)) for s in instance.scenarios},
        coverage={n.id: Fraction(rng.randint(20, 100), 100) for n in instance.needs},
    )


def random_frontier(instance: Instance, n: int) -> Frontier:
    """n plans, no certificate."""
    rng = random.Random(0)
    points = tuple(FrontierPoint(id=f"p{k}", plan=random_plan(instance, rng)) for k in range(1, n + 1))
    spans = {
        c.id: Range(best=Fraction(9500 if c.sense == "max" else 3500), worst=Fraction(3500 if c.sense == "max" else 9500))
        for c in instance.criteria
    }
    model = load_model()
    return Frontier(
        status="limit",
        points=points,
        ranges=spans,
        instance_hash=instance.hash,
        model_hash="",
        instance=instance.canonical(),
        model=model.model_dump(mode="json"),
    )


def shown(name: str, values: list[float], unit: str = "ms") -> None:
    """Median and largest."""
    print(f"{name:<32} median {statistics.median(values):8.0f} {unit}   largest {max(values):8.0f} {unit}   n {len(values)}")


def first_view(tab: Tab, address: str) -> float:
    """Milliseconds from the start of the navigation to the frame after the scatter stands."""
    tab.open(address)
    return float(tab.until("window.firstView"))


def main() -> None:
    """Prints the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("plans", nargs="?", type=int, default=200)
    asked.add_argument("--keep", type=Path, help="write the page here too")
    options = asked.parse_args()
    instance = load("japan-2026")
    found = material(None, random_frontier(instance, options.plans))
    begun = time.process_time()
    said = briefing(found, "en")
    told = time.process_time()
    page = write_explorer(found, said)
    print(f"{platform.platform()} · Python {platform.python_version()} · {options.plans} plans, {len(instance.programmes)} programmes")
    print(f"briefing in one language     {told - begun:8.1f} s CPU\nexplorer (with the other)    {time.process_time() - told:8.1f} s CPU")
    print(f"page                         {len(page) / 1e6:8.1f} MB")
    if options.keep:
        options.keep.write_bytes(page)
    if CHROMIUM is None:
        print("no chromium on this machine: nothing else can be measured")
        return
    cold, warm = [], []
    for last in (False, False, True):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, browser(Path(folder)) as tab:
            file = Path(folder) / "explorer.html"
            file.write_bytes(page)
            tab.size(1400)
            tab.send("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
            cold.append(first_view(tab, file.as_uri()))
            if last:
                warm = [first_view(tab, file.as_uri()) for _ in range(LOADS)]
                measured(tab)
    shown("first view, browser just begun", cold)
    shown("first view, again", warm)


def measured(tab: Tab) -> None:
    """What a reader waits for afterwards."""
    tab.until("document.querySelector('#list tbody tr') && [...waiting.keys()].every((node) => !node.offsetParent)")
    shown("brushing, per step", tab.ask(TIMED % (STEPS, BRUSH)))
    tab.ask("change({ brushes: {} })")
    shown("picking a plan", tab.ask(TIMED % (STEPS, PICK)))


if __name__ == "__main__":
    main()
