"""The periphery: input from tissues, sensitivity of nociceptors, density of small fibres."""

from __future__ import annotations

from samenspel.declare import Parameter, Port, State, System
from samenspel.declare.language import View
from samenspel.declare.maths import within
from samenspel.declare.system import Equations


class Nociception(System):
    r"""Three relative quantities that return to a person's own set point (ours).

    dx/dt = (W(x_set + port; 0, high) - x)/tau_x   for x = input, sensitivity (high 4), fibre density (high 2)

    input          continuing signals from muscles, joints and other conditions, relative to general adults
    sensitivity    of nociceptors, relative      fibre_density  small nerve fibres in the skin, relative
    Left out: single fibres, spikes, healing after injury. No published slow equation of fibre loss is known.
    Reproduces: nothing of its own; the dip of the pain threshold after endotoxin is in the acute immune form,
    tests/published/test_nociception.py.
    """

    system = "nociception"
    feeds = "the published anchor says nothing about fibromyalgia: time courses here are ours"
    input = State(low=0.0, high=4.0, start="input_set")
    sensitivity = State(low=0.0, high=4.0, start="sensitivity_set")
    fibre_density = State(low=0.0, high=2.0, start="fibre_set")
    input_up = Port(combine="sum", shifts="input")
    sensitivity_up = Port(combine="sum", shifts="sensitivity")
    fibre_shift = Port(combine="sum", shifts="fibre_density")
    input_set = Parameter()
    sensitivity_set = Parameter()
    fibre_set = Parameter()
    input_time = Parameter(unit="day")
    sensitivity_time = Parameter(unit="day")
    fibre_time = Parameter(unit="day")
    edge = Parameter()

    @staticmethod
    def drift(v: View) -> Equations:
        """Return to the set point."""
        return {
            "input": (within(v.input_set + v.input_up, 0, 4, v.edge) - v.input) / v.input_time,
            "sensitivity": (within(v.sensitivity_set + v.sensitivity_up, 0, 4, v.edge) - v.sensitivity)
            / v.sensitivity_time,
            "fibre_density": (within(v.fibre_set + v.fibre_shift, 0, 2, v.edge) - v.fibre_density) / v.fibre_time,
        }
