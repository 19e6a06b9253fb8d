"""`portfolio report`: what the other verbs found, as slides, pages, workbooks and figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portfolio.commands.desk import Desk
from portfolio.commands.options import Debug, Json, Lang, Language
from portfolio.errors import UsageError

if TYPE_CHECKING:
    from portfolio.report.briefing import Briefing, Material

SUFFIX = ".report"
ENDINGS = (".result.json", ".frontier.json", ".sweep.json", ".explain.json")
"""Of files that solve, frontier, sweep and explain write."""
DECK, EXPLORER = "pptx", "html"


def report(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Result, frontier, sweep and explanation of one instance, in any order, or the folder with them."
        ),
    ],
    to: Annotated[str, typer.Option(help="Formats: pptx, html, xlsx, md, csv, parquet, json, png, svg.", metavar="A,B")] = "pptx,xlsx",
    template: Annotated[
        str | None, typer.Option(help="Your own .pptx or .potx: its layouts, fonts and colours are kept.", metavar="FILE")
    ] = None,
    point: Annotated[
        str | None, typer.Option(help="Plan of the frontier to present, p12; default: the result's plan, else the knee.")
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="Folder to write into. Default: ID.report here.", metavar="DIR")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite files that are there.")] = False,
    lang: Lang = Language.auto,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Turn a result into a briefing: slides with editable charts, an explorer for the browser, a workbook with live sums, text, tables, figures.

    What else was found out about the same instance joins it:
    portfolio report x.result.json x.frontier.json x.sweep.json x.explain.json --lang ja

    結果、フロンティア、感度分析、説明のファイルをまとめて渡すと、編集できる図表のスライドとワークブックになります。

    Exit codes: 0 written, 2 a file is missing or would be overwritten, 3 a file is not one of ours.
    """
    from portfolio.formats.files import write_bytes
    from portfolio.report.briefing import briefing
    from portfolio.report.writers.files import WRITERS

    desk = Desk.of(lang.value, as_json)
    forms = list(dict.fromkeys(form.strip().lower() for form in to.split(",") if form.strip()))
    known = [DECK, EXPLORER, *WRITERS]
    for form in forms:
        if form not in known:
            raise UsageError(f"--to {form}: there are {', '.join(known)}", f"--to {form}: 使えるのは {', '.join(known)} です")
    if not forms:
        raise UsageError(
            f"--to names no format; there are {', '.join(known)}", f"--to に形式がありません。使えるのは {', '.join(known)} です"
        )
    if template is not None and DECK not in forms:
        raise UsageError("--template goes with --to pptx", "--template は --to pptx と一緒に使います")
    found = _material(files, point)
    folder = Path(output or f"{found.instance.header.id}{SUFFIX}")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; -o names a folder", f"{folder} はファイルです。-o にはフォルダを指定してください")
    made = _made(found, briefing(found, desk.lang), forms, None if template is None else Path(template))
    there = [name for name in made if (folder / name).exists()]
    if there and not replace:
        named = ", ".join(there[:3]) + (" ..." if len(there) > 3 else "")
        raise UsageError(
            f"{folder} holds {named} already; --replace overwrites, -o names another folder",
            f"{folder} には {named} が既にあります。上書きするには --replace、別のフォルダは -o で指定してください",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made ({error.strerror})", f"{folder}: 作成できません（{error.strerror}）") from None
    for name, data in made.items():
        write_bytes(folder / name, data)
    if as_json:
        desk.emit({"status": "written", "exit_code": 0, "folder": str(folder), "files": list(made)})
    else:
        few = list(made)[:6]
        more = f" +{len(made) - len(few)}" if len(made) > len(few) else ""
        desk.show(
            desk.pick(f"wrote {len(made)} files to {folder}: ", f"{folder} に{len(made)}個のファイルを書きました: ") + ", ".join(few) + more
        )
    return 0


def _material(files: list[str], point: str | None) -> Material:
    """The files by what they say they are. Raises UsageError: two of a kind, a kind that cannot be shown."""
    from portfolio.commands.inputs import read_found
    from portfolio.explain.collection import about
    from portfolio.report.briefing import material
    from portfolio.results import Explanation, Frontier, Result
    from portfolio.results.sweep import Sweep

    kinds: dict[type, str] = {Result: "result", Frontier: "frontier", Sweep: "sweep", Explanation: "explanation"}
    held: dict[str, Any] = {}
    for file in _expanded(files):
        found = read_found(file)
        kind = kinds.get(type(found))
        if kind is None:
            raise UsageError(
                f"{file}: a report needs an instance; this is a bare problem", f"{file}: インスタンスのない問題は報告できません"
            )
        if kind in held:
            raise UsageError(f"{file}: two files of the kind `{kind}`; name one", f"{file}: {kind} が2つあります。1つだけ指定してください")
        held[kind] = found
    result, explained = held.get("result"), held.get("explanation")
    if result is not None and explained is not None and about(result) != explained.about:
        raise UsageError(
            "the explanation is about another plan than the result's; explain this result first",
            "説明は別の計画についてのものです。先にこの結果について portfolio explain を実行してください",
        )
    return material(result, held.get("frontier"), held.get("sweep"), explained, point)


def _expanded(files: list[str]) -> list[str]:
    """A folder stands for the files in it that the other verbs name so. Raises UsageError: it has none."""
    found: list[str] = []
    for file in files:
        folder = Path(file)
        inside = sorted(str(p) for p in folder.iterdir() if p.name.endswith(ENDINGS)) if folder.is_dir() else [file]
        if not inside:
            raise UsageError(f"{file}: no {', '.join(ENDINGS)} in this folder", f"{file}: このフォルダに {', '.join(ENDINGS)} がありません")
        found += inside
    return found


def _made(found: Material, said: Briefing, forms: list[str], template: Path | None) -> dict[str, bytes]:
    """File name -> content, all of them before the first is written."""
    from portfolio.report.writers.files import files as written

    made: dict[str, bytes] = {}
    for form in forms:
        if form == DECK:
            from portfolio.report.writers.deck import write_deck

            made["briefing.pptx"] = write_deck(said, template)
        elif form == EXPLORER:
            from portfolio.report.writers.explorer import write_explorer

            made["briefing.html"] = write_explorer(found, said)
        else:
            made.update(written(said, form))
    return made
