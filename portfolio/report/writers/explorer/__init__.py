"""The explorer: one HTML file with linked views of every plan, in both languages, which opens without a network."""

from portfolio.report.briefing import Briefing, Material, briefing
from portfolio.report.writers.explorer.assembly import page
from portfolio.report.writers.explorer.payload import payload
from portfolio.report.writers.explorer.plans import LANGS

__all__ = ["write_explorer"]


def write_explorer(found: Material, said: Briefing) -> bytes:
    """said: the briefing of `found` in the language that the page shows first; the other language is made here."""
    both = {lang: said if lang == said.lang else briefing(found, lang) for lang in LANGS}
    return page(payload(found, both, said.lang), said.lang, said.title)
