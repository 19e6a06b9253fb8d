"""`portfolio generate`: a synthetic instance of any size, the same for the same seed."""

from __future__ import annotations

from typing import Annotated

import typer

from portfolio.commands.desk import Desk
from portfolio.commands.options import Debug, Json, Lang, Language


def generate(
    programmes: Annotated[int, typer.Option(help="Programmes.", min=1, max=100_000)],
    seed: Annotated[int, typer.Option(help="Same seed, same instance.", min=0)] = 0,
    funds: Annotated[int, typer.Option(help="Funds.", min=1, max=500)] = 8,
    years: Annotated[int, typer.Option(help="Fiscal years.", min=1, max=50)] = 5,
    options: Annotated[int, typer.Option(help="Options per programme.", min=1, max=20)] = 2,
    output: Annotated[str, typer.Option("--output", "-o", help="Instance file; - for stdout.")] = "-",
    lang: Lang = Language.auto,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Write a synthetic instance."""
    from portfolio.api.generate import generate as make
    from portfolio.commands.saving import STDOUT, prepare
    from portfolio.formats.instance_json import instance_json

    desk = Desk.of(lang.value, as_json)
    target = None if output == STDOUT else prepare(output, "portfolio-instance")
    instance = make(programmes=programmes, seed=seed, funds=funds, years=years, options=options)
    if target is not None:
        target.write(instance_json(instance))
        desk.say(desk.pick(f"wrote {output}", f"{output} に書き出しました"))
        if as_json:
            desk.emit({"saved": output, "hash": instance.hash, "programmes": len(instance.programmes)})
    elif as_json:
        desk.emit(instance.canonical())
    else:
        desk.show(instance_json(instance))
    return 0
