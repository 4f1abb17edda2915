"""What a measurement claims: each figure with what was asked and whether it was met, and one closing line that holds them all.

    claim("order page, p95", 74.2, 200, "ms", floor=1.7)
    ...
    if __name__ == "__main__":
        claims.closing(main)

The closing line is what ``dev.py test --full`` writes into docs/proof.md; with a figure missed the script ends with exit code 1.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

WIDE = 62


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that was measured, and the most that it may be."""

    name: str
    got: float
    asked: float
    unit: str

    @property
    def met(self) -> bool:
        """Whether it is no more than was asked."""
        return self.got <= self.asked

    def short(self) -> str:
        """As the closing line has it.

        >>> Claim("order page", 74.2, 200, "ms").short(), Claim("hub", 11.71, 10, "s").short()
        ('order page 74.2 ≤ 200 ms', 'MISSED hub 11.7 > 10 s')
        """
        sign = "≤" if self.met else ">"
        return f"{'' if self.met else 'MISSED '}{self.name} {figure(self.got)} {sign} {figure(self.asked)} {self.unit}".strip()


_claims: list[Claim] = []


def claim(
    name: str,
    got: float,
    asked: float,
    unit: str = "s",
    *,
    floor: float | None = None,
    beside: str = "the floor",
    note: str = "",
) -> Claim:
    """Print a figure, what was asked, whether that was met, and how often it holds ``floor`` (or the peer named ``beside``)."""
    made = Claim(name, got, asked, unit)
    _claims.append(made)
    ratio = f"  {got / floor:,.1f} × {beside} ({figure(floor)} {unit})" if floor else ""
    said = f"{name:<{WIDE}} {figure(got):>8} {unit:<7} (asked: {figure(asked)})  {'met' if made.met else 'MISSED'}"
    print(f"{said}{ratio}{f'  {note}' if note else ''}", flush=True)
    return made


def told(name: str, got: float, unit: str = "s", note: str = "") -> None:
    """Print a figure of which nothing was asked: a floor, a peer, a part of another."""
    print(f"{name:<{WIDE}} {figure(got):>8} {unit:<7}{f' {note}' if note else ''}".rstrip(), flush=True)


def figure(value: float) -> str:
    """A figure with as many digits as it deserves.

    >>> [figure(value) for value in (0.0123, 0.5, 8, 74.26, 293.31, 1_502.8)]
    ['0.012', '0.50', '8', '74.3', '293', '1,503']
    """
    if float(value).is_integer() and abs(value) < 1_000:
        return str(int(value))
    digits = 3 if abs(value) < 0.1 else 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}"


def p95(values: Iterable[float]) -> float:
    """The 95th percentile of at least two values."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def closing(main: Callable[[], None]) -> None:
    """Measure, print the closing line, and end with 1 when a claim was missed or nothing was claimed, else with 0."""
    main()
    print(line(_claims))
    sys.exit(0 if _claims and all(one.met for one in _claims) else 1)


def line(claims: list[Claim]) -> str:
    """All figures in one line, the missed ones first.

    >>> line([Claim("rows", 87.0, 150, "ms"), Claim("page", 310, 300, "ms")]).partition(" load ")[0]
    '1 of 2 met: MISSED page 310 > 300 ms; rows 87 ≤ 150 ms;'
    """
    met = sum(one.met for one in claims)
    figures = "; ".join(one.short() for one in sorted(claims, key=lambda one: one.met))
    return f"{met} of {len(claims)} met: {figures}; load {os.getloadavg()[0]:.1f}"
