"""The main job as a user starts it, several times; medians, and the laps that the result file records.

    python benchmarks/solve.py [runs]

Targets: `portfolio --help` under 0.5 s; the flagship (154 programmes, 312 ways) assembled in under 0.3 s and solved to a proven 0.1 % in under 30 s of wall time on
2 cores, start-up and ranges included; 5,000 generated programmes assembled in under 5 s with less than 1.5 GB.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOLVE = ["solve", str(ROOT / "instances" / "japan-2026" / "instance.json"), "--quiet"]
LARGE = """
import resource, time
from portfolio.api.generate import generate
from portfolio.formulation.assemble import assemble
from portfolio.library import load_model
instance, spec = generate(programmes=5000), load_model()
begun = time.perf_counter()
program = assemble(instance, spec)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{time.perf_counter() - begun:.2f} s, {peak:.0f} MB peak, {program.n:,} columns, {program.m:,} rows, {len(program.data):,} nonzeros")
"""


def timed(arguments: list[str], folder: str) -> float:
    """Wall seconds of one `portfolio` process."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, str(ROOT / "cli.py"), *arguments], cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - begun


def _without_a_third() -> list[str]:
    """--forbid for every third programme that no rule makes mandatory."""
    programmes = json.loads(Path(SOLVE[1]).read_text(encoding="utf-8"))["programmes"]
    return [part for p in programmes[::3] if not p.get("mandatory") for part in ("--forbid", p["id"])]


def main() -> None:
    """Print medians of `runs` (default 3)."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        helps = [timed(["--help"], folder) for _ in range(runs)]
        print(f"portfolio --help               median {statistics.median(helps):.2f} s of {runs}")
        file = Path(folder) / "flagship.json"
        walls, laps = [], []
        for _ in range(runs):
            walls.append(timed([*SOLVE, "-o", str(file)], folder))
            laps.append(json.loads(file.read_text(encoding="utf-8"))["seconds"])
            file.unlink()
        print(f"flagship, process              median {statistics.median(walls):.1f} s   (all: {', '.join(f'{w:.1f}' for w in walls)})")
        for lap in laps[0]:
            print(f"  {lap:<28} median {statistics.median(entry[lap] for entry in laps):.2f} s")
        part = timed([*SOLVE, *_without_a_third(), "-o", str(file)], folder)
        print(f"flagship, a third forbidden    {part:.1f} s (103 programmes: the size of its first version)")
    large = subprocess.run([sys.executable, "-c", LARGE], cwd=ROOT, check=True, capture_output=True, text=True)
    print(f"5,000 programmes, assembly     {large.stdout.strip()}")
    print(f"this process                   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB peak")


if __name__ == "__main__":
    main()
