"""A number that carries a Taylor series: what a formula makes of it has the derivatives that follow from
the formula.
"""

from mpmath import mp, mpf


class Series:
    """c0 + c1 t + …: the recurrences of Griewank and Walther, Evaluating Derivatives, ch. 13."""

    def __init__(self, c):
        self.c = list(c)

    @staticmethod
    def variable(x, orders):
        return Series([mpf(x), mpf(1)] + [mpf(0)] * (orders - 2))

    def like(self, other):
        if isinstance(other, Series):
            return other
        return Series([mpf(other)] + [mpf(0)] * (len(self.c) - 1))

    def __neg__(self):
        return Series(-a for a in self.c)

    def __add__(self, other):
        return Series(a + b for a, b in zip(self.c, self.like(other).c))

    def __sub__(self, other):
        return self + -self.like(other)

    def __rsub__(self, other):
        return self.like(other) - self

    def __mul__(self, other):
        b = self.like(other).c
        return Series(sum(self.c[j] * b[k - j] for j in range(k + 1)) for k in range(len(b)))

    def __truediv__(self, other):
        b, q = self.like(other).c, []
        for k in range(len(b)):
            q.append((self.c[k] - sum(q[j] * b[k - j] for j in range(k))) / b[0])
        return Series(q)

    def __rtruediv__(self, other):
        return self.like(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def integrated(self, value, slope):
        """The series with this value whose derivative is slope·self′."""
        out = [value]
        for k in range(1, len(self.c)):
            out.append(sum(j * self.c[j] * slope.c[k - j] for j in range(1, k + 1)) / k)
        return Series(out)

    def exp(self):
        y = Series([mp.exp(self.c[0])] + [mpf(0)] * (len(self.c) - 1))
        for k in range(1, len(self.c)):
            y.c[k] = sum(j * self.c[j] * y.c[k - j] for j in range(1, k + 1)) / k
        return y

    def expm1(self):
        y = self.exp()
        y.c[0] = mp.expm1(self.c[0])
        return y

    def log(self):
        return self.integrated(mp.log(self.c[0]), 1 / self)

    def log1p(self):
        return self.integrated(mp.log1p(self.c[0]), 1 / (1 + self))

    def sqrt(self):
        y = [mp.sqrt(self.c[0])]
        for k in range(1, len(self.c)):
            y.append((self.c[k] - sum(y[j] * y[k - j] for j in range(1, k))) / (2 * y[0]))
        return Series(y)

    def sin_cos(self):
        s, c = Series([mp.sin(self.c[0])]), Series([mp.cos(self.c[0])])
        for k in range(1, len(self.c)):
            s.c.append(sum(j * self.c[j] * c.c[k - j] for j in range(1, k + 1)) / k)
            c.c.append(-sum(j * self.c[j] * s.c[k - j] for j in range(1, k + 1)) / k)
        return s, c

    def derivatives(self):
        return [a * mp.factorial(k) for k, a in enumerate(self.c)]
