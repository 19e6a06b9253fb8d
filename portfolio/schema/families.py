"""Which numbers belong together: by what kind of number they are, and by who decided them for which reason."""

from __future__ import annotations

from portfolio.schema.quantity import Quantity

KEPT = frozenset(
    ("options", "effects", "factors", "years", "mitigates", "covers", "provides", "uses", "curve", "severities", "bonus", "profile")
)
"""Segments that name a kind of number; the others name an entry and become `*`."""


def common_path(paths: list[str]) -> str:
    """a.x.c, a.y.c -> a.*.c; paths of different depth keep what all begin with."""
    split = [p.split(".") for p in paths]
    depth = min(len(s) for s in split)
    parts = [s if len({t[n] for t in split}) == 1 else "*" for n, s in enumerate(split[0][:depth])]
    longer = any(len(s) > depth for s in split)
    return ".".join([*parts, *(["*"] if longer and parts[-1] != "*" else [])])


def family_of(path: str) -> str:
    """programmes.x.options.y.cost -> programmes.*.options.*.cost: what the number is, whoever it belongs to."""
    parts = path.split(".")
    if parts[0] == "quantities":
        stem, cut, _ = parts[1].partition("_")
        return f"quantities.{stem}_*" if cut else path
    if len(parts) == 2:
        return path
    if "curve" in parts:
        parts = [*parts[: parts.index("curve") + 1], "*"]
    kept = [parts[0], "*", *(p if p in KEPT or not _entry(parts, n) else "*" for n, p in enumerate(parts[2:], 2))]
    return ".".join(kept)


def _entry(parts: list[str], n: int) -> bool:
    """Does this segment name one entry among many (an option, a year, a target)?"""
    return parts[n].isdigit() or (parts[n - 1] in KEPT and parts[n - 1] != "factors")


def judged_together(path: str, quantity: Quantity) -> tuple[str, str]:
    """(family, reason) of a judgement: numbers of one kind that carry the same reason were decided in one go. Shared quantities stand alone."""
    reason = (quantity.note.get("en") if quantity.note else None) or ""
    return (path if path.startswith("quantities.") else family_of(path)), reason
