"""The runs of a sweep as one table: a row per run, for CSV, parquet and notebooks."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from portfolio.results.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text cell that begins like this for a formula."""


def run_frame(sweep: Sweep) -> pd.DataFrame:
    """number (-1: the base), model, status, reason, aim, bound, base_aim [normalised aim]; a column per criterion (natural), `level:FACTOR` [0..1],
    `money:PROGRAMME` [instance money, before whole units; 0 = not funded]. A run without a plan has no numbers there."""
    import pandas as pd

    programmes = sorted(
        {t.programme for run in sweep.runs for t in run.taken} | {t.programme for t in (sweep.base.taken if sweep.base else ())}
    )
    criteria = [c["id"] for c in sweep.instance["criteria"]]
    columns = ["number", "model", "status", "reason", "aim", "bound", "base_aim", *criteria]
    columns += [*(f"level:{f.id}" for f in sweep.design.factors), *(f"money:{p}" for p in programmes)]
    rows: list[dict[str, Any]] = []
    for run in (*((sweep.base,) if sweep.base is not None else ()), *sweep.runs):
        row: dict[str, Any] = {"number": run.number, "model": run.model, "status": run.status, "reason": run.reason.en}
        row |= {"aim": run.aim, "bound": run.bound, "base_aim": run.base_aim}
        row |= {c: run.criteria.get(c) for c in criteria}
        levels = run.levels or (None,) * len(sweep.design.factors)
        row |= {f"level:{f.id}": None if u is None else float(u) for f, u in zip(sweep.design.factors, levels, strict=True)}
        money = {t.programme: t.money for t in run.taken}
        row |= {f"money:{p}": None if run.aim is None else money.get(p, 0.0) for p in programmes}
        rows.append(row)
    frame = pd.DataFrame(rows, columns=columns)
    numbers = [name for name in frame.columns if name not in ("number", "model", "status", "reason")]
    frame[numbers] = frame[numbers].astype("float64")
    return frame


def csv_text(sweep: Sweep) -> str:
    """CSV with a header; texts that a spreadsheet would run as a formula begin with an apostrophe."""
    frame = run_frame(sweep)
    for name in ("model", "status", "reason"):
        frame[name] = [f"'{text}" if text.startswith(RISKY) else text for text in frame[name]]
    frame.columns = [f"'{name}" if name.startswith(RISKY) else name for name in frame.columns]
    text: str = frame.to_csv(index=False, lineterminator="\n")
    return text


def parquet_bytes(sweep: Sweep) -> bytes:
    """Apache Parquet."""
    buffer = io.BytesIO()
    run_frame(sweep).to_parquet(buffer, index=False)
    return buffer.getvalue()
