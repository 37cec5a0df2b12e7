"""Cards of all systems: a changed equation is a changed line in the difference.

To accept a change: ``python tests/golden/test_cards.py``.
"""

from pathlib import Path

import pytest

from samenspel.declare.card import card
from samenspel.systems import catalogue

CARDS = Path(__file__).parent / "cards"
ALL = {f"{system}-{variant or 'daily'}": kind for (system, variant), kind in sorted(catalogue().items())}


@pytest.mark.parametrize("name", ALL)
def test_the_card_is_the_one_on_file(name):
    file = CARDS / f"{name}.txt"
    assert file.is_file(), f"no card {file.name}; write it with: python {Path(__file__).name}"
    assert card(ALL[name]) == file.read_text(encoding="utf-8")


def test_no_card_is_left_over():
    assert {f.stem for f in CARDS.glob("*.txt")} == set(ALL)


if __name__ == "__main__":
    for name, kind in ALL.items():
        (CARDS / f"{name}.txt").write_text(card(kind), encoding="utf-8")
