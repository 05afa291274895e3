"""Numbers as the model may write them: every value of a range, digit by digit.

Nothing is enumerated, so a range of a million values costs as much as one of ten. Gemma's
vocabulary has a token for each digit and none with a digit and anything else, so a numeral's
tokens are those of its characters whatever stands around it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from ..functions import Parameter

#: More decimals than any service takes.
_MAX_DECIMALS = 6


@dataclass(frozen=True)
class Numerals:
    """The magnitudes `first`, `first + step`, … `last`, in units of 10 ** -decimals.

    Numerals are canonical: no leading zeros, no trailing zeros after the point, no point without
    decimals. `negative` stands for values whose sign was written before.
    """

    first: int
    last: int
    step: int
    decimals: int
    negative: bool

    def _any(self, low: int, high: int) -> bool:
        """Whether a magnitude lies in low..high, both included."""
        low, high = max(low, self.first), min(high, self.last)
        return low <= high and (
            self.first + -(-(low - self.first) // self.step) * self.step <= high
        )

    def complete(self, text: str) -> bool:
        """Whether `text` is a whole numeral of the range."""
        whole, point, fraction = text.partition(".")
        if not whole or (point and (not fraction or fraction[-1] == "0")):
            return False
        magnitude = int(whole + fraction.ljust(self.decimals, "0"))
        return self._any(magnitude, magnitude)

    def following(self, text: str) -> str:
        """Characters that may follow `text` on the way to a whole numeral."""
        return _following(self, text)

    def value(self, text: str) -> int | float:
        """The number a whole numeral stands for: whole ones are ints."""
        number = Decimal(text)
        if self.negative:
            number = -number
        return int(number) if number == number.to_integral_value() else float(number)

    def _leads_on(self, text: str) -> bool:
        """Whether `text` is a numeral of the range or begins one."""
        whole, point, fraction = text.partition(".")
        if point:
            room = self.decimals - len(fraction)
            if room < 0:
                return False
            low = int(whole + fraction + "0" * room)
            # A zero at the end must be followed by something else: 21.50 is written 21.5.
            return self._any(low + (not fraction or fraction[-1] == "0"), low + 10**room - 1)
        number, unit = int(whole), 10**self.decimals
        while number * unit <= self.last:
            if self._any(number * unit, (number + 1) * unit - 1):
                return True
            if not number:  # no leading zeros
                return False
            unit *= 10
        return False


@cache
def _following(numerals: Numerals, text: str) -> str:
    digits = "" if text == "0" else "0123456789"
    found = "".join(digit for digit in digits if numerals._leads_on(text + digit))
    if text and "." not in text and numerals.decimals and numerals._leads_on(text + "."):
        found += "."
    return found


def begun(path: Sequence[int], characters: Mapping[int, str]) -> str:
    """The numeral at the end of a path; `characters`: of the tokens that numerals have."""
    text = ""
    for token in reversed(path):
        if token not in characters:
            break
        text = characters[token] + text
    return text


@cache
def numerals_of(minimum: float, maximum: float, step: float) -> tuple[Numerals, ...]:
    """The values of a range: those from zero up, and the magnitudes of those below zero.

    Raises ValueError when the range is empty or not finite.
    """
    if not (math.isfinite(minimum) and math.isfinite(maximum) and step > 0):
        raise ValueError(f"not a range: {minimum} to {maximum}, step {step}")
    bounds = [Decimal(str(number)).normalize() for number in (minimum, maximum, step)]
    decimals = min(_MAX_DECIMALS, max(0, *(-int(number.as_tuple().exponent) for number in bounds)))
    low, high, by = (int(number.scaleb(decimals)) for number in bounds)
    by = max(by, 1)
    high = low + (high - low) // by * by
    if high < low:
        raise ValueError(f"an empty range: {minimum} to {maximum}, step {step}")
    ranges = []
    if high >= 0:
        first = low if low >= 0 else low + -(low // by) * by
        if first <= high:
            ranges.append(Numerals(first, high, by, decimals, negative=False))
    if low < 0:
        nearest = high if high < 0 else low + (-low - 1) // by * by
        ranges.append(Numerals(-nearest, -low, by, decimals, negative=True))
    return tuple(ranges)


def numerals_for(parameter: Parameter) -> tuple[Numerals, ...]:
    """The numerals of a number parameter; raises ValueError for an empty range."""
    step = parameter.step
    if parameter.type == "INTEGER":
        step = max(1, round(step))
    return numerals_of(parameter.minimum, parameter.maximum, step)
