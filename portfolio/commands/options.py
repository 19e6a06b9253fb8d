"""Options that several verbs share, so that one flag means one thing everywhere."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Language(StrEnum):
    """--lang."""

    auto = "auto"
    en = "en"
    ja = "ja"


Lang = Annotated[Language, typer.Option("--lang", help="Language of the answer: ja, en, or auto (PORTFOLIO_LANG, else the locale).")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output, errors too.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Everything = Annotated[bool, typer.Option("--all", help="List everything, however long.")]
Source = Annotated[
    str, typer.Argument(metavar="INSTANCE", help="JSON file, .xlsx workbook, folder of CSV tables, bundled name, or - for stdin.")
]
Model = Annotated[
    str, typer.Option("--model", "-m", metavar="NAME", help="Bundled model or path of a .toml model file (portfolio models).")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a number first: programmes.small_uav.options.grant.cost=12. Repeatable."),
]
