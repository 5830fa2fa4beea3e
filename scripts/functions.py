"""Elementary functions with their first three derivatives, as the textbooks have them.

Each takes the exact x and the parameters and returns [f, f', f'', f'''], with None where that
derivative does not exist, or None as a whole outside the domain. An int is exact. The sources are in
references.py.
"""

from mpmath import mp, mpf

ORDERS = 4  # the value and three derivatives


def power(x, p):
    """x^p with its derivatives p(p-1)…(p-k+1) x^(p-k), x > 0."""
    out, factor = [], mpf(1)
    for k in range(ORDERS):
        out.append(factor * mp.power(x, p - k))
        factor *= p - k
    return out


def neg(x):
    return [-x, -1, 0, 0]


def absolute(x):
    return [0, None, None, None] if x == 0 else [abs(x), 1 if x > 0 else -1, 0, 0]


def sign(x):
    return [0, None, None, None] if x == 0 else [1 if x > 0 else -1, 0, 0, 0]


def step(x):
    return [0, None, None, None] if x == 0 else [1 if x > 0 else 0, 0, 0, 0]


def floor(x):
    return None if mp.isint(x) else [mp.floor(x), 0, 0, 0]


def ceil(x):
    return None if mp.isint(x) else [mp.ceil(x), 0, 0, 0]


def round_(x):
    """To the nearest integer; the halves are jumps, so how ties go does not matter here."""
    exact_half = mp.isint(2 * x) and not mp.isint(x)
    return None if exact_half else [mp.floor(x + mpf(1) / 2), 0, 0, 0]


def exp(x):
    return [mp.exp(x)] * 4


def exp_m1(x):
    return [mp.expm1(x)] + [mp.exp(x)] * 3


def exp_base(x, a):
    y, c = mp.exp(x * mp.log(a)), mp.log(a)
    return [y, c * y, c**2 * y, c**3 * y]


def log(x, base=None):
    if x <= 0:
        return None
    c = mpf(1) if base is None else mp.log(base)
    return [mp.log(x) / c, 1 / (c * x), -1 / (c * x**2), 2 / (c * x**3)]


def ln_1p(x):
    if x <= -1:
        return None
    return [mp.log1p(x), 1 / (1 + x), -1 / (1 + x) ** 2, 2 / (1 + x) ** 3]


def root(x, n):
    """The real n-th root: of every x for odd n, of x >= 0 for even n; its tangent at 0 is vertical."""
    if x < 0:
        if n % 2 == 0:
            return None
        up = root(-x, n)  # odd: f(-x) = -f(x), and each derivative changes parity
        return [-up[0], up[1], -up[2], up[3]]
    return [0, None, None, None] if x == 0 else power(x, mpf(1) / int(n))


def powi(x, n):
    """x^n for an integer n: a polynomial, defined everywhere, or a pole at 0."""
    n = int(n)
    if n < 0 and x == 0:
        return None
    out, factor = [], 1
    for k in range(ORDERS):
        out.append(factor * x ** (n - k) if factor else 0)  # x**0 is 1, also at 0
        factor *= n - k
    return out


def powf(x, p):
    """x^p for a p that is not an integer: x > 0, and x = 0 as far as p > 0 carries."""
    if x < 0 or (x == 0 and p < 0):
        return None
    if x == 0:
        return [0 if k < p else None for k in range(ORDERS)]
    return power(x, p)


def recip(x):
    return powi(x, -1)


def square(x):
    return powi(x, 2)


def sin(x):
    s, c = mp.sin(x), mp.cos(x)
    return [s, c, -s, -c]


def cos(x):
    s, c = mp.sin(x), mp.cos(x)
    return [c, -s, -c, s]


def tan(x):
    t = mp.tan(x)
    s = 1 + t**2
    return [t, s, 2 * t * s, 2 * s * (1 + 3 * t**2)]


def asin(x):
    if abs(x) > 1:
        return None
    if abs(x) == 1:
        return [mp.asin(x), None, None, None]
    w = (1 - x) * (1 + x)
    return [mp.asin(x), w ** mpf("-0.5"), x * w ** mpf("-1.5"), (1 + 2 * x**2) * w ** mpf("-2.5")]


def acos(x):
    up = asin(x)
    return None if up is None else [mp.acos(x)] + [None if v is None else -v for v in up[1:]]


def atan(x):
    w = 1 + x**2
    return [mp.atan(x), 1 / w, -2 * x / w**2, (6 * x**2 - 2) / w**3]


def sinh(x):
    s, c = mp.sinh(x), mp.cosh(x)
    return [s, c, s, c]


def cosh(x):
    s, c = mp.sinh(x), mp.cosh(x)
    return [c, s, c, s]


def tanh(x):
    t, d = mp.tanh(x), 1 / mp.cosh(x) ** 2
    return [t, d, -2 * t * d, d * (4 - 6 * d)]


def asinh(x):
    w = 1 + x**2
    return [mp.asinh(x), w ** mpf("-0.5"), -x * w ** mpf("-1.5"), (2 * x**2 - 1) * w ** mpf("-2.5")]


def acosh(x):
    if x < 1:
        return None
    if x == 1:
        return [0, None, None, None]
    w = (x - 1) * (x + 1)
    return [mp.acosh(x), w ** mpf("-0.5"), -x * w ** mpf("-1.5"), (2 * x**2 + 1) * w ** mpf("-2.5")]


def atanh(x):
    if abs(x) >= 1:
        return None
    w = (1 - x) * (1 + x)
    return [mp.atanh(x), 1 / w, 2 * x / w**2, (2 + 6 * x**2) / w**3]


def gauss(x, c):
    """exp(-c x^2)."""
    g, u = mp.exp(-c * x**2), 2 * c * x
    return [g, -u * g, (u**2 - 2 * c) * g, u * (6 * c - u**2) * g]


def erf_slopes(x):
    return [2 / mp.sqrt(mp.pi) * v for v in gauss(x, 1)[:3]]


def erf(x):
    return [mp.erf(x)] + erf_slopes(x)


def erfc_value(x):
    """mpmath's erfc, which refuses huge x; there exp(-x^2)/(x sqrt(pi)), the leading term, is
    off by a factor 1 - 1/(2 x^2) in a number far below underflow (DLMF 7.12.1)."""
    if abs(x) < 1000:
        return mp.erfc(x)
    tail = mp.exp(-x**2) / (abs(x) * mp.sqrt(mp.pi))
    return tail if x > 0 else 2 - tail


def erfc(x):
    return [erfc_value(x)] + [-v for v in erf_slopes(x)]


def norm_cdf(x):
    return [erfc_value(-x / mp.sqrt(2)) / 2] + [v / mp.sqrt(2 * mp.pi) for v in gauss(x, mpf(1) / 2)[:3]]
