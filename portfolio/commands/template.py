"""`portfolio template`: an empty workbook to fill in, or an instance as a workbook or folder of tables."""

from __future__ import annotations

from typing import Annotated

import typer

from portfolio.commands.desk import Desk
from portfolio.commands.options import Debug, Everything, Json, Lang, Language


def template(
    output: Annotated[
        str, typer.Option("--output", "-o", help="Workbook (.xlsx), or a folder for CSV tables (with --from).")
    ] = "portfolio-template.xlsx",
    source: Annotated[str | None, typer.Option("--from", metavar="INSTANCE", help="Fill it with this instance.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace an existing file.")] = False,
    everything: Everything = False,
    lang: Lang = Language.auto,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Write a workbook with every table, a header row and an example; `portfolio import` reads it back."""
    from pathlib import Path

    from portfolio.commands.inputs import read_instance
    from portfolio.errors import UsageError
    from portfolio.formats.tables.save import write_folder, write_workbook

    desk = Desk.of(lang.value, as_json, everything)
    path = Path(output)
    workbook = path.suffix.lower() == ".xlsx"
    if workbook and path.exists() and not replace:
        raise UsageError(f"{output} exists; --replace replaces it", f"{output} は既にあります。--replace で置き換えます")
    if not workbook and source is None:
        raise UsageError(
            f"{output}: an empty template is a workbook; name it .xlsx", f"{output}: 空のひな形はブックです。.xlsx を付けてください"
        )
    if not workbook and path.is_dir() and any(path.iterdir()) and not replace:
        raise UsageError(f"{output} is not empty; --replace writes into it", f"{output} は空ではありません。--replace で書き込みます")
    instance = None if source is None else read_instance(source)
    if workbook:
        write_workbook(instance, path, desk.lang)
    elif instance is not None:
        write_folder(instance, path)
    desk.say(desk.pick(f"wrote {output}", f"{output} に書き出しました"))
    if as_json:
        desk.emit({"saved": output})
    return 0
