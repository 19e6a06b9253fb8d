"""What the speaker has at hand on each page: which sources its numbers come from, and how many rest on judgement."""

from __future__ import annotations

from collections import Counter

from portfolio.report.briefing.grounds import documents_of
from portfolio.report.briefing.material import Material
from portfolio.report.briefing.phrases import say
from portfolio.report.naming import clean

OF_PAGE: dict[str, tuple[str, ...]] = {
    "matrix": ("programmes.",),
    "money": ("funds.", "ceilings."),
    "funded": ("programmes.",),
    "left": ("programmes.",),
    "why_not": ("programmes.", "rules."),
    "scenarios": ("scenarios.", "exposures.", "ripple."),
    "coverage": ("needs.", "capabilities."),
}
"""Page -> beginnings of the paths of its numbers; any other page rests on all of them."""
MOST = 8
"""Sources named; the rest is counted."""


def spoken(material: Material, page: str, lang: str) -> tuple[str, ...]:
    """Sources by how many of the page's numbers cite them, then the number of judgements. A quoted fact counts for its document."""
    begins = OF_PAGE.get(page, ("",))
    numbers = [q for path, q in material.instance.quantities_in_use() if path.startswith(begins)]
    sources, documents = {s.id: s for s in material.instance.sources}, documents_of(material)
    cited: Counter[str] = Counter()
    for q in numbers:
        for source in (sources[s] for s in q.source if s in sources and sources[s].kind != "judgement"):
            found = documents.get(source.document or "", source)
            cited[clean(found.title.get(lang)) or found.id] += 1
    judged = sum(q.kind == "judgement" for q in numbers)
    joint = "、" if lang == "ja" else "; "
    named = joint.join(f"{name} ({n})" for name, n in cited.most_common(MOST))
    said = (
        [say("spoken_sources", lang, list=named + (say("spoken_more", lang, n=len(cited) - MOST) if len(cited) > MOST else ""))]
        if cited
        else []
    )
    return (*said, say("spoken_judgement", lang, n=f"{judged:,}", all=f"{len(numbers):,}"))
