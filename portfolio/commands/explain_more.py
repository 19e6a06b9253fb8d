"""Topics of `portfolio explain` beyond single programmes: prices, alternatives, core index, persistence."""

from __future__ import annotations

import threading
from fractions import Fraction
from typing import Any

from portfolio.commands.explain_topics import INTERRUPTED, LIMIT, Asked, CountWatcher, Said
from portfolio.errors import UsageError


def _code(stopped: bool, open_: bool) -> int:
    return INTERRUPTED if stopped else LIMIT if open_ else 0


def prices(asked: Asked, _: Any) -> Said:
    """Re-solves at + and - a step beside duals of the fixed plan."""
    from portfolio.explain.public import price_limits
    from portfolio.report.explain_tables import prices_content
    from portfolio.schema.validate import parse_instance

    watcher = CountWatcher(asked.desk, asked.quiet)

    def work(stop: threading.Event) -> dict[str, Any]:
        of, found = price_limits(asked.result, asked.only, asked.desk.everything, asked.gap, asked.limit, stop, watcher.count)
        return {"of": of, "prices": tuple(found)}

    answer, stopped = asked.once("prices", {"only": list(asked.only), "all": asked.desk.everything}, work, watcher)
    content = prices_content(parse_instance(asked.result.instance), asked.result, answer.of, answer.prices, asked.desk.lang)
    data = {"of": answer.of, "prices": [p.model_dump(mode="json") for p in answer.prices]}
    return content, data, _code(stopped, False), [answer]


def alternatives(asked: Asked, k: int) -> Said:
    """The k plans."""
    from portfolio.explain.public import find_alternatives
    from portfolio.report.explain_tables import alternatives_content
    from portfolio.schema.validate import parse_instance

    def work(stop: threading.Event) -> dict[str, Any]:
        of, found = find_alternatives(asked.result, k, asked.within, asked.limit, stop)
        return {"of": of, "alternatives": found}

    answer, stopped = asked.once("alternatives", {"k": k, "within": str(asked.within)}, work)
    found = answer.alternatives
    assert found is not None
    content = alternatives_content(parse_instance(asked.result.instance), asked.result, answer.of, found, asked.desk.lang)
    return content, found.model_dump(mode="json"), _code(stopped, not found.complete), [answer]


def core(asked: Asked, words: str) -> Said:
    """Core, borderline, exterior."""
    from portfolio.explain.public import core_programmes
    from portfolio.report.explain_tables import core_content
    from portfolio.schema.validate import parse_instance

    watcher = CountWatcher(asked.desk, asked.quiet)

    def work(stop: threading.Event) -> dict[str, Any]:
        return {"of": "aim", "core": core_programmes(asked.result, words, asked.gap, asked.limit, stop, watcher.count)}

    answer, stopped = asked.once("core", {"weights": words}, work, watcher)
    found = answer.core
    assert found is not None
    content = core_content(parse_instance(asked.result.instance), asked.result, found, asked.desk.lang)
    return content, found.model_dump(mode="json"), _code(stopped, any(e.status == "open" for e in found.entries)), [answer]


def persist(asked: Asked, words: str) -> Said:
    """The price-of-stability curve, after changes given by --set."""
    from portfolio.explain.public import plan_again
    from portfolio.formats.paths import with_settings
    from portfolio.report.explain_tables import stability_content
    from portfolio.schema.validate import parse_instance

    changed, charged = _closeness(words)
    raw = with_settings(asked.result.instance, asked.settings) if asked.settings else asked.result.instance
    instance = parse_instance(raw)
    watcher = CountWatcher(asked.desk, asked.quiet)

    def work(stop: threading.Event) -> dict[str, Any]:
        of, found = plan_again(asked.result, instance, changed, charged, asked.gap, asked.limit, stop, watcher.count)
        return {"of": of, "stability": found}

    question = {"changed": changed, "prices": [str(p) for p in charged], "set": list(asked.settings)}
    answer, stopped = asked.once("persist", question, work, watcher)
    found = answer.stability
    assert found is not None
    content = stability_content(instance, asked.result, answer.of, found, asked.desk.lang)
    open_ = any(p.status in ("limit", "failed") for p in found.points)
    return content, found.model_dump(mode="json"), _code(stopped, open_), [answer]


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
