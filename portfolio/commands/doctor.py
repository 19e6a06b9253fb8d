"""`portfolio doctor`: is this installation fit? Each finding with its remedy."""

from __future__ import annotations

from typing import Annotated

import typer

from portfolio.commands.desk import Desk
from portfolio.commands.options import Debug, Json, Lang, Language

MARKS = {
    "ok": ("ok", "正常"),
    "absent": ("not there (optional)", "なし（任意）"),
    "warning": ("warning", "警告"),
    "error": ("ERROR", "エラー"),
}


def doctor(
    seconds: Annotated[float, typer.Option(help="Seconds of fuzzing the installed HiGHS against enumeration.", min=0.0)] = 5.0,
    scheduler: Annotated[str | None, typer.Option(help="Also look for a cluster's scheduler: tcp://host:8786.")] = None,
    lang: Lang = Language.auto,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Look at versions, solvers, fonts and cluster, and fuzz the installed HiGHS.

    Exit codes: 0 fit, 2 something that is needed is missing or must not be trusted.
    """
    from portfolio.api.doctor import examine

    desk = Desk.of(lang.value, as_json)
    found = list(examine(seconds, scheduler))
    code = 2 if any(f.state == "error" for f in found) else 0
    if as_json:
        listed = [{"subject": f.subject, "state": f.state, "message": f.says, "remedy": f.remedy} for f in found]
        desk.emit({"fit": code == 0, "exit_code": code, "findings": listed})
        return code
    lines = []
    for f in found:
        lines.append(f"{desk.pick(*MARKS[f.state]):<22}{f.subject}: {f.says[desk.lang]}")
        if f.remedy:
            lines.append(f"{'':<22}{desk.pick('remedy', '対処')}: {f.remedy}")
    desk.show("\n".join(lines))
    return code
