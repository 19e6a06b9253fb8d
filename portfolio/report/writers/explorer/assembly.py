"""The page: one file that asks for nothing. Its policy lets its own scripts run, by hash, and no other; data is JSON that is never run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template

from portfolio.report.writers.explorer.coded import Json
from portfolio.report.writers.explorer.words import words

PAGE = Path(__file__).parent / "page"
SCRIPTS = (
    "core",
    "chrome",
    "plans",
    "plots",
    "frontier",
    "parallel",
    "matrix",
    "flows",
    "programmes",
    "why",
    "outcomes",
    "compare",
    "grounds",
)
"""In the order in which they refer to each other."""
BEGIN, READY = "start();", "library();"
"""The tables are drawn before the library is read, the figures after it."""
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_ENDS = re.compile(r"</script|<!--", re.IGNORECASE)


def page(data: Mapping[str, Json], lang: str, title: str) -> bytes:
    """The file's bytes."""
    own = '"use strict";\n' + "\n".join((PAGE / "js" / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS) + BEGIN
    scripts = {"own": inline(own), "plotly": inline(plotly()), "ready": READY}
    # What the library writes into style attributes cannot be known beforehand; no style can run anything or load anything here.
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data: blob:; style-src 'unsafe-inline'; "
        f"script-src {' '.join(sorted({digest(s) for s in scripts.values()}))}"
    )
    html = Template((PAGE / "page.html").read_text(encoding="utf-8")).substitute(
        lang=lang,
        policy=escape(policy, quote=False),
        title=escape(title),
        style=(PAGE / "style.css").read_text(encoding="utf-8"),
        no_script=escape(words(lang)["no_script"]),
        data=json_script(data),
        **scripts,
    )
    return html.encode("utf-8")


def json_script(data: Mapping[str, Json]) -> str:
    """JSON that cannot leave its script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign, code in _UNSAFE.items():
        text = text.replace(sign, code)
    return text


def inline(script: str) -> str:
    """The script as it may stand in a page. Line ends become those that a browser hashes."""
    text = script.replace("\r\n", "\n").replace("\r", "\n")
    if _ENDS.search(text):
        # Inside a string both read the same; anywhere else they would be no JavaScript.
        text = _ENDS.sub(lambda m: "\\x3c" + m.group()[1:], text)
    return text


def digest(script: str) -> str:
    """Source expression of a script for the policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode('utf-8')).digest()).decode('ascii')}'"


def plotly() -> str:
    """The library's bundle as its package ships it."""
    from plotly.offline import get_plotlyjs

    found: str = get_plotlyjs()
    return found
