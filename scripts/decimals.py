"""Numbers of arbitrary precision as decimal text that gives the nearest f64 back, and the formats f32
and f64. Rounding is done in integers, never by a second rounding of a float.
"""

import math
import struct
from fractions import Fraction

from mpmath import mpf


def nearest_f64(value):
    """The f64 nearest to an mpf, ties to even, by integer arithmetic; with gradual underflow."""
    sign, man, exp, bits = value._mpf_
    if not man:
        if exp:
            raise ArithmeticError(f"not a finite number: {value}")
        return 0.0
    top = exp + bits  # 2^(top-1) <= |value| < 2^top
    if top > 1024:
        return -math.inf if sign else math.inf
    if top < -1074:  # below half the smallest subnormal
        return -0.0 if sign else 0.0
    last = max(top - 53, -1074)  # exponent of the last bit kept
    shift = last - exp
    if shift <= 0:
        kept = man << -shift
    else:
        kept, rest = man >> shift, man & ((1 << shift) - 1)
        half = 1 << (shift - 1)
        kept += rest > half or (rest == half and kept & 1)
    if kept.bit_length() + last > 1024:
        return -math.inf if sign else math.inf
    result = math.ldexp(kept, last)
    return -result if sign else result


def digits17(value):
    """A finite non-zero mpf in f64's range to 17 significant digits, as decimal text."""
    sign, man, exp, _ = value._mpf_
    exact = Fraction(man) * Fraction(2) ** exp
    e10 = math.floor(math.log10(2) * (exp + man.bit_length()))
    while Fraction(10) ** e10 > exact:
        e10 -= 1
    while Fraction(10) ** (e10 + 1) <= exact:
        e10 += 1
    q = round(exact / Fraction(10) ** (e10 - 16))  # Fraction rounds ties to even
    if q == 10**17:
        q, e10 = 10**16, e10 + 1
    text = str(q)
    if -4 <= e10 < 0:
        text = "0." + "0" * (-e10 - 1) + text.rstrip("0")
    elif 0 <= e10 < 16:
        text = text[: e10 + 1] + "." + (text[e10 + 1:].rstrip("0") or "0")
    else:
        text = text[0] + "." + (text[1:].rstrip("0") or "0") + f"e{e10}"
    return "-" + text if sign else text


def decimal(value):
    """The text of a result: see "What a record means" in references.py."""
    if isinstance(value, int):
        value = mpf(value)
    f = nearest_f64(value)
    if f == 0.0 or math.isinf(f):
        return repr(f)
    if mpf(f) == value:
        return repr(f)
    text = digits17(value)
    # In rare cases rounding to 17 digits crosses the middle between two f64: the f64 wins.
    return text if float(text) == f else repr(f)


def is_f32(x):
    try:
        return struct.unpack("<f", struct.pack("<f", x))[0] == x
    except OverflowError:
        return False


def f32(x):
    """The f32 nearest to x."""
    return struct.unpack("<f", struct.pack("<f", x))[0]


def f32_step(x, up):
    """The f32 next to the f32 x, away from zero if `up`."""
    (bits,) = struct.unpack("<i", struct.pack("<f", x))
    return struct.unpack("<f", struct.pack("<i", bits + (1 if up else -1)))[0]
