"""The part of `portfolio audit` that speaks of frontiers: what the certificate rests on, and zones solved again through another door."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from portfolio.commands.desk import Desk

if TYPE_CHECKING:
    from portfolio.api.recheck import Recheck
    from portfolio.results import Frontier

ZONES_AGAIN = 3
"""Zones solved again unless --zones says how many."""
SECONDS_EACH = 60.0
WORDS = {
    "mip": ("integer programs", "整数計画"),
    "tree": ("branching trees", "分枝木"),
    "half-space": ("half-spaces", "半空間"),
    "relaxation": ("relaxations", "線形緩和"),
    "inherited": ("their parents", "親領域"),
    "open": ("nothing yet", "未証明"),
}


def sentences(frontier: Frontier, lang: str) -> list[str]:
    """What was claimed, and what each part rests on."""
    certificate = frontier.certificate
    if certificate is None:
        return [f"no certificate (status {frontier.status})" if lang != "ja" else f"証明書はありません（状態 {frontier.status}）"]
    rests = Counter(zone.proof for zone in certificate.zones)
    shares = ", ".join(f"{n} {WORDS[proof][lang == 'ja']}" for proof, n in rests.most_common())
    epsilon, points, zones = f"{float(certificate.certified):.4%}", len(frontier.points), len(certificate.zones)
    if lang == "ja":
        return [f"点{points}個、領域{zones}個を再計算し一致。証明されたε {epsilon}（根拠: {shares}）"]
    return [f"{points} points, {zones} zones recomputed and equal; certified epsilon {epsilon} (zones by {shares})"]


def proven(desk: Desk, frontier: Frontier) -> tuple[bool, dict[str, Any], list[str]]:
    """(does every proof of a zone hold, data for --json, lines): what is proven without a solver, and what rests on one's word."""
    from portfolio.api.frontier_proofs import check_zones

    if frontier.certificate is None:
        return True, {}, []
    checked, every = check_zones(frontier), len(frontier.certificate.zones)
    rest = sum(checked.trusted.values())
    data = {"proven": checked.proven, "trusted": dict(checked.trusted), "wrong": list(checked.wrong), "holds": checked.holds}
    if checked.fault is not None:
        return False, {**data, "fault": checked.fault[0]}, [desk.pick(*checked.fault)]
    lines = [
        desk.pick(
            f"PROVEN  {checked.proven:,} of {every:,} zones ({_share(checked.proven, every)}) in exact arithmetic, no solver",
            f"証明   領域{every:,}個のうち{checked.proven:,}個（{_share(checked.proven, every)}）を厳密計算で証明、ソルバー不使用",
        )
    ]
    if rest:
        named = ", ".join(f"{n} {WORDS[kind][desk.lang == 'ja']}" for kind, n in sorted(checked.trusted.items()))
        lines.append(
            desk.pick(
                f"        {rest:,} zones ({_share(rest, every)}) rest on the solver's word ({named}; --resolve-with asks another solver)",
                f"       {rest:,}個（{_share(rest, every)}）はソルバーの報告による（{named}。--resolve-with で別のソルバーに確認可）",
            )
        )
    if checked.wrong:
        places = ", ".join(map(str, checked.wrong[:10])) + (", ..." if len(checked.wrong) > 10 else "")
        lines.append(desk.pick(f"PROOF FAILED for zones {places}", f"証明失敗 領域 {places}"))
    return checked.holds, data, lines


def _share(part: int, whole: int) -> str:
    """In per cent, never rounded up to all."""
    return f"{int(1000 * part / whole) / 10:g}%" if whole else "-"


def again(desk: Desk, frontier: Frontier, door: str, zones: int) -> tuple[bool, dict[str, Any], list[str]]:
    """(does everything hold, data for --json, lines)."""
    from portfolio.api.recheck import recheck, start_is_high_enough

    high = start_is_high_enough(frontier)
    found = recheck(frontier, door, zones, SECONDS_EACH)
    holds = high and all(r.holds for r in found)
    data = {"door": door, "start": high, "zones": [_data(r) for r in found], "holds": holds}
    lines = [_line(desk, door, r) for r in found]
    if not high:
        lines.append(desk.pick("the start of the search is too low for the column bounds", "探索の始点が列の上限に対して低すぎます"))
    return holds, data, lines


def _data(r: Recheck) -> dict[str, Any]:
    from math import isfinite

    return {
        "zone": r.zone, "alpha": float(r.alpha), "found": r.found if isfinite(r.found) else None, "bound": r.bound if isfinite(r.bound) else None,
        "status": r.verdict, "holds": r.holds, "confirmed": r.confirmed, "seconds": round(r.seconds, 3),
    }  # fmt: skip


def _line(desk: Desk, door: str, r: Recheck) -> str:
    said = (
        desk.pick("confirmed", "確認")
        if r.confirmed and r.holds
        else desk.pick("not contradicted", "矛盾なし")
        if r.holds
        else desk.pick("CONTRADICTED", "矛盾")
    )
    return desk.pick(
        f"zone {r.zone} by {door}: {said} (certificate {float(r.alpha):.5f}, plan {r.found:.5f}, bound {r.bound:.5f}, {r.seconds:.1f} s)",
        f"領域{r.zone}（{door}）: {said}（証明書 {float(r.alpha):.5f}、計画 {r.found:.5f}、限界 {r.bound:.5f}、{r.seconds:.1f} 秒）",
    )
