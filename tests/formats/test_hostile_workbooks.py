"""Files made to hurt are refused in under a second and under 300 MB; processor time and memory of a process of its own."""

# ruff: noqa: E501 - one case per line

from __future__ import annotations

import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from every_feature import SOUND
from test_broken_tables import grids, save_book

from portfolio.errors import InvalidInput, PortfolioError, UsageError
from portfolio.formats.tables import load_tables

MEASURE = """
import json, re, sys, time
from portfolio.formats.tables import load_tables
from portfolio.errors import PortfolioError
start, answer = time.process_time(), ["accepted", ""]
try:
    load_tables(sys.argv[1])
except PortfolioError as error:
    answer = [type(error).__name__, str(error)]
# VmHWM, not ru_maxrss: the latter begins with what the parent held when it forked.
peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
print(json.dumps([*answer, time.process_time() - start, peak / 1024]))
"""
SHEET = "xl/worksheets/sheet1.xml"
OPEN = '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CLOSE = "</sheetData></worksheet>"


def refit(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A sound workbook with some of its parts replaced."""
    sound = save_book(path.parent / "sound.xlsx", grids())
    with zipfile.ZipFile(sound) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def zip_bomb(parts: dict[str, bytes]) -> None:
    parts[SHEET] = (OPEN + " " * 90_000_000 + CLOSE).encode()


def many_bombs(parts: dict[str, bytes]) -> None:
    filler = random.Random(1).randbytes(5_000).hex().encode() * 250
    parts.update({f"xl/theme/theme{i}.xml": filler for i in range(50)})


def doctype(parts: dict[str, bytes]) -> None:
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(b"<sst", b'<!DOCTYPE lolz [<!ENTITY a "aaaa">]><sst', 1)


def doctype_in_utf16(parts: dict[str, bytes]) -> None:
    parts["xl/workbook.xml"] = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE w><workbook/>'.encode("utf-16")


def doctype_across_blocks(parts: dict[str, bytes]) -> None:
    filler = b'<?xml version="1.0"?>' + b" " * ((1 << 20) - 21 - 5)
    parts[SHEET] = filler + b"<!DOCTYPE x><worksheet/>"


def path_traversal(parts: dict[str, bytes]) -> None:
    parts["../../etc/cron.d/evil"] = b"x"


def absolute_path(parts: dict[str, bytes]) -> None:
    parts["/etc/passwd"] = b"x"


def drive_letter(parts: dict[str, bytes]) -> None:
    parts["C:\\evil.xml"] = b"x"


def two_of_one_name(parts: dict[str, bytes]) -> None:
    parts["xl/WORKBOOK.xml"] = b"<workbook/>"


def a_million_formulas(parts: dict[str, bytes]) -> None:
    rows = "".join(f'<row r="{i}"><c r="A{i}"><f>A{i - 1}+1</f></c></row>' for i in range(2, 1_000_002))
    parts[SHEET] = (OPEN + rows + CLOSE).encode()


def a_row_far_away(parts: dict[str, bytes]) -> None:
    parts[SHEET] = (OPEN + '<row r="99999999"><c r="A99999999"><v>1</v></c></row>' + CLOSE).encode()


def huge_shared_strings(parts: dict[str, bytes]) -> None:
    text = random.Random(2).randbytes(500_000).hex()
    parts["xl/sharedStrings.xml"] = f"<sst><si><t>{text * 35}</t></si></sst>".encode()


def many_shared_strings(parts: dict[str, bytes]) -> None:
    parts["xl/sharedStrings.xml"] = ("<sst>" + "".join(f"<si><t>{i}</t></si>" for i in range(1_000_000)) + "</sst>").encode()


def many_styles(parts: dict[str, bytes]) -> None:
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b"<cellXfs", b"<x>" + b'<xf numFmtId="0"/>' * 150_000 + b"</x><cellXfs", 1)


def many_tags(parts: dict[str, bytes]) -> None:
    parts[SHEET] = (OPEN + "<a>" * 400_000 + "</a>" * 400_000 + CLOSE).encode()


def two_thousand_parts(parts: dict[str, bytes]) -> None:
    parts.update({f"xl/media/{i}.png": b"" for i in range(2_000)})


HOSTILE: list[tuple[Callable[[dict[str, bytes]], None], str]] = [
    (zip_bomb, "zip bomb"), (many_bombs, "unpacked"), (doctype, "DOCTYPE"), (doctype_in_utf16, "not UTF-8"),
    (doctype_across_blocks, "DOCTYPE"), (path_traversal, "path traversal"), (absolute_path, "path traversal"),
    (drive_letter, "path traversal"), (two_of_one_name, "two parts"), (a_million_formulas, "200,000 rows"), (a_row_far_away, "200,000 rows"),
    (huge_shared_strings, "unpacked"), (many_shared_strings, "different texts"), (many_styles, "tags"), (many_tags, "tags"),
    (two_thousand_parts, "parts"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), HOSTILE, ids=[change.__name__ for change, _ in HOSTILE])
def test_a_hostile_workbook_is_refused_quickly(change: Callable[[dict[str, bytes]], None], says: str, tmp_path: Path) -> None:
    path = refit(tmp_path / "hostile.xlsx", change)
    run = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True)
    kind, message, seconds, megabytes = json.loads(run.stdout)
    assert (kind, says in message) == ("InvalidInput", True), message
    assert seconds < 1
    assert megabytes < 300


NOT_BOOKS = [
    (b"", "an empty file"),
    (b"PK\x03\x04 cut short", "a broken zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "an old .xls, or a password"),
    (b"id,name\nx,y\n", "a CSV file called .xlsx"),
]


@pytest.mark.parametrize(("data", "why"), NOT_BOOKS, ids=[why for _, why in NOT_BOOKS])
def test_a_file_that_is_no_workbook_is_refused(data: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(data)
    with pytest.raises(InvalidInput) as caught:
        load_tables(path)
    assert [p.code for p in caught.value.problems] == ["not_workbook"]


def test_a_zip_without_worksheets_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InvalidInput, match="without worksheets"):
        load_tables(tmp_path / "book.xlsx")


def test_a_damaged_part_is_refused(tmp_path: Path) -> None:
    path = refit(tmp_path / "book.xlsx", lambda parts: parts.update({SHEET: b"<worksheet><sheetData><row"}))
    with pytest.raises(InvalidInput) as caught:
        load_tables(path)
    assert [p.code for p in caught.value.problems] == ["not_workbook"]


def test_flipped_bytes_never_give_a_traceback(tmp_path: Path) -> None:
    data = save_book(tmp_path / "sound.xlsx", grids()).read_bytes()
    rng = random.Random(3)
    for _ in range(60):
        broken = bytearray(data)
        for _ in range(rng.randint(1, 20)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        (tmp_path / "b.xlsx").write_bytes(bytes(broken))
        try:
            load_tables(tmp_path / "b.xlsx")
        except PortfolioError as error:
            assert error.messages["ja"]


def test_a_missing_file_or_folder_is_a_usage_error(tmp_path: Path) -> None:
    from portfolio.formats.tables import read_folder, read_workbook

    for read, path in ((load_tables, tmp_path / "no.xlsx"), (read_folder, tmp_path / "no"), (read_workbook, tmp_path)):
        with pytest.raises(UsageError):
            read(path)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (SOUND["fields"].encode("utf-16"), "csv_encoding"),
        (b"id,name_en\nchips,\x85\xff\n", "csv_encoding"),
        (b'id,name_en\nchips,"never closed\n', "csv_broken"),
        (b'id,name_en\nchips,"' + b"x" * 200_000 + b'"\n', "csv_broken"),
        (b"id;name_en\nchips;Chips\n", "csv_separator"),
        (b"id\tname_en\nchips\tChips\n", "csv_separator"),
        (b"id,name_en\n" + b"a,b\n" * 200_001, "too_large"),
    ],
    ids=["utf-16", "neither utf-8 nor cp932", "open quote", "endless field", "semicolons", "tabs", "too many rows"],
)
def test_a_hostile_csv_is_refused(data: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / "fields.csv").write_bytes(data)
    with pytest.raises(InvalidInput) as caught:
        load_tables(tmp_path)
    assert caught.value.problems[0].code == code
    assert caught.value.problems[0].path.startswith("fields.csv")
