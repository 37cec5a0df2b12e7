"""An equation that no engine can compute is refused where it was written, whichever part of a system holds it."""

from pathlib import Path

import pytest
import sympy

from samenspel.composition import compose
from samenspel.quantities.errors import SamenspelError
from toys import Tank


def _with(method, equations):
    return type("Odd", (Tank,), {method: staticmethod(equations)})


STRANGE = [sympy.tan, sympy.Abs, lambda x: sympy.Max(x, 0), lambda x: sympy.Piecewise((x, x > 0), (0, True))]


@pytest.mark.parametrize("function", STRANGE)
@pytest.mark.parametrize("method", ["drift", "readouts", "noise"])
def test_unknown_functions_are_named_with_their_place(function, method):
    name = "double" if method == "readouts" else "level"
    with pytest.raises(SamenspelError) as caught:
        compose([_with(method, lambda v: {name: function(v.level)})])
    error = caught.value
    assert f"Odd.{method} uses " in error.message
    assert error.file == __file__
    assert error.line
    assert "_with(method, lambda" in Path(__file__).read_text().splitlines()[error.line - 1]


def test_known_functions_pass():
    known = _with("drift", lambda v: {"level": sympy.exp(-(v.level**2)) + sympy.tanh(v.level) + sympy.sqrt(1 + v.level**2)})
    assert "tank.level" in compose([known]).drift
