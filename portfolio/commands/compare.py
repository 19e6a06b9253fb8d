"""`portfolio compare`: two results side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from portfolio.commands.desk import Desk
from portfolio.commands.options import Debug, Everything, Json, Lang, Language


def compare(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="Result file of the earlier plan, or -.")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="Result file of the later plan, or -.")],
    everything: Everything = False,
    lang: Lang = Language.auto,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """What moved between two plans, which inputs differ, and how much of the change comes from the numbers and how much from the plan.

    Exit codes: 0 compared, 2 a result without a plan, 3 a file is not a result.
    """
    from portfolio.commands.inputs import read_any_result
    from portfolio.explain.public import compare_results
    from portfolio.report.blocks import as_data
    from portfolio.report.explain_tables import comparison_content
    from portfolio.report.terminal import render
    from portfolio.schema.validate import parse_instance

    desk = Desk.of(lang.value, as_json, everything)
    old, new = read_any_result(before), read_any_result(after)
    found = compare_results(old, new)
    content = comparison_content(parse_instance(new.instance), new, found, old, desk.lang)
    if as_json:
        desk.emit({"topic": "compare", "exit_code": 0, "report": as_data(content), "answer": found.model_dump(mode="json")})
    else:
        desk.show(render(content, desk.width(), desk.colour, everything))
    return 0
