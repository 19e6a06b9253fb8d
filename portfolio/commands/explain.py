"""`portfolio explain`: why not, why, what would change it, why nothing is possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from portfolio.commands.desk import Desk
from portfolio.commands.options import Debug, Everything, Json, Lang, Language, Settings

if TYPE_CHECKING:
    from portfolio.report.blocks import Content
    from portfolio.results import Result


def explain(
    result: Annotated[str, typer.Argument(metavar="RESULT", help="Result file of `portfolio solve`, or - for stdin.")],
    programme: Annotated[
        str | None, typer.Argument(metavar="PROGRAMME", help="One programme in full; without it every unfunded one.")
    ] = None,
    infeasible: Annotated[bool, typer.Option("--infeasible", help="Which rules conflict, and the smallest repairs.")] = False,
    prices: Annotated[bool, typer.Option("--prices", help="What one more unit of each fund, ceiling and capacity is worth.")] = False,
    alternatives: Annotated[
        int | None, typer.Option("--alternatives", help="So many plans close to the best that differ most.", metavar="K", min=2, max=50)
    ] = None,
    core: Annotated[
        str | None,
        typer.Option(
            "--core",
            help="Which programmes hold when weights are only ranked (growth,continuity,...) or in intervals (growth=0.2..0.5,...).",
            metavar="WEIGHTS",
        ),
    ] = None,
    persist: Annotated[
        str | None,
        typer.Option(
            "--persist",
            help="Plan again with at most so many programmes changed: 0,2,5 or a price per unit moved: price=0.001.",
            metavar="D",
        ),
    ] = None,
    set_: Settings = None,
    within: Annotated[str, typer.Option(help="How close to the best alternatives must be.")] = "1%",
    only: Annotated[str | None, typer.Option(help="For --prices: ids of funds, ceilings, capacities.", metavar="A,B")] = None,
    frontier: Annotated[str | None, typer.Option(help="Frontier file: is the programme in its plans?", metavar="FILE")] = None,
    break_even: Annotated[
        str | None, typer.Option(help="effect, cost, success, money (default: all for one programme, effect for many).", metavar="A,B")
    ] = None,
    tolerance: Annotated[
        str,
        typer.Option(help="Width at which a break-even is narrow enough: share of the effect, cost, chance or of the money for all of it."),
    ] = "5%",
    gap: Annotated[str, typer.Option(help="Gap of each solve.")] = "0.1%",
    time_limit: Annotated[
        float | None,
        typer.Option(help="Seconds for each solve; for one programme (default 50) and --infeasible (300): for everything.", min=0.0),
    ] = None,
    workers: Annotated[int, typer.Option(help="Programmes asked at a time.", min=1, max=64)] = 2,
    store: Annotated[
        str | None,
        typer.Option(
            help="File that keeps answers, so that none is sought twice and a run can go on. Default: ID.explain.sqlite here; none: keep nothing.",
            metavar="FILE",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", help="File for the answers, added to those it has; - for stdout. Default: ID.explain.json here."),
    ] = None,
    no_save: Annotated[bool, typer.Option("--no-save", help="Write neither the answers nor a store.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No report, no progress.")] = False,
    everything: Everything = False,
    lang: Lang = Language.auto,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Answer "why not us?" exactly: the best plan with it, what it displaces, what it costs, what would bring it in.

    Exit codes: 0 answered, 4 no plan exists (explained), 5 a search ended at a limit, 130 interrupted with the answers kept.
    """
    from portfolio.commands.aim_flags import share
    from portfolio.commands.explain_saving import store_of, target_of, text_of
    from portfolio.commands.explain_topics import Asked, topics
    from portfolio.commands.inputs import read_any_frontier
    from portfolio.commands.saving import STDOUT, deliver
    from portfolio.errors import UsageError

    desk = Desk.of(lang.value, as_json, everything)
    if share(tolerance, "--tolerance") <= 0:
        raise UsageError("--tolerance must be above 0", "--tolerance は0より大きくしてください")
    if as_json and output == STDOUT:
        raise UsageError("--json and -o - both want standard output", "--json と -o - はどちらも標準出力を使います")
    flags: dict[str, Any] = {"infeasible": infeasible, "prices": prices, "alternatives": alternatives, "core": core, "persist": persist}
    chosen = {name: value for name, value in flags.items() if value not in (None, False)}
    if len(chosen) + (programme is not None) > 1:
        raise UsageError("ask one thing at a time", "質問は一度に一つにしてください")
    loaded = _result_of(result)
    asked = Asked(
        desk=desk,
        result=loaded,
        programme=programme,
        frontier=read_any_frontier(frontier) if frontier else None,
        kinds=None if break_even is None else tuple(k.strip() for k in break_even.split(",") if k.strip()),
        gap=float(share(gap, "--gap")),
        seconds=time_limit,
        workers=workers,
        store=store_of(loaded, store, no_save),
        quiet=quiet,
        settings=tuple(set_ or ()),
        within=share(within, "--within"),
        tolerance=share(tolerance, "--tolerance"),
        only=tuple(x.strip() for x in (only or "").split(",") if x.strip()),
    )
    topic = next(iter(chosen), "infeasible" if loaded.status == "infeasible" else "programme" if programme else "unfunded")
    target = target_of(loaded, output, no_save)
    content, answer, code, kept = topics()[topic](asked, chosen.get(topic))
    text = text_of(loaded, kept, target) if target is not None or output == STDOUT else ""
    data = {"topic": topic, "exit_code": code, "instance": loaded.instance_hash, "answer": answer}
    deliver(desk, text, output, target, quiet, lambda saved: _show(desk, content, data, saved))
    return code


def _result_of(source: str) -> Result:
    """The result. Raises UsageError where the file is another of ours, with what to do."""
    from pathlib import Path

    from portfolio.commands.inputs import STDIN, read_any_result
    from portfolio.errors import InvalidInput, UsageError
    from portfolio.formats.json_text import read_text
    from portfolio.formats.result_text import LARGEST_RESULT, raw_record

    try:
        return read_any_result(source)
    except InvalidInput:
        kind = "" if source == STDIN else str(raw_record(read_text(Path(source), LARGEST_RESULT)).get("format", ""))
        if kind == "portfolio-instance":
            raise UsageError(
                f"{source} is an instance, not a result: `portfolio solve {source}` makes one",
                f"{source} は結果ではなくインスタンスです。先に portfolio solve {source} を実行してください",
            ) from None
        if kind.startswith("portfolio-") and kind != "portfolio-result":
            raise UsageError(
                f"{source} is a {kind} file; a portfolio-result was expected",
                f"{source} は {kind} 形式です。portfolio-result を指定してください",
            ) from None
        raise


def _show(desk: Desk, content: Content, data: dict[str, Any], saved: str | None) -> None:
    from portfolio.report.blocks import as_data
    from portfolio.report.explain_content import with_saved
    from portfolio.report.terminal import render

    content = with_saved(content, saved, desk.lang)
    if desk.as_json:
        desk.emit({**data, "saved": saved, "report": as_data(content)})
    else:
        desk.show(render(content, desk.width(), desk.colour, desk.everything))
