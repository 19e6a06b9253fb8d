"""`portfolio import`: a workbook or a folder of CSV tables becomes an instance file."""

from __future__ import annotations

from typing import Annotated

import typer

from portfolio.commands.desk import Desk
from portfolio.commands.options import Debug, Everything, Json, Lang, Language


def import_(
    tables: Annotated[str, typer.Argument(metavar="WORKBOOK", help=".xlsx workbook or folder of CSV tables.")],
    output: Annotated[str | None, typer.Option("--output", "-o", help="Instance file; - for stdout. Default: ID.json here.")] = None,
    everything: Everything = False,
    lang: Lang = Language.auto,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Read tables, check them, write the instance as JSON. Problems are listed with their cells."""
    from pathlib import Path

    from portfolio.commands.saving import STDOUT, prepare
    from portfolio.formats.instance_json import instance_json
    from portfolio.formats.tables.load import load_tables

    desk = Desk.of(lang.value, as_json, everything)
    instance = load_tables(Path(tables))
    if output == STDOUT:
        desk.show(instance_json(instance))
        return 0
    name = output or f"{instance.header.id}.json"
    prepare(name, "portfolio-instance").write(instance_json(instance))
    n = len(instance.programmes)
    desk.say(desk.pick(f"wrote {name}: {n} programmes", f"{name} に書き出しました（事業{n}件）"))
    if as_json:
        desk.emit({"saved": name, "hash": instance.hash, "programmes": n})
    return 0
