"""`portfolio check`: every problem of an instance at once, with its place, and how much of it is judgement."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from portfolio.commands.desk import Desk
from portfolio.commands.options import Debug, Everything, Json, Lang, Language, Settings


def check(
    instance: Annotated[
        str | None, typer.Argument(metavar="INSTANCE", help="JSON file, .xlsx workbook, folder of CSV tables, bundled name, or -.")
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of instances instead.")] = False,
    set_: Settings = None,
    everything: Everything = False,
    lang: Lang = Language.auto,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Check an instance without solving it.

    Exit codes: 0 well formed (findings are listed), 3 ill formed (every problem is listed).
    """
    from portfolio.errors import InvalidInput, UsageError

    desk = Desk.of(lang.value, as_json, everything)
    if schema:
        from portfolio.formats.json_schema import schema_text

        desk.show(schema_text("instance"))
        return 0
    if instance is None:
        raise UsageError(
            "Missing argument 'INSTANCE' (see: portfolio check --help)", "引数 INSTANCE が必要です（portfolio check --help を参照）"
        )
    from portfolio.commands.inputs import read_instance
    from portfolio.report.blocks import as_data
    from portfolio.report.check_content import check_content
    from portfolio.report.terminal import render
    from portfolio.schema.findings import findings, knowledge

    try:
        loaded = read_instance(instance, set_ or ())
    except InvalidInput as invalid:
        if as_json:
            raise
        # The problems are the answer that was asked for, so they stand on stdout.
        desk.list_problems(invalid.problems, sys.stdout)
        return invalid.exit_code
    found, known = findings(loaded), knowledge(loaded)
    content = check_content(loaded, found, known, desk.lang)
    if as_json:
        desk.emit(
            {"well_formed": True, "exit_code": 0, "hash": loaded.hash, "findings": [p.as_dict() for p in found], "report": as_data(content)}
        )
    else:
        desk.show(render(content, desk.width(), desk.colour, everything))
    return 0
