"""Published results of the SBML Test Suite, reproduced through the package's own reader and integrator."""

import os
from pathlib import Path

import pytest

from samenspel.engine import conformance

CASES = Path(__file__).parents[1] / "data" / "sbml"
NAMES = sorted(p.name for p in CASES.iterdir() if p.is_dir())


@pytest.mark.parametrize("name", NAMES)
def test_a_case_of_the_suite_agrees_with_its_published_results(name):
    assert conformance.run_case(CASES / name).fault == ""


CONSTRUCTS = {
    "0D-Compartment", "Amount", "AssignedConstantStoichiometry", "AssignedVariableStoichiometry", "AssignmentRule",
    "BoolNumericSwap", "BoundaryCondition", "CSymbolRateOf", "CSymbolTime", "Compartment", "Concentration",
    "ConstantSpecies", "ConversionFactors", "DefaultValue", "EventNoDelay", "EventT0Firing", "FunctionDefinition",
    "HasOnlySubstanceUnits", "InitialAssignment", "InitialValueReassigned", "L3v2MathML", "LocalParameters",
    "MultiCompartment", "NoMathML", "NonConstantCompartment", "NonConstantParameter", "NonUnityCompartment",
    "NonUnityStoichiometry", "Parameter", "RateRule", "Reaction", "ReversibleReaction", "Species",
    "SpeciesReferenceInMath", "StoichiometryMath", "UncommonMathML", "VolumeConcentrationRates",
}  # fmt: skip


def test_the_kept_cases_hold_every_construct_at_least_twice():
    lines = [line.split("\t") for line in (CASES / "cases.tsv").read_text().splitlines()[1:]]
    assert {case for case, _, _ in lines} == set(NAMES)
    assert len(NAMES) == 71
    for construct in CONSTRUCTS:
        assert sum(construct in tags.split(",") for _, _, tags in lines) >= 2, construct


def test_a_wrong_published_number_is_seen(tmp_path):
    """The comparison can fail: one digit changed in one column is named."""
    target = tmp_path / "00001"
    target.mkdir()
    for file in (CASES / NAMES[0]).iterdir():
        (target / file.name).write_text(file.read_text())
    results = target / "results.csv"
    rows = results.read_text().splitlines()
    cells = rows[2].split(",")
    cells[1] = str(float(cells[1]) * 1.01 + 0.1)
    results.write_text("\n".join([*rows[:2], ",".join(cells), *rows[3:]]))
    fault = conformance.run_case(target).fault
    assert f"worst column {rows[0].split(',')[1].strip()}" in fault


def test_infinities_and_nan_must_be_the_same():
    import numpy as np

    case = conformance.Case("x", Path(), frozenset(), frozenset(), 1.0, 1.0, ("a",), np.array([0.0, 1.0, 2.0]),
                            np.array([[np.inf, np.nan, 1.0]]))  # fmt: skip
    assert conformance.compare(case, np.array([[np.inf, np.nan, 1.5]])) == ""
    assert "worst column a" in conformance.compare(case, np.array([[-np.inf, np.nan, 1.0]]))
    assert "worst column a" in conformance.compare(case, np.array([[np.inf, 0.0, 1.0]]))
    assert "worst column a" in conformance.compare(case, np.array([[np.inf, np.nan, np.nan]]))


def test_the_command_counts_and_a_refused_case_has_failed(tmp_path, capsys):
    for name in NAMES[:2]:
        folder = tmp_path / name
        folder.mkdir()
        for file in (CASES / name).iterdir():
            (folder / file.name).write_text(file.read_text())
    (tmp_path / NAMES[1] / "model.xml").write_text("<sbml")
    assert conformance.main([str(tmp_path), "--workers", "1"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "1 passed, 1 failed"
    assert lines[0].startswith(f"{NAMES[1]}: refused:")


def test_the_command_without_cases_is_wrong_use(tmp_path, capsys):
    assert conformance.main([str(tmp_path)]) == 2
    assert "no case here" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif("SAMENSPEL_CASES" not in os.environ, reason="SAMENSPEL_CASES names no folder of suite cases")
def test_all_cases_of_a_folder():
    outcomes = conformance.run_folder(Path(os.environ["SAMENSPEL_CASES"]))
    assert [f"{o.case}: {o.fault}" for o in outcomes if o.fault] == []
