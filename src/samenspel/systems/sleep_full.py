"""Sleep and waking within the day: homeostatic pressure, the body clock and light, with two switches."""

from __future__ import annotations

from samenspel.declare import Input, Parameter, Readout, State, Switch
from samenspel.declare.language import View
from samenspel.declare.system import Equations
from samenspel.systems.sleep import Sleep


class SleepFull(Sleep):
    r"""The homeostatic-circadian-light model (Skeldon 2023), beside the daily states of the default form.

    H' = (-H + w mu)/chi                         w = 1 awake, 0 asleep
    x' = (g (x - 4 x^3/3) - y ((24 h/(f tau_c))^2 + k B))/kappa,   y' = (x + B)/kappa
    n' = lambda (alpha (1 - n) - beta n),  alpha = a0 (w light/I0)^p,  B = (1 - b x)(1 - b y) G alpha (1 - n)
    C = c_a (0.7896 - 0.3912 x + 0.7583 y - 0.4442 x^2 + 0.0250 x y - 0.9647 y^2)
    falls asleep when H >= H_high + C, wakes when H <= H_low + C

    H  homeostatic pressure      x, y  body clock      n  share of used photoreceptors      C  circadian level, lux in
    Left out: naps, alarm clocks, what disturbs a night (the daily form has that).
    Reproduces: 8.14 h at 30 years and 7.36 h, earlier, at 65 years, tests/published/test_sleep.py.
    """

    variant = "full"
    fast = ("pressure", "clock_x", "clock_y", "receptors", "awake", "slept")
    pressure = State(start=13.0)
    clock_x = State(start=-0.5)
    clock_y = State(start=-0.9)
    receptors = State(low=0.0, high=1.0, start=0.5)
    awake = State(low=0.0, high=1.0, start=1.0)
    slept = State(unit="day", low=0.0, start=0.0, doc="time asleep since the start")
    light = Input(unit="lux", habitual=0.0, low=0.0)
    drive_awake = Parameter(doc="mu")
    clock_stiffness = Parameter(doc="gamma")
    clock_correction = Parameter(doc="f")
    clock_period = Parameter(unit="day", doc="tau_c")
    clock_light = Parameter(doc="k")
    clock_unit = Parameter(unit="day", doc="kappa")
    receptor_rate = Parameter(unit="1/day", doc="lambda")
    receptor_return = Parameter(doc="beta")
    light_rate = Parameter(doc="a0")
    light_half = Parameter(unit="lux", doc="I0")
    light_power = Parameter(doc="p")
    light_gain = Parameter(doc="G")
    light_bend = Parameter(doc="b")
    day_length = Parameter(unit="day", doc="24 hours")
    circadian_size = Parameter(doc="c_a")
    upper = Parameter(doc="H_high")
    lower = Parameter(doc="H_low")
    c_0 = Parameter()
    c_x = Parameter()
    c_y = Parameter()
    c_xx = Parameter()
    c_xy = Parameter()
    c_yy = Parameter()
    circadian = Readout(doc="C")

    @staticmethod
    def _circadian(v: View):
        x, y = v.clock_x, v.clock_y
        return v.circadian_size * (v.c_0 + v.c_x * x + v.c_y * y + v.c_xx * x**2 + v.c_xy * x * y + v.c_yy * y**2)

    @staticmethod
    def readouts(v: View) -> Equations:
        """The circadian level, beside the daily read-outs."""
        return {**Sleep.readouts(v), "circadian": SleepFull._circadian(v)}

    @staticmethod
    def drift(v: View) -> Equations:
        """Clock, light and pressure; the daily states follow as in the default form."""
        x, y = v.clock_x, v.clock_y
        alpha = v.light_rate * (v.awake * v.light / v.light_half) ** v.light_power
        b = (1 - v.light_bend * x) * (1 - v.light_bend * y) * v.light_gain * alpha * (1 - v.receptors)
        period = (v.day_length / (v.clock_correction * v.clock_period)) ** 2
        return {
            **Sleep.drift(v),
            "pressure": (-v.pressure + v.awake * v.drive_awake) / v.homeostatic_time,
            "clock_x": (v.clock_stiffness * (x - 4 * x**3 / 3) - y * (period + v.clock_light * b)) / v.clock_unit,
            "clock_y": (x + b) / v.clock_unit,
            "receptors": v.receptor_rate * (alpha * (1 - v.receptors) - v.receptor_return * v.receptors),
            "awake": 0 * v.awake / v.day_length,
            "slept": 1 - v.awake,
        }

    falls_asleep = Switch(
        guard=lambda v: v.awake * (v.pressure - v.upper - SleepFull._circadian(v)) - (1 - v.awake),
        reset=lambda v: {"awake": 0 * v.awake},
    )
    wakes = Switch(
        guard=lambda v: (1 - v.awake) * (v.lower + SleepFull._circadian(v) - v.pressure) - v.awake,
        reset=lambda v: {"awake": 1 + 0 * v.awake},
    )
