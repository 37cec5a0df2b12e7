"""Derivatives of formulas with jumps and corners, in words that every reading of a formula knows."""

from __future__ import annotations

from typing import Any

import sympy

_Piecewise: Any = sympy.Piecewise
UNWRITABLE = (sympy.Derivative, sympy.Subs, sympy.gamma, sympy.polygamma)


def slope(formula: Any, by: sympy.Symbol) -> Any | None:
    """The derivative of a formula by a symbol, or None where no formula says it (a factorial).

    Whole parts (floor, ceiling) stand still between their jumps; at a corner (abs, min, max) it is the mean of both sides.
    """
    whole = {e: sympy.Dummy(real=True) for e in formula.atoms(sympy.floor, sympy.ceiling)}
    out = formula.xreplace(whole).diff(by).xreplace({d: e for e, d in whole.items()})
    out = out.replace(sympy.sign, lambda x: _Piecewise((1, x > 0), (-1, x < 0), (0, True)))
    out = out.replace(sympy.Heaviside, lambda x, _: _Piecewise((1, x > 0), (0, x < 0), (sympy.Rational(1, 2), True)))
    return None if out.has(*UNWRITABLE) else out
