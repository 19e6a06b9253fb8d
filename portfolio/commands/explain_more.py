"""Topics of `portfolio explain` beyond single programmes: prices, alternatives, core index, persistence."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from portfolio.commands.explain_topics import INTERRUPTED, LIMIT, Answered, Asked, CountWatcher
from portfolio.errors import UsageError


def _code(stopped: bool, open_: bool) -> int:
    return INTERRUPTED if stopped else LIMIT if open_ else 0


def prices(asked: Asked, _: Any) -> Answered:
    """Re-solves at + and - a step beside duals of the fixed plan."""
    from portfolio.explain.public import price_limits
    from portfolio.report.explain_tables import prices_content
    from portfolio.schema.validate import parse_instance

    watcher = CountWatcher(asked.desk, asked.quiet)
    (of, found), stopped = asked.wait(
        lambda stop: price_limits(asked.result, asked.only, asked.desk.everything, asked.gap, asked.limit, stop, watcher.count), watcher
    )
    content = prices_content(parse_instance(asked.result.instance), asked.result, of, found, asked.desk.lang)
    return content, {"of": of, "prices": [p.model_dump(mode="json") for p in found]}, _code(stopped, False)


def alternatives(asked: Asked, k: int) -> Answered:
    """The k plans."""
    from portfolio.explain.public import find_alternatives
    from portfolio.report.explain_tables import alternatives_content
    from portfolio.schema.validate import parse_instance

    (of, found), stopped = asked.wait(lambda stop: find_alternatives(asked.result, k, asked.within, asked.limit, stop))
    content = alternatives_content(parse_instance(asked.result.instance), asked.result, of, found, asked.desk.lang)
    return content, found.model_dump(mode="json"), _code(stopped, not found.complete)


def core(asked: Asked, words: str) -> Answered:
    """Core, borderline, exterior."""
    from portfolio.explain.public import core_programmes
    from portfolio.report.explain_tables import core_content
    from portfolio.schema.validate import parse_instance

    watcher = CountWatcher(asked.desk, asked.quiet)
    found, stopped = asked.wait(lambda stop: core_programmes(asked.result, words, asked.gap, asked.limit, stop, watcher.count), watcher)
    content = core_content(parse_instance(asked.result.instance), asked.result, found, asked.desk.lang)
    return content, found.model_dump(mode="json"), _code(stopped, any(e.status == "open" for e in found.entries))


def persist(asked: Asked, words: str) -> Answered:
    """The price-of-stability curve, after changes given by --set."""
    from portfolio.explain.public import plan_again
    from portfolio.formats.paths import with_settings
    from portfolio.report.explain_tables import stability_content
    from portfolio.schema.validate import parse_instance

    changed, charged = _closeness(words)
    raw = with_settings(asked.result.instance, asked.settings) if asked.settings else asked.result.instance
    instance = parse_instance(raw)
    watcher = CountWatcher(asked.desk, asked.quiet)
    (of, found), stopped = asked.wait(
        lambda stop: plan_again(asked.result, instance, changed, charged, asked.gap, asked.limit, stop, watcher.count), watcher
    )
    content = stability_content(instance, asked.result, of, found, asked.desk.lang)
    return content, found.model_dump(mode="json"), _code(stopped, any(p.status in ("limit", "failed") for p in found.points))


def _closeness(words: str) -> tuple[list[int], list[Fraction]]:
    """`0,2,5` programmes, `price=0.01` per unit of money moved, or both."""
    from portfolio.commands.aim_flags import share

    changed, charged = [], []
    for part in (p.strip() for p in words.split(",")):
        name, is_, value = part.partition("=")
        if is_ and name.strip() == "price":
            charged.append(share(value, "--persist price"))
        elif part.isdecimal():
            changed.append(int(part))
        else:
            raise UsageError(
                f"--persist {words}: numbers of programmes (0,2,5) or price=NUMBER",
                f"--persist {words}: 事業数（0,2,5）か price=数値 を指定してください",
            )
    return changed, charged
