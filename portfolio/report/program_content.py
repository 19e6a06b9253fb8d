"""What the report of a bare problem's frontier says, from the record alone: claim, points, what was left open, a small scatter."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from portfolio.report.blocks import Cell, Column, Content, Sentence, Table
from portfolio.report.naming import clean
from portfolio.report.numbers import percent_up, significant
from portfolio.report.texts import text
from portfolio.results.program_frontier import ProgramFrontier

MOST_POINTS = 30
WIDTH, HEIGHT = 56, 12
"""Cells of the scatter."""
TEXTS: dict[str, tuple[str, str]] = {
    "complete": ("COMPLETE: these are all nondominated points", "完全: これがすべての非劣点です"),
    "certified": (
        "CERTIFIED {epsilon}: no feasible point is better than every point by more than {epsilon} of each range",
        "証明済み {epsilon}: すべての点より各値域の{epsilon}を超えて良い実行可能点は存在しません",
    ),
    "weaker": (
        "STOPPED; certified so far {epsilon} (asked for {target})",
        "停止。現時点の証明 {epsilon}（目標 {target}）",
    ),
    "unproven": (
        "NOT PROVEN: method {method} says nothing about points that it did not find",
        "未証明: 手法 {method} は見つからなかった点について何も主張しません",
    ),
    "stopped": (
        "STOPPED: the points are nondominated among each other; others may be missing ({open} zones open)",
        "停止: 点は互いに非劣ですが、他の点が残っている可能性があります（未解決の領域 {open}）",
    ),
    "infeasible": ("INFEASIBLE: nothing satisfies all constraints", "実行不可能: すべての制約を満たす解はありません"),
    "no_plan": ("NO POINT found within the limit; nothing is proven", "制限内に点が見つかりませんでした（何も証明されていません）"),
    "circumstances": ("{points} points   {mips} integer programs ({per} per point)   {seconds} s", "点 {points}   整数計画 {mips}（1点あたり{per}）   {seconds} 秒"),
    "trouble": ("a solver's answer that proved nothing: {trouble}", "何も証明しなかったソルバーの回答: {trouble}"),
    "points": ("nondominated points", "非劣点"),
    "scatter": ("{y} (up: better) against {x} (right: better)", "縦 {y}（上ほど良い）、横 {x}（右ほど良い）"),
}  # fmt: skip


def program_content(found: ProgramFrontier, lang: str, saved: str | None = None, scatter: bool = True) -> Content:
    """The first screen of `portfolio frontier --program`."""
    head = (Sentence("title", clean(found.name), "head"), _claim(found, lang), _circumstances(found, lang))
    tables = (_points(found, lang),) if found.points else ()
    drawn = tuple(_scatter(found, lang)) if scatter and len(found.points) > 1 and len(found.criteria) > 1 else ()
    troubles = tuple(
        Sentence(f"trouble_{n}", said("trouble", lang, trouble=clean(t)), "bad") for n, t in enumerate(sorted(set(found.troubles)))
    )
    tail = (Sentence("saved", text("saved", lang, path=clean(saved))),) if saved else ()
    return Content(head, tables, (*drawn, *troubles, *tail))


def said(key: str, lang: str, **values: object) -> str:
    """The phrase in a language."""
    return TEXTS[key][lang == "ja"].format(**values)


def _claim(found: ProgramFrontier, lang: str) -> Sentence:
    if found.status in ("complete", "unproven", "infeasible"):
        tone = "good" if found.status == "complete" else "bad"
        return Sentence("claim", said(found.status, lang, method=found.method), tone)
    if not found.points:
        return Sentence("claim", said("no_plan", lang), "bad")
    if found.certified is not None and found.target is not None:
        key = "certified" if found.status == "certified" else "weaker"
        sentence = said(key, lang, epsilon=percent_up(found.certified), target=percent_up(found.target))
        return Sentence("claim", sentence, "good" if key == "certified" else "bad")
    return Sentence("claim", said("stopped", lang, open=found.counts.get("open", "?")), "bad")


def _circumstances(found: ProgramFrontier, lang: str) -> Sentence:
    mips, points = found.counts.get("mips", 0), len(found.points)
    per = significant(Fraction(mips, points), 3) if points else "-"
    seconds = f"{found.seconds.get('total', 0.0):.1f}"
    return Sentence("circumstances", said("circumstances", lang, points=points, mips=mips, per=per, seconds=seconds))


def _points(found: ProgramFrontier, lang: str) -> Table:
    columns = tuple(Column(name, clean(name)) for name in found.criteria)
    rows = tuple(tuple(Cell(significant(v, 8), v) for v in point.values) for point in found.points)
    return Table("points", said("points", lang), columns, rows, most=MOST_POINTS)


def _scatter(found: ProgramFrontier, lang: str) -> Iterator[Sentence]:
    """The first two criteria, better to the right and upwards."""
    minimised = [[s * float(v) for s, v in zip(found.signs, point.values, strict=True)] for point in found.points]
    x, y = (_places([row[i] for row in minimised], cells) for i, cells in ((0, WIDTH), (1, HEIGHT)))
    grid = [[" "] * WIDTH for _ in range(HEIGHT)]
    for column, row in zip(x, y, strict=True):
        grid[HEIGHT - 1 - row][column] = "o"
    yield Sentence("scatter", said("scatter", lang, x=clean(found.criteria[0]), y=clean(found.criteria[1])))
    for n, line in enumerate(grid):
        yield Sentence(f"scatter_{n}", "|" + "".join(line).rstrip())
    yield Sentence("scatter_axis", "+" + "-" * WIDTH)


def _places(values: list[float], cells: int) -> list[int]:
    low, wide = min(values), max(values) - min(values)
    return [cells - 1 - round((v - low) / wide * (cells - 1)) if wide else 0 for v in values]
