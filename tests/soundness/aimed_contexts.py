"""False claims about what is declared and supposed: D under hypotheses, binders, hypotheses (R3, R4, R8)."""

from __future__ import annotations

import random
from typing import Any

from mpmath import mp

from tests.soundness.settings import Values
from tests.soundness.templates import Parts, Template, at, label_positive, sums_to, symmetric


def r3(p: Parts) -> Template:
    """A hypothesis used before the derivative."""
    m, c = p.count(2, 4), p.number()
    kind = p.count(0, 5)
    g = p.bent("S")
    if kind == 0:
        total = p.one("sum(c[j], j)", "sum(c[l], l)")
        left = f"D({g.replace('S', total)}*a, c[i])" if p.rng.random() < 0.5 else f"D({total}^{m}*a, c[i])"
        right = p.one("0", "a", f"{c}*a")
        return Template("size n\nreal c[n], a\ngiven sum(c[j], j) = 1", left, right, (sums_to("c", 1),))
    if kind == 1:
        left, right = p.rng.choice((
            (f"D(h[k]^{m}, h[i])", "delta(i,k)"),
            (f"D(sum({c}*h[j]^{m}*a, j), h[i])", f"{c}*a"),
            ("D(h[i]*h[k]*a, h[i])", "delta(i,k)*a"),
            (f"D(sum(h[j], j)^{m}, h[i])", "0"),
            ("D(log(sum(h[j]*exp(a*h[j]), j)), h[i])", "h[i]"),
        ))  # fmt: skip
        return Template("size n\nonehot h[n]\nreal a", left, right)
    if kind == 2:
        left, right = p.rng.choice((
            (f"D(x*y^{m}, x)", f"{m + 1}*x^{m}"),
            (f"D({p.bent('x - y')}, x)", "0"),
            (f"D(x^{m} - y^{m}, y)", "0"),
            (f"D({p.bent('x*y')}, x)", f"D({p.bent('x^2')}, x)"),
        ))  # fmt: skip
        return Template("real x, y\ngiven x = y", left, right, (at("y", lambda v, _: v["x", ()]),))
    if kind == 3:
        left, right = p.rng.choice((
            (f"D(sum(q[j], j)^{m}*a, q[i])", "0"),
            ("D(sum(q[j]*q[k], j, k), q[i])", "0"),
            (f"D({g.replace('S', 'sum(q[j], j)')}, q[i])", "0"),
            ("D(1 - sum(q[j]^2, j) - sum(q[j]*(1 - q[j]), j), q[i])", "0"),
            ("D(q[i]*sum(q[j], j), q[i])", "1"),
        ))  # fmt: skip
        return Template("size n\nsimplex q[n]\nreal a", left, right)
    if kind == 4:
        left, right = p.rng.choice((
            ("D(sum(x[i]*W[i,j]*x[j], i, j), W[k,l])", "2*x[k]*x[l]"),
            (f"D({p.bent('W[k,l]')}, W[l,k])", f"D({p.bent('W[k,l]')}, W[k,l])"),
            (f"D(W[k,l]^{m}, W[l,k])", f"{m}*W[k,l]^{m - 1}"),
            (f"D(sum(W[i,j]^{m}, i, j), W[k,l])", f"{2 * m}*W[k,l]^{m - 1}"),
            ("D(sum(W[i,j]*W[j,i], i, j), W[k,l])", "4*W[k,l]"),
        ))  # fmt: skip
        when = p.one("k != l", "")
        return Template(
            "size n\nreal W[n,n], x[n]\ngiven W[i,j] = W[j,i]", left, right, (symmetric("W"),), when=when
        )
    left, right = p.rng.choice((
        (f"D(x*y^{m}, x)", "0"),
        ("D(x*y, x) + D(x*y, y)", "0"),
        (f"D({p.bent('x*y')}, y)", "0"),
    ))  # fmt: skip
    zero = at("x", lambda v, rng: v["x", ()] if rng.random() < 0.5 else mp.mpf(0))
    other = at("y", lambda v, rng: mp.mpf(0) if v["x", ()] else v["y", ()])
    return Template("real x, y\ngiven x*y = 0", left, right, (zero, other))


def r4(p: Parts) -> Template:
    """Two slots exchanged, a bound index captured, a letter taken for another."""
    c = p.number()
    bent = p.bent("S")

    def g(argument: str) -> str:
        return bent.replace("S", argument)

    m = p.count(2, 3)
    left, right = p.rng.choice((
        (f"sum({g('sum(K[j,l]*x[l], l)')}, j)", f"sum({g('sum(K[l,j]*x[l], l)')}, j)"),
        (f"sum(1/({c} + sum(exp(K[j,l]), l)), j)", f"sum(1/({c} + sum(exp(K[l,j]), l)), j)"),
        (f"sum(log({c} + sum(K[j,l]^2, l))*x[j], j)", f"sum(log({c} + sum(K[l,j]^2, l))*x[j], j)"),
        (f"sum({g('K[j,l]')}*{g('K[l,j]')}, j, l)", f"sum({g('K[j,l]')}^2, j, l)"),
        (f"sum(K[i,j]*K[j,l]*{g('K[l,i]')}, i, j, l)", f"sum(K[i,j]*K[l,j]*{g('K[l,i]')}, i, j, l)"),
        (f"sum(x[j]*{g('sum(x[j]*K[j,l], l)')}, j)", f"sum(x[j]*{g('sum(x[l]*K[j,l], l)')}, j)"),
        (f"D(sum({g('x[j]')}, j), x[j])", f"sum(D({g('x[j]')}, x[j]), j)"),
        (f"D(sum(x[i]^{m}*x[j], j), x[j])", f"n*x[i]^{m}"),
        (f"D(sum(K[i,j]*x[j]^{m}, j), x[i])", f"sum({m}*K[i,j]*x[j]^{m - 1}, j)"),
        (f"q[j]*{c}", f"{c}*sum({g('x[j]*x[j]')}, j)"),
        ("sum(q[j]*x[j], j)", f"sum(sum({g('x[j]*x[j]')}, j)*x[j], j)"),
        ("D(q[j], x[i])", "delta(i,j)*D(q[i], x[i])"),
        (f"max({g('sum(K[j,l]*x[l], l)')}, j)", f"max({g('sum(K[l,j]*x[l], l)')}, j)"),
        (f"sum(x[i]*{g('x[j]')}, j)", f"sum(x[j]*{g('x[j]')}, j)"),
        (f"sum(sum({g('x[j]')}, j)*x[j], j)", f"sum({g('x[j]')}*x[j], j)"),
        ("sum(K[i,j]*sum(K[j,i]*x[i], i), j)", "sum(K[i,j]*K[j,i]*x[i], j)"),
        ("D(sum(sum(K[i,j]*x[i]^2*x[j], i), j), x[k])", "2*x[k]*sum(K[k,j]*x[j], j) + sum(K[k,j]*x[j]^2, j)"),
        (f"sum(D({g('x[j]*x[i]')}, x[j]), j)", f"D(sum({g('x[j]*x[i]')}, j), x[i])"),
    ))  # fmt: skip
    needed = "\nlet q[i] = sum(" + g("x[i]*x[j]") + ", j)" if "q[" in left + right else ""
    return Template(f"size n\nreal K[n,n], x[n]{needed}", left, right)


def _nonzero_product(values: Values, rng: random.Random) -> Any:
    return mp.mpf(0) if values["x", ()] else values["y", ()]


def r8(p: Parts) -> Template:
    """A hypothesis taken for more than it says."""
    c, g = p.number(), p.bent("x")
    kind = p.count(0, 7)
    if kind == 0:
        zero = at("x", lambda v, rng: v["x", ()] if rng.random() < 0.5 else mp.mpf(0))
        left, right = p.rng.choice((
            (f"y*{c}", "0"),
            ("x", "0"),
            ("abs(x + y)", "abs(x)"),
            (f"{g} + y", f"{g}"),
            ("x^2 + y^2", "x^2"),
            (f"{c}*x + y", f"{c}*x*y + y"),
            ("[x = 0]", "1"),
        ))  # fmt: skip
        return Template("real x, y\ngiven x*y = 0", left, right, (zero, at("y", _nonzero_product)))
    if kind == 1:
        zero = at("x", lambda v, rng: mp.mpf(0) if rng.random() < 0.5 else v["x", ()])
        same = at("y", lambda v, _: v["y", ()] if v["x", ()] == 0 else v["z", ()])
        left, right = p.rng.choice(
            (("y", "z"), (f"y^2 + {c}", f"z^2 + {c}"), ("y*x^2 + z", "z*x^2 + y"), ("y*x", "z"))
        )
        return Template("real x, y, z\ngiven y*x = z*x", left, right, (zero, same))
    if kind == 2:
        left, right = p.rng.choice((
            ("h[i]*h[k]", "0"),
            ("h[i]*h[k]", "h[i]"),
            (f"sum(h[j]*x[j], j)*{c}", f"sum(x[j], j)*{c}"),
            ("h[1]", "1"),
            ("h[i]", "1/n"),
            ("sum(h[j]*x[j], j)", "mean(x[j], j)"),
            (f"h[i]*{c}", f"h[i]^2*{c} + h[k]*(1 - h[i])"),
            ("sum(h[j]*x[j], j)^2", "sum(h[j]*x[j], j)"),
            ("exp(sum(h[j]*x[j], j))", "sum(h[j]*exp(x[j]), j)*h[i]"),
        ))  # fmt: skip
        return Template("size n\nonehot h[n]\nreal x[n]", left, right)
    if kind == 3:
        left, right = p.rng.choice((
            ("sum(q[j]^2, j)", "1"),
            ("[q[i] > 0]", "1"),
            ("q[i]", "1/n"),
            ("sum(q[j]*x[j], j)", "sum(x[j], j)"),
            ("[q[i] < 1]", "1"),
            (f"sum({c}*q[j] + q[j]^2, j)", f"{c}"),
            ("max(q[j], j)", "1"),
            ("sum(q[j], j != i)", "1"),
        ))  # fmt: skip
        return Template("size n\nsimplex q[n]\nreal x[n]", left, right)
    if kind == 4:
        left, right = p.rng.choice((
            ("sum(W[j,k], j)", "1"), ("sum(W[j,i]*x[i], i)", "x[j]"), ("sum(W[i,j]*x[j], j)", "x[i]"),
            ("sum(W[i,j]*W[j,k], j)", "W[i,k]"), ("sum(W[i,j]^2, j)", "1"), (f"sum(W[i,j]*{c}, i)", f"{c}"),
        ))  # fmt: skip
        return Template(
            "size n\nreal W[n,n], x[n]\ngiven sum(W[i,j], j) = 1", left, right, (sums_to("W", 1),)
        )
    if kind == 5:
        left, right = p.rng.choice((
            ("[x[i] > 0]", "1"),
            ("abs(x[k])", "x[k]"),
            ("where(i = t, [x[k] > 0], 1)", "1"),
            ("sqrt(x[k]^2)", "x[k]"),
            ("sum([x[j] > 0], j)", "n"), ("where(t = i, abs(x[k]), x[k])", "x[k]"), ("relu(x[i])", "x[i]"),
        ))  # fmt: skip
        return Template(
            "size n\nreal x[n]\nlabel t: n\ngiven x[t] > 0", left, right, (label_positive("x", "t"),)
        )
    if kind == 6:
        left, right = p.rng.choice((
            ("x", "y"),
            ("abs(x)", "y"),
            ("x^3", "y^3"),
            (f"x*{c}", f"-y*{c}"),
            ("x*y", "x^2"),
            ("[x = y]", "1"),
            (f"{c}*x + y", f"{c}*y + x"),
        ))  # fmt: skip
        either = at("y", lambda v, rng: v["x", ()] * rng.choice((1, -1)))
        return Template("real x, y\ngiven x^2 = y^2", left, right, (either,))
    left, right = p.rng.choice((
        ("[x*y*z > 0]", "1"),
        ("abs(x*y*z)", "x*y*z"),
        ("[x > 0]", "1"),
        ("abs(x)", "x"),
        ("[x*y*z^2 > 0]", "1"),
        ("abs(x + y)", "x + y"),
        ("sqrt(x^2*y^2*z^2)", "x*y*z"), ("[x + y > 0]", "1"),
    ))  # fmt: skip
    sign = at("y", lambda v, _: (abs(v["y", ()]) or mp.mpf(1)) * (1 if v["x", ()] > 0 else -1))
    return Template(
        "real x, y, z\ngiven x*y > 0", left, right, (at("x", lambda v, _: v["x", ()] or mp.mpf(1)), sign)
    )
