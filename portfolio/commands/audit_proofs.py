"""What `portfolio audit` says about the proofs in a result: what was proven, how, in how many leaves, and what rests on a solver's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portfolio.commands.desk import Desk

if TYPE_CHECKING:
    from portfolio.api.proving import Checked
    from portfolio.results import Result


def proofs(desk: Desk, result: Result) -> tuple[bool, list[dict[str, Any]], list[str]]:
    """(every proof holds, data for --json, lines)."""
    from portfolio.api.proving import INFEASIBLE, check_proofs

    checked = check_proofs(result)
    lines = [_line(desk, one, INFEASIBLE) for one in checked]
    if any(one.fault is None for one in checked):
        lines.append(
            desk.pick(
                "  proven for the program of the embedded instance and model; plan and criteria audited from the instance",
                "  埋め込まれた事例とモデルの数理計画に対する証明です。計画と評価値は事例から監査しています",
            )
        )
    covered = {one.of for one in checked}
    trusted = [c.of for c in result.claims if c.of not in covered]
    if trusted:
        names = ", ".join(trusted)
        lines.append(
            desk.pick(f"bound by the solver's word (no proof: solve --prove): {names}", f"限界はソルバーの報告による（証明なし）: {names}")
        )
    return all(one.fault is None for one in checked), [_data(one) for one in checked], lines


def _line(desk: Desk, one: Checked, infeasible: str) -> str:
    if one.fault is not None or one.shown is None:
        en, ja = one.fault or ("", "")
        return desk.pick(f"PROOF FAILED {one.of}: {en}", f"証明失敗 {one.of}: {ja}")
    how = desk.pick(
        f"{one.shown.leaves:,} leaves ({one.shown.empty:,} empty), exact arithmetic, no solver",
        f"葉 {one.shown.leaves:,}（うち空 {one.shown.empty:,}）、厳密計算、ソルバー不使用",
    )
    if one.of == infeasible:
        en, ja = ("all rules and the aim's floors", "すべての規則と目標の下限") if one.shown.limits else ("all rules", "すべての規則")
        return desk.pick(f"PROOF HOLDS  no plan obeys {en}: {how}", f"証明成立  {ja}を満たす計画はない: {how}")
    bound = f"{float(one.bound or 0):.9g}"
    en, ja = (" within the aim's limits", "目標の制限内に") if one.shown.limits else ("", "")
    return desk.pick(
        f"PROOF HOLDS  {one.of}: no plan{en} beats {bound}: {how}", f"証明成立  {one.of}: {ja}{bound} より良い計画はない: {how}"
    )


def _data(one: Checked) -> dict[str, Any]:
    counted = {} if one.shown is None else {"leaves": one.shown.leaves, "empty": one.shown.empty}
    bound = None if one.bound is None else float(one.bound)
    return {"of": one.of, "holds": one.fault is None, "bound": bound, **counted, **({} if one.fault is None else {"fault": one.fault[0]})}
