"""Is this file safe to hand to openpyxl? Decided from the zip alone, before any XML is parsed.

openpyxl loads everything before it can refuse (2 MB became 245 MB) and accepts a DOCTYPE. The limits below are for XML of
real workbooks; the flagship's has 4 MB and compresses 12 to 1.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_BYTES = 30_000_000
"""Of the file as it lies on disk."""
MOST_XML = 100_000_000
"""Bytes of all parts together, unpacked: 1.5 million filled cells."""
MOST_SHARED = 30_000_000
"""Bytes of the shared strings: openpyxl keeps them all in memory, at about five bytes for one."""
MOST_STRINGS = 300_000
"""Shared strings: each costs openpyxl 15 microseconds."""
MOST_OTHER = 3_000_000
"""Bytes of any part that is neither a sheet nor the shared strings: styles, names, relations."""
MOST_TAGS = 100_000
"""Tags beyond those of rows and cells, in any part: openpyxl turns each into an object of up to 1 kB."""
MOST_PARTS = 1_000
MOST_RATIO = 150
"""Unpacked to packed; text of tables packs 5 to 40 times, a bomb 1,000 times."""
RATIO_FROM = 5_000_000
"""Bytes below which the ratio says nothing."""
MOST_CELLS = 1_500_000
MOST_SHEET_ROWS = 200_000
BLOCK = 1 << 20
_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY", b"<!doctype")
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
_ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\sr\s*=\s*["'](\d+)""")
_STRING = re.compile(rb"<(?:\w+:)?si[\s>/]")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


class Unsafe(Exception):
    """A workbook that is not read. code and params as in the message catalogue."""

    def __init__(self, code: str, **params: str) -> None:
        self.code, self.params = code, params
        super().__init__(code)


@dataclass(frozen=True)
class Part:
    """What the scan of one sheet's XML found."""

    has_formulas: bool
    merged: tuple[str, ...]


def inspect(data: bytes) -> dict[str, Part]:
    """Parts under xl/worksheets by name. Raises Unsafe."""
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unsafe("not_workbook", detail="old .xls, or protected by a password")
    if len(data) > MOST_BYTES:
        raise Unsafe("too_large", limit=f"{MOST_BYTES // 10**6} MB", found=f"{len(data) / 1e6:.0f} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _directory(archive.infolist())
            parts = {info.filename: _scan(archive, info) for info in archive.infolist()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Unsafe("not_workbook", detail=f"not a readable zip: {type(error).__name__}") from None
    except zlib.error:
        raise Unsafe("not_workbook", detail="damaged zip") from None
    return parts


def _directory(entries: list[zipfile.ZipInfo]) -> None:
    """Everything that the directory alone gives away."""
    if len(entries) > MOST_PARTS:
        raise Unsafe("workbook_unsafe", detail=f"{len(entries)} parts (at most {MOST_PARTS})")
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) != len(names):
        raise Unsafe("workbook_unsafe", detail="two parts of one name")
    for entry in entries:
        name = entry.filename
        if name.startswith(("/", "\\")) or "\\" in name or ":" in name or "\0" in name or ".." in name.split("/"):
            raise Unsafe("workbook_unsafe", detail="a part whose name leaves the file (path traversal)")
        if entry.flag_bits & 1:
            raise Unsafe("not_workbook", detail="protected by a password")
        limit = MOST_XML if _is_sheet(name) else MOST_SHARED if _is_shared(name) else MOST_OTHER
        if entry.file_size > limit and _is_read(name):
            raise Unsafe("workbook_unsafe", detail=f"{name}: {entry.file_size / 1e6:.0f} MB unpacked (at most {limit // 10**6} MB)")
        if entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise Unsafe("workbook_unsafe", detail=f"{name}: packed {entry.file_size // max(entry.compress_size, 1)} to 1 (zip bomb)")
    total = sum(entry.file_size for entry in entries)
    if total > MOST_XML:
        raise Unsafe("workbook_unsafe", detail=f"{total / 1e6:.0f} MB unpacked (at most {MOST_XML // 10**6} MB)")
    if "[Content_Types].xml" not in names or not any(_is_sheet(name) for name in names):
        raise Unsafe("not_workbook", detail="a zip without worksheets")


def _is_sheet(name: str) -> bool:
    return name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml")


def _is_shared(name: str) -> bool:
    return name.lower().rpartition("/")[2] == "sharedstrings.xml"


def _is_read(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels", ".vml"))


@dataclass
class _Tally:
    """Counts over the blocks of one part."""

    rows: int = 0
    cells: int = 0
    tags: int = 0
    formulas: bool = False
    merged: dict[str, None] = field(default_factory=dict)

    def add(self, block: bytes, fresh: int, name: str) -> None:
        self.tags += block.count(b"<", fresh)
        if not _is_sheet(name):
            self.cells += len(_STRING.findall(block, fresh)) if _is_shared(name) else 0
            return
        self.rows += len(_ROW.findall(block, fresh))
        self.cells += len(_CELL.findall(block, fresh))
        self.formulas = self.formulas or bool(_FORMULA.search(block))
        self.merged |= dict.fromkeys(found.decode() for found in _MERGE.findall(block))
        numbers = _ROW_NUMBER.findall(block)
        # openpyxl fills the gap before a row that claims a high number, one empty row at a time.
        self.rows = max(self.rows, *(int(number[:9]) for number in numbers)) if numbers else self.rows

    def check(self, name: str) -> None:
        part = name.rpartition("/")[2]
        if _is_shared(name):
            if self.cells > MOST_STRINGS:
                raise Unsafe("too_large", limit=f"{MOST_STRINGS:,} different texts", found=f"more in {part}")
        elif self.rows > MOST_SHEET_ROWS or self.cells > MOST_CELLS or len(self.merged) > MOST_SHEET_ROWS:
            limit = f"{MOST_SHEET_ROWS:,} rows and {MOST_CELLS:,} cells"
            raise Unsafe("too_large", limit=limit, found=f"more in {part}")
        if self.tags > MOST_TAGS + 8 * self.cells + 2 * self.rows:
            raise Unsafe("workbook_unsafe", detail=f"{name}: more than {MOST_TAGS:,} tags besides rows and cells")


def _scan(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Part:
    """Look through one part as it is unpacked, block by block."""
    if not _is_read(info.filename):
        return Part(False, ())
    tally = _Tally()
    for block, fresh in _blocks(archive, info):
        if any(mark in block for mark in _FORBIDDEN):
            raise Unsafe("workbook_unsafe", detail=f"{info.filename}: a DOCTYPE or entity")
        tally.add(block, fresh, info.filename)
        tally.check(info.filename)
    return Part(tally.formulas, tuple(tally.merged))


def _blocks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[tuple[bytes, int]]:
    """(block with the end of the one before, where the new bytes begin)."""
    with archive.open(info) as file:
        tail = b""
        while data := file.read(BLOCK):
            if not tail:
                head = data[:200].removeprefix(b"\xef\xbb\xbf")
                declared = _DECLARED.match(head)
                foreign = declared is not None and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")
                if foreign or b"\0" in head or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
                    raise Unsafe("workbook_unsafe", detail=f"{info.filename}: not UTF-8")
            yield tail + data, max(len(tail) - 5, 0)
            tail = data[-100:]
