"""Is this installation fit to be trusted? Versions, doors, a fuzz of the installed HiGHS, fonts, a cluster - each finding with its remedy."""

from __future__ import annotations

import platform
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal
from urllib.parse import urlsplit

from portfolio.api.record import toolkit_version
from portfolio.errors import UsageError

State = Literal["ok", "absent", "warning", "error"]
HIGHS_FROM, HIGHS_BELOW = (1, 15, 1), (1, 16)
"""HiGHS 1.14.0 answered 4 % of small mixed models wrongly; later than 1.15 is untested."""
PACKAGES = ("numpy", "pandas", "pulp", "pyomo", "pydantic", "openpyxl", "xlsxwriter", "typer", "rich")
FUZZ_SECONDS = 5.0
PATIENCE = 3.0
"""Seconds to wait for a cluster's scheduler."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at. state: ok, absent (optional), warning, error (results cannot be trusted or produced) · remedy: what to do, empty if ok."""

    subject: str
    state: State
    says: dict[str, str]
    remedy: str = ""


def examine(seconds: float = FUZZ_SECONDS, scheduler: str | None = None, seed: int = 0) -> Iterator[Finding]:
    """All findings, as they are made. seconds: for the fuzz · scheduler: tcp://host:port, looked for only when given. Never raises for what is missing."""
    yield _finding("portfolio", "ok", f"{toolkit_version()}, Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    yield highs_version(_version("highspy"))
    for package in PACKAGES:
        found = _version(package)
        yield _finding(package, "ok", found) if found else _finding(package, "error", "not installed", f"pip install {package}", "未導入")
    yield from doors()
    yield fuzz(seconds, seed)
    yield fonts()
    if scheduler is not None:
        yield cluster(scheduler)


def highs_version(found: str | None) -> Finding:
    """HiGHS outside the tested versions is refused."""
    remedy = "pip install 'highspy>=1.15.1,<1.16'"
    if found is None:
        return _finding("highspy", "error", "not installed", remedy, "未導入")
    numbers = tuple(int(part) for part in found.split(".")[:3] if part.isdecimal())
    if numbers < HIGHS_FROM:
        return _finding(
            "highspy", "error", f"{found} gives wrong answers on small mixed models", remedy, f"{found} は誤答することがあります"
        )
    if numbers >= HIGHS_BELOW:
        return _finding("highspy", "warning", f"{found} is newer than what was tested", remedy, f"{found} は未検証の版です")
    return _finding("highspy", "ok", found)


def fuzz(seconds: float, seed: int = 0) -> Finding:
    """Tiny mixed programs, HiGHS against enumeration."""
    from portfolio.solvers.fuzz import disagreements

    wrong = disagreements(seconds, seed)
    if wrong:
        first = wrong[0]
        return _finding(
            "fuzz",
            "error",
            f"HiGHS was wrong on {len(wrong)} models in {seconds:g} s (first: seed {first.seed}, number {first.number})",
            "pip install 'highspy>=1.15.1,<1.16'; trust no result of this version",
            f"HiGHSが {seconds:g} 秒で {len(wrong)} 件の誤答を出しました",
        )
    return _finding("fuzz", "ok", f"HiGHS agreed with enumeration for {seconds:g} s", ja=f"HiGHSは列挙と {seconds:g} 秒間一致しました")


def doors() -> Iterator[Finding]:
    """Every door by name: there, or what to install."""
    yield _finding("solver highs", "ok" if _version("highspy") else "error", "the default", ja="既定")
    if _version("pulp"):
        from portfolio.solvers.pulp_door import CLASSES, solver_class

        yield from (_door(f"pulp:{name}", solver_class, name, needed=name == "cbc") for name in CLASSES)
    if _version("pyomo"):
        from portfolio.solvers.pyomo_door import REMEDIES, open_solver

        yield from (_door(f"pyomo:{name}", open_solver, name, needed=False) for name in REMEDIES)


def _door(label: str, opened: object, name: str, needed: bool) -> Finding:
    assert callable(opened)
    try:
        opened(name)
    except UsageError as error:
        remedy = error.messages["en"].partition("installed. ")[2]
        return _finding(f"solver {label}", "warning" if needed else "absent", "not installed", remedy, "未導入")
    return _finding(f"solver {label}", "ok", "available", ja="使えます")


def fonts() -> Finding:
    """A Japanese font for slides and figures."""
    remedy = "apt-get install fonts-noto-cjk (or any Japanese font)"
    tool = shutil.which("fc-list")
    if tool is None:
        unknown = "fc-list is not installed: fonts unknown"
        return _finding("fonts", "absent", unknown, f"apt-get install fontconfig; {remedy}", "フォントを確認できません")
    listed = subprocess.run([tool, ":lang=ja", "family"], capture_output=True, text=True, timeout=30, check=False).stdout.splitlines()
    if not listed:
        return _finding("fonts", "warning", "no Japanese font: slides fall back to the reader's", remedy, "日本語フォントがありません")
    return _finding("fonts", "ok", f"Japanese: {listed[0].split(',')[0]}")


def cluster(address: str) -> Finding:
    """Does something listen at the scheduler's address?"""
    place = urlsplit(address)
    try:
        host, port = place.hostname, place.port
    except ValueError:
        host = port = None
    if place.scheme not in ("tcp", "tls") or not host or not port:
        return _finding(
            "cluster", "error", f"{address} is no address", "write --scheduler tcp://host:8786", f"{address} はアドレスではありません"
        )
    try:
        socket.create_connection((host, port), timeout=PATIENCE).close()
    except OSError as error:
        remedy = f"start it there: dask scheduler --port {port}; check the firewall"
        return _finding("cluster", "error", f"{address} does not answer ({error})", remedy, f"{address} に接続できません")
    return _finding("cluster", "ok", f"{address} answers", ja=f"{address} に接続できました")


def _finding(subject: str, state: State, en: str, remedy: str = "", ja: str | None = None) -> Finding:
    return Finding(subject, state, {"en": en, "ja": ja or en}, remedy)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
