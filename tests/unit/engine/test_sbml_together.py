"""Models put together from models: what the whole means, and files that ask for too much."""

import numpy as np
import pytest

from samenspel import SamenspelError, simulate

COMP = "http://www.sbml.org/sbml/level3/version1/comp/version1"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1" '
    f'xmlns:comp="{COMP}" comp:required="true">'
)
DECAY = (
    '<listOfParameters><parameter id="x" value="1" constant="false"/><parameter id="rate" value="2" constant="true"/>'
    '</listOfParameters><listOfRules><rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/>'
    "<cn>-1</cn><ci>rate</ci><ci>x</ci></apply></math></rateRule></listOfRules>"
)


def submodels(*pairs):
    listed = "".join(f'<comp:submodel comp:id="{i}" comp:modelRef="{m}"/>' for i, m in pairs)
    return f"<comp:listOfSubmodels>{listed}</comp:listOfSubmodels>"


def definitions(**models):
    listed = "".join(f'<comp:modelDefinition id="{n}">{body}</comp:modelDefinition>' for n, body in models.items())
    return f"<comp:listOfModelDefinitions>{listed}</comp:listOfModelDefinitions>"


def test_two_copies_move_on_their_own_and_one_number_is_replaced(read):
    """dx/dt = -rate x twice; the second copy's rate is the whole's own parameter, 0.5."""
    shared = (
        '<listOfParameters><parameter id="slow" value="0.5" constant="true"><comp:listOfReplacedElements>'
        '<comp:replacedElement comp:submodelRef="B" comp:idRef="rate"/></comp:listOfReplacedElements></parameter></listOfParameters>'
    )
    whole = read(f'{HEAD}<model id="m">{shared}{submodels(("A", "decay"), ("B", "decay"))}</model>{definitions(decay=DECAY)}</sbml>')
    t = np.linspace(0, 3, 7)
    table = simulate(whole, t)
    np.testing.assert_allclose(table.column("A__x"), np.exp(-2 * t), rtol=1e-6)
    np.testing.assert_allclose(table.column("B__x"), np.exp(-0.5 * t), rtol=1e-6)


def test_copies_of_copies_are_counted_before_they_are_made(read):
    """Ten levels of ten copies each would be ten thousand million models."""
    levels = {f"m{k}": submodels(*((f"s{i}", f"m{k + 1}") for i in range(10))) for k in range(9)}
    with pytest.raises(SamenspelError, match="put together, the model would have about"):
        read(f'{HEAD}<model id="m">{submodels(("top", "m0"))}</model>{definitions(**levels, m9=DECAY)}</sbml>')


def test_what_cannot_be_put_together_is_named(read):
    with pytest.raises(SamenspelError, match="a -> b -> a"):
        read(f'{HEAD}<model id="m">{submodels(("top", "a"))}</model>'
             f'{definitions(a=submodels(("x", "b")), b=submodels(("y", "a")))}</sbml>')  # fmt: skip
    with pytest.raises(SamenspelError, match=r"'nowhere', which is no model|modelRef"):
        read(f'{HEAD}<model id="m">{submodels(("top", "nowhere"))}</model>{definitions(a=DECAY)}</sbml>')


def test_another_file_is_not_opened(read, tmp_path):
    (tmp_path / "other.xml").write_text(f'{HEAD}<model id="other">{DECAY}</model></sbml>')
    foreign = (
        "<comp:listOfExternalModelDefinitions>"
        '<comp:externalModelDefinition comp:id="o" comp:source="other.xml"/></comp:listOfExternalModelDefinitions>'
    )
    with pytest.raises(SamenspelError, match="another file, which is not opened"):
        read(f'{HEAD}<model id="m">{submodels(("top", "o"))}</model>{foreign}</sbml>')
