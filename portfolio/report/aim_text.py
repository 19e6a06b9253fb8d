"""The aim and the claims in words."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor

from portfolio.report.blocks import Sentence
from portfolio.report.naming import clean, name_of, short
from portfolio.report.numbers import Unit, percent, percent_up, placed, significant
from portfolio.report.texts import text
from portfolio.results import Claim, Result
from portfolio.schema.aim import Aim, Lexicographic, Weighted
from portfolio.schema.instance import Instance

SCORE_DIGITS = 4


def aim_text(instance: Instance, aim: Aim, lang: str) -> str:
    """`equal weight on growth, continuity, public goods`."""
    names = {c.id: short(name_of(c, lang)) for c in instance.criteria}
    joint = "、" if lang == "ja" else ", "
    if isinstance(aim, Weighted):
        counted = {c: w for c, w in aim.weights.items() if w} or dict.fromkeys(names, Fraction(1))
        whole = sum(counted.values(), Fraction(0))
        if len(set(counted.values())) == 1:
            said = text("equal", lang, names=joint.join(names[c] for c in counted)) if len(counted) > 1 else names[next(iter(counted))]
        else:
            said = text("weighted", lang, pairs=joint.join(f"{names[c]} {percent(w / whole)}" for c, w in counted.items()))
    elif isinstance(aim, Lexicographic):
        said = text("lexicographic", lang, order=text("then", lang).join(names[c] for c in aim.order))
        if aim.tolerance:
            said += text("tolerance", lang, share=percent_up(aim.tolerance))
    else:
        said = text("reference", lang, pairs=joint.join(f"{names[c]} {significant(v)}" for c, v in aim.point.items()))
    limits = []
    for bound in aim.floors:
        name = names[bound.criterion]
        if bound.value is not None:
            limits.append(text("at_least", lang, name=name, value=significant(bound.value)))
        else:
            limits.append(text("of_best", lang, name=name, share=f"{significant((bound.share_of_best or Fraction(0)) * 100)} %"))
    return joint.join([said, text("floor", lang, pairs=joint.join(limits))] if limits else [said])


def claim_sentences(instance: Instance, result: Result, aim: Aim, units: dict[str, Unit], lang: str) -> Iterator[Sentence]:
    """The status, each claim, how it was reached, and what the audit counted."""
    if result.plan is None:
        key = {"infeasible": "status_infeasible", "interrupted": "status_interrupted_none"}.get(result.status, "status_none")
        yield Sentence("status", "   ".join((text(key, lang), *_circumstances(result, lang))), "bad")
        return
    lines = [_claim(instance, claim, aim, units, lang) for claim in result.claims]
    tone = "good" if result.status == "proven" else "bad"
    around = _circumstances(result, lang)
    if result.status in ("limit", "interrupted"):
        around.insert(0, text(f"status_{result.status}", lang))
    for n, line in enumerate(lines):
        last = n == len(lines) - 1
        yield Sentence(f"claim_{n}", "   ".join((line, *(around if last else ()))), tone)
    if any(c.of == "aim" for c in result.claims) and isinstance(aim, Weighted):
        yield Sentence("score_note", text("score_note", lang))


def _claim(instance: Instance, claim: Claim, aim: Aim, units: dict[str, Unit], lang: str) -> str:
    said = text("PROVEN" if claim.proven else "OPEN", lang, gap=percent_up(claim.gap))
    if claim.of == "aim":
        scale = 10**SCORE_DIGITS
        # The score counts upwards; the plan's is rounded down and the bound up, so that the gap never looks smaller than it is.
        value, bound = (1 - claim.value, 1 - claim.bound) if isinstance(aim, Weighted) else (claim.value, claim.bound)
        shown = (floor(value * scale), ceil(bound * scale)) if isinstance(aim, Weighted) else (ceil(value * scale), floor(bound * scale))
        return f"{said}   {text('score', lang, value=placed(shown[0], SCORE_DIGITS), bound=placed(shown[1], SCORE_DIGITS))}"
    criterion = next(c for c in instance.criteria if c.id == claim.of)
    unit = units[claim.of]
    value_text, bound_text = (significant(v * unit.factor, 5) for v in (claim.value, claim.bound))
    label = f" {clean(unit.label)}" if unit.label else ""
    return f"{said}   {text('of_criterion', lang, name=short(name_of(criterion, lang)), value=value_text, bound=bound_text)}{label}"


def _circumstances(result: Result, lang: str) -> list[str]:
    seconds = sum(result.seconds.values())
    parts = [text("seconds", lang, seconds=f"{seconds:.1f}")]
    solver = result.versions.get("highspy")
    parts.append((f"HiGHS {clean(solver)} " if solver else "") + text("seed", lang, seed=result.options.get("seed", 0)))
    if result.proofs:
        parts.append(text("proof_leaves", lang, leaves=f"{sum(p.leaves for p in result.proofs):,}"))
    if result.audit is not None:
        parts.append(text("audited", lang, checks=f"{result.audit.checks:,}", violated=result.audit.violated))
        if result.audit.unaudited:
            parts.append(text("unaudited", lang, n=result.audit.unaudited))
    return parts
