"""Numbers in functions: texts → exact numbers → texts. What has no result is a ValueError or an ArithmeticError.

Arithmetic is exact where the result is; logarithms and angles are those of double precision, all digits written out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_DIGITS = 1000  # of a result: more is a mistake, and would take for ever
_EXACT = Context(prec=_DIGITS * 2)


def read_decimal(text: str) -> Decimal:
    """The number that a text is: an xsd:decimal or a finite xsd:double.

    >>> read_decimal(" 1.50 "), read_decimal("2E3")
    (Decimal('1.50'), Decimal('2E+3'))
    """
    text = text.strip(" \t\r\n")
    if len(text) > _DIGITS or not _NUMBER.fullmatch(text):
        raise ValueError("no number")
    return Decimal(text)


def read_integer(text: str) -> int:
    """The whole number that a text is, perhaps written with decimals.

    >>> read_integer("3.0")
    3
    """
    number = read_decimal(text)
    if number != number.to_integral_value():
        raise ValueError("no whole number")
    return int(number)


def write_decimal(number: Decimal | float) -> str:
    """A number as an xsd:decimal, without superfluous zeros.

    >>> write_decimal(Decimal("2E3")), write_decimal(0.5), write_decimal(Decimal("-0.0"))
    ('2000', '0.5', '0')
    """
    if isinstance(number, float):
        if not math.isfinite(number):
            raise ValueError("no finite number")
        number = Decimal(repr(number))
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def write_integer(number: int) -> str:
    """A whole number, unless it has too many digits."""
    if abs(number) >= 10**_DIGITS:
        raise ValueError("too many digits")
    return str(number)


def round_half_up(number: Decimal) -> int:
    """The nearest whole number, the greater of two.

    >>> round_half_up(Decimal("-2.5")), round_half_up(Decimal("2.5"))
    (-2, 3)
    """
    return int(_EXACT.add(number, Decimal("0.5")).to_integral_value(ROUND_FLOOR))


def round_up_to(number: Decimal, odd: int) -> int:
    """The next whole number from *number* up that is even, or odd."""
    whole = int(number.to_integral_value(ROUND_CEILING))
    return whole if whole % 2 == odd else whole + 1


def raise_to(base: Decimal, exponent: Decimal) -> Decimal | float:
    """A power, exact where the exponent is a natural number; that to 0 is 1, of 0 too (as in `java.lang.Math.pow`)."""
    if exponent == 0:
        return Decimal(1)
    if exponent == exponent.to_integral_value() and 0 <= exponent <= _DIGITS:
        digits = max(1, abs(base.adjusted()) + 1, len(base.as_tuple().digits))
        if digits * exponent <= _DIGITS:
            return _EXACT.power(base, int(exponent))
    result: complex = float(base) ** float(exponent)
    if isinstance(result, complex):
        raise ValueError("no real number")
    return result


def divide_whole(number: Decimal, other: Decimal) -> Decimal:
    """The whole part of a quotient."""
    return _EXACT.divide_int(number, other)


def multiply_down(number: int, step: int) -> int:
    """A number times all that lie *step*, twice *step* ... below it, as long as they are positive."""
    if number < 0 or step < 1 or number // step > _DIGITS:
        raise ValueError("no factorial")
    return math.prod(range(number, 0, -step))


def combine_many(numbers: Sequence[int]) -> int:
    """The multinomial coefficient of some numbers."""
    if any(n < 0 for n in numbers) or sum(numbers) > _DIGITS:
        raise ValueError("no multinomial coefficient")
    return math.factorial(sum(numbers)) // math.prod(map(math.factorial, numbers))


def combine(number: int, other: int) -> int:
    """How many ways there are to take *other* things of a *number* of them."""
    if not 0 <= number <= _DIGITS or other < 0:
        raise ValueError("no combinations")
    return math.comb(number, other)


def _of_float(compute: Callable[[float], float]) -> Callable[[str], str]:
    return lambda text: write_decimal(compute(float(read_decimal(text))))


def _of_decimal(compute: Callable[[Decimal], Decimal]) -> Callable[[str], str]:
    return lambda text: write_decimal(compute(read_decimal(text)))


def _of_decimals(compute: Callable[[Decimal, Decimal], Decimal | float]) -> Callable[[str, str], str]:
    return lambda one, other: write_decimal(compute(read_decimal(one), read_decimal(other)))


def _to_integer(compute: Callable[[Decimal], int]) -> Callable[[str], str]:
    return lambda text: write_integer(compute(read_decimal(text)))


def _of_integers(compute: Callable[[int, int], int]) -> Callable[[str, str], str]:
    return lambda one, other: write_integer(compute(read_integer(one), read_integer(other)))


def add_all(texts: Sequence[str]) -> str:
    """The sum of some numbers.

    >>> add_all(["0.1", "0.2"])
    '0.3'
    """
    total = Decimal(0)
    for text in texts:
        total = _EXACT.add(total, read_decimal(text))
    return write_decimal(total)


def is_between(text: str, low: str | None, high: str | None) -> str:
    """Whether a number is at least *low* and less than *high*, where they are given."""
    number = read_decimal(text)
    fits = (low is None or number >= read_decimal(low)) and (high is None or number < read_decimal(high))
    return "true" if fits else "false"


COMPUTED: dict[str, Callable[..., str | None]] = {
    "math_abs": _of_decimal(lambda n: n.copy_abs()),
    "math_acos": _of_float(math.acos),
    "math_asin": _of_float(math.asin),
    "math_atan": _of_float(math.atan),
    "math_atan2": lambda y, x: write_decimal(math.atan2(float(read_decimal(y)), float(read_decimal(x)))),
    "math_ceil": _to_integer(lambda n: int(n.to_integral_value(ROUND_CEILING))),
    "math_combin": _of_integers(combine),
    "math_cos": _of_float(math.cos),
    "math_cosh": _of_float(math.cosh),
    "math_degrees": _of_float(math.degrees),
    "math_even": _to_integer(lambda n: round_up_to(n, 0)),
    "math_exp": _of_float(math.exp),
    "math_fact": lambda text: write_integer(multiply_down(read_integer(text), 1)),
    "math_factn": _of_integers(multiply_down),
    "math_floor": _to_integer(lambda n: int(n.to_integral_value(ROUND_FLOOR))),
    "math_gcd": _of_integers(math.gcd),
    "math_lcm": _of_integers(math.lcm),
    "math_ln": _of_float(math.log),
    "math_log": _of_float(math.log10),
    "math_max": _of_decimals(max),
    "math_min": _of_decimals(min),
    "math_mod": _of_integers(lambda n, d: n % d),
    "math_multinomial": lambda texts: write_integer(combine_many([read_integer(t) for t in texts])),
    "math_odd": _to_integer(lambda n: round_up_to(n, 1)),
    "math_pow": _of_decimals(raise_to),
    "math_quotient": _of_decimals(divide_whole),
    "math_radians": _of_float(math.radians),
    "math_round": _to_integer(round_half_up),
    "math_sin": _of_float(math.sin),
    "math_sinh": _of_float(math.sinh),
    "math_tan": _of_float(math.tan),
    "math_tanh": _of_float(math.tanh),
    "array_sum": add_all,
    "string_toNumber": lambda text: write_decimal(read_decimal(text)),
    "inRange": is_between,
}
