"""False claims about terms alone: domains, index patterns, boundaries, values and sizes (R1, R2, R5, R6, R7, R9)."""

from __future__ import annotations

from tests.soundness.templates import Parts, Template


def r1(p: Parts) -> Template:
    """A rewrite whose condition does not hold."""
    e, c = p.moving(), p.number()
    left, right = p.rng.choice((
        (f"sqrt({e}^2)", e),
        (f"({e}^2)^(3/2)", f"{e}^3"),
        (f"({e}^4)^(1/4)", e),
        (f"exp(log({e}^2)/2)", e),
        (f"abs({e})/{e}", "1"),
        (f"{e}*sqrt({c}/{e}^2)", f"sqrt({c})"),
        (f"D(sqrt({e}^2), x)", f"D({e}, x)"),
        (f"D(log({e}^2)/2 + abs({e}), x)", f"(1/{e} + 1)*D({e}, x)"),
        (f"abs({e} + {c})", f"abs({e}) + {c}"),
        (f"sqrt({e}^2*exp({c}*y))", f"{e}*exp({c}*y/2)"),
        (f"where({e} != 0, {e}/{e}, {c} + 1)", "1"),
        (f"log(abs({e})) + log({c})", f"log(abs({e}) + {c})"),
        (f"max({e}, 0)", e),
        (f"({e}^2)^y", f"abs({e})^y"),
        (f"asin(sin({c}*x))", f"{c}*x"),
        (f"sqrt({e}^2 + {c})", f"abs({e}) + sqrt({c})"),
    ))  # fmt: skip
    if p.rng.random() < 0.3:
        x = p.one("x[j]", "(x[j] - y)", "(x[j] - x[k])", "(y*x[j])")
        left, right = p.rng.choice((
            (f"sum(sqrt({x}^2), j)", f"sum({x}, j)"),
            (f"sqrt(sum({x}, j)^2)", f"sum({x}, j)"),
            (f"sum(abs({x}), j)", f"abs(sum({x}, j))"),
            (f"max(sqrt({x}^2), j)", f"max({x}, j)"),
            (f"sqrt(prod({x}, j)^2)", f"prod({x}, j)"),
            (f"sum(({x}^2)^(3/2), j)", f"sum({x}^3, j)"),
        ))  # fmt: skip
        return Template("size n\nreal x[n], y", left, right)
    return Template("real x, y", left, right)


def r2(p: Parts) -> Template:
    """True for some patterns of the indices only."""
    g, c = p.bent("x[i]"), p.number()
    h = g.replace("x[i]", "x[k]")
    left, right = p.rng.choice((
        ("1/(x[i] - x[k])", "1/(x[k] - x[i])"),
        (f"{g}*x[k]", f"{h}*x[i]"),
        (f"(1 - delta(i,k))*{g}", g),
        (f"delta(i,k)*({g} + {c})", f"{g} + {c}"),
        (f"sum({g.replace('x[i]', 'x[j]')}, j != i)", f"sum({g.replace('x[i]', 'x[j]')}, j) - {h}"),
        (f"delta(i,k)*{g} + (1 - delta(i,k))*{h}", f"{g}"),
        ("sum(delta(i,j)*W[j,k], j)", "W[k,i]"),
        (f"sum(delta(i,j)*delta(j,k)*{c}, j)", f"{c}"),
        (f"D({g}, x[k])", f"D({g}, x[i])"),
        ("sum(x[j]*W[j,k], j != i) + x[i]*W[i,i]", "sum(x[j]*W[j,k], j)"),
        ("sum(1/(x[j] - W[k,j]), j)", "-sum(1/(x[j] - W[j,k]), j)"),
        (f"where(i = k, {g}, {c})", g),
        (f"where(i = k, {g}, {h})", g),
        (f"prod({c} + x[j]^2, j != i)*({c} + x[k]^2)", f"prod({c} + x[j]^2, j)"),
        ("sum(1/(x[j] - x[l])^2, j, l != j)", "0"),
        ("sum([x[j] > x[i]], j != i)", "sum([x[j] > x[k]], j)"),
    ))  # fmt: skip
    return Template("size n\nreal x[n], W[n,n]", left, right)


def r5(p: Parts) -> Template:
    """A boundary at which both sides have values and differ."""
    e, c = p.scalar(), p.number()
    a = p.one("1", "(1 + y^2)", "exp(x)", c)
    left, right = p.rng.choice((
        (f"where({e} = 0, {a}, 0)", "0"),
        (f"sign({e})^2*{a}", a),
        (f"[{e} > 0] + [{e} < 0]", "1"),
        (f"step({e})", f"[{e} >= 0]"),
        (f"step({e})", f"[{e} > 0]"),
        (f"where({e} > 0, {a}, 0)", f"where({e} >= 0, {a}, 0)"),
        (f"[{e} >= 0] + [{e} <= 0]", "1"),
        (f"where({e} != 0, {a}, {a} + {c})", a),
        (f"abs(sign({e}))*{a}", a),
        (f"[{e} = 0]*{a}", f"[{e} < 0]*[{e} > 0]*{a}"),
        (f"max(sign({e}), -sign({e}))", "1"),
        (f"2*step({e}) - 1", f"where({e} >= 0, 1, -1)"),
        (f"where({e} < 0, -{a}, {a})", f"sign({e})*{a}"),
        (f"min([{e} >= 0], [{e} <= 0])", "0"),
        (f"[{e}^2 > 0]", "1"),
        (f"[abs({e}) <= 0]*{a}", "0"),
    ))  # fmt: skip
    if p.rng.random() < 0.3:
        x = p.one("x[j]", "(x[j] - 1/2)", "(x[j] - y)", "(x[j]*y)")
        left, right = p.rng.choice((
            (f"sum([{x} > 0], j) + sum([{x} < 0], j)", "n"),
            (f"sum(sign({x})^2*{c}, j)", f"n*{c}"),
            (f"sum(where({x} > 0, {c}, 0), j)", f"sum(where({x} >= 0, {c}, 0), j)"),
            (f"sum([x[j] >= max(x[k], k)], j)*{c}", c),
            (f"prod(sign({x})^2, j)", "1"),
            (f"sum([x[j] = x[i]], j)*{c}", c),
            ("sum([x[j] > x[i]], j) + sum([x[j] < x[i]], j)", "n - 1"),
            (f"max([{x} != 0], j)", "1"),
        ))  # fmt: skip
        return Template("size n\nreal x[n], y", left, right)
    return Template("real x, y", left, right)


def r6(p: Parts) -> Template:
    """Nearly equal; a rounded root; a gap filled in; a truncated series."""
    e = p.one("x", "(x - y)", "exp(x)", "(x + 2*y)", "sin(x)", "log(1 + x^2)")
    k = p.count(3, 8)
    c = p.number()
    left, right = p.rng.choice((
        (f"{e}*(1 + 1/{10**k})", e),
        (f"{e} + 1/{10**k}", e),
        (f"{e}*pi", f"{e}*{p.one('22/7', '355/113', '314159/100000', '3.14159265')}"),
        (f"{e} + sqrt({p.one('2', '3', '5')})", f"{e} + {p.one('1.41421356', '1.7320508', '2.2360679')}"),
        ("exp(x)", "1 + x + x^2/2 + x^3/6 + x^4/24"),
        ("sin(x)", "x - x^3/6 + x^5/120"),
        (f"tanh({c}*x)", f"{c}*x - ({c}*x)^3/3"),
        (f"where(x = 0, {c}, sin(x)/x)", f"where(x = 0, {c} + 1, sin(x)/x)"),
        (f"{e}*log({c})", f"{e}*{p.one('0.6931471', '1.0986123', '0.4054651')}"),
        (f"({e} + 1/{10**k})^2", f"{e}^2 + 2*{e}/{10**k}"),
        (f"softplus({c}*x)", f"max({c}*x, 0)"),
        (f"x^{k} - y^{k}", f"(x - y)*x^{k - 1}"),
        (f"log(exp(x) + 1/{10**k})", "x"),
        (f"sqrt(x^2 + 1/{10**k})", "abs(x)"),
        ("where(x > 0, x*log(x), 0)", f"where(x > 0, {c}*log(x), 0)"),
        ("erf(x)", "tanh(1.128379167*x)"),
    ))  # fmt: skip
    return Template("real x, y", left, right)


def r7(p: Parts) -> Template:
    """True at some sizes only."""
    a, c = p.one("x[i]", "(1 + x[i]^2)", "exp(x[i])", "sum(x[j], j)"), p.number()
    kind = p.count(0, 3)
    if kind == 0:
        left, right = p.rng.choice((
            (f"mean(x[j], j)*{c}", f"x[i]*{c}"),
            (f"(n - 1)*{a}", "0"),
            (f"n^2*{a}", f"(3*n - 2)*{a}"),
            (f"(n - 1)*(n - 2)*{a}", "0"),
            (f"sum({c}, j != i)", f"n*{c} - n*{c}"),
            ("sum(x[j], j != i)", "0"),
            ("prod(x[j], j)", "x[i]"),
            (f"max(x[j], j)*{c}", f"x[i]*{c}"),
            ("sum(x[j]*x[k], j, k != j)", "0"),
            ("sum(x[j]*x[k]*x[l], j, k != j, l != j, l != k)", "0"),
            (f"prod({c}, j: n)", c),
            ("2^n", "n + 1"),
            (f"(n - 1)*(n - 2)*(n - 3)*{c}", "0"),
            ("sum(x[j], j)^2", "n*sum(x[j]^2, j)"),
        ))  # fmt: skip
        hint = {"n": 4} if "(n - 3)" in left else {"n": p.count(2, 3)}
        return Template("size n\nreal x[n]", left, right, hint=hint)
    if kind == 1:
        size = p.one("2", "3")
        top = "x[1] + x[2]" if size == "2" else "x[1] + x[2] + x[3]"
        left, right = p.rng.choice((
            (
                "(1 - delta(i,j))*(1 - delta(j,k))*(1 - delta(i,k))*x[i]",
                "0" if size == "3" else "x[i]*(1 - delta(i,j))",
            ),
            ("sum(x[j], j)", "x[i] + x[k]"),
            ("x[i]", "x[1]"),
            ("x[i]*x[k]", "x[1]*x[2]"),
            ("sum(x[j]^2, j)", f"({top})^2"),
            ("max(x[j], j)", "max(x[1], x[2])" if size == "3" else "max(x[1], -x[2])"),
            ("prod(x[j], j)", "x[1]*x[2]^2"),
            ("D(sum(x[j]^2, j), x[i])", "2*x[1]"),
            (f"n*{c}", f"{int(size) + 1}*{c}"),
        ))  # fmt: skip
        return Template(f"size n = {size}\nreal x[n]", left, right)
    if kind == 2:
        left, right = p.rng.choice((
            ("mean(x[i], i)*m", "sum(x[i], i)"),
            (f"sum({c}, i: n)", f"m*{c}"),
            ("sum(x[i], i, j: m)", "n*sum(x[i], i)"),
            ("n/m", "1"),
            (f"(n - m)*{c}", "0"),
            ("sum(A[i,j], i, j)/n", "mean(A[i,j], i, j)*n"),
            ("mean(sum(A[i,j], j), i)", "sum(mean(A[i,j], j), i)"),
            ("D(mean(x[i]^2, i), x[i])", "2*x[i]/m"),
            ("sum(x[i], i)*sum(y[j], j)", "mean(x[i], i)*sum(y[j], j)*m"),
        ))  # fmt: skip
        return Template("size n, m\nreal x[n], y[m], A[n,m]", left, right)
    left, right = p.rng.choice((
        ("x^(n-m) + [x = 0]", "x^(n-m)"),
        ("x^n", "x"),
        ("x^(n+1)", "x^m*x"),
        ("D(x^n, x)", "x^(n-1)"),
        (f"({c}*x)^n", f"{c}*x^n"),
        ("(-1)^n*x", "-x"),
        ("(x^2)^(n/2)", "x^n"),
    ))  # fmt: skip
    return Template("size n, m\nreal x", left, right)


def r9(p: Parts) -> Template:
    """Products: the excluded factor, zeros, and what does not go through."""
    c = p.number()
    x = p.one("x[j]", "(1 + x[j]^2)", "exp(x[j])", f"({c} + x[j])", "(x[j]*y)")

    def over(rest: str) -> str:
        return f"prod({x}, j{rest})"

    xi = x.replace("[j]", "[i]")
    left, right = p.rng.choice((
        ("D(prod(x[j], j), x[i])", "prod(x[j], j)"),
        ("D(prod(x[j], j), x[i])", "prod(x[j], j != i)*x[i]"),
        ("D(prod(x[j]^2, j), x[i])", "prod(x[j]^2, j != i)"),
        ("D(prod(x[j], j), x[i], x[k])", "prod(x[j], j != i, j != k)"),
        (f"D({over('')}, x[i])", f"{over(' != i')}*2"),
        (f"prod({c}*x[j], j)", f"{c}*prod(x[j], j)"),
        (f"prod(x[j] + {c}, j)", f"prod(x[j], j) + {c}"),
        ("prod(exp(x[j]), j)", "exp(prod(x[j], j))"),
        (f"{over(' != i')}*{xi}", f"{over('')} + {c}"),
        (f"{over(' != i')}", f"{over(' != k')}"),
        ("sum(D(prod(x[j], j), x[i])*x[i], i)", "prod(x[j], j)"),
        ("where(x[i] = 0, prod(x[j], j), 1)", "1"),
        ("where(x[i] = 0, D(prod(x[j], j), x[i]), 0)", "0"),
        (f"prod({x}, j)^2", f"{over('')}"),
        ("prod(prod(K[j,l], l), j)", "prod(K[j,j], j)"),
        ("prod(sum(K[j,l], l), j)", "prod(sum(K[l,j], l), j)"),
        ("D(prod(sum(K[j,l]*x[l], l), j), x[i])", "sum(K[j,i]*prod(sum(K[k,l]*x[l], l), k), j)"),
        ("log(prod(exp(x[j])*2, j))", "sum(x[j], j) + 2*n"),
    ))  # fmt: skip
    return Template("size n\nreal x[n], y, K[n,n]", left, right)
