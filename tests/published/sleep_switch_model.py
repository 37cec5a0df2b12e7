"""Sleep and waking as a switch between two groups of neurons (Phillips and Robinson 2007, 2008), declared for its own test.

Equations and numbers as in the curated model files named after the articles, re-implemented. None of the numbers enters the atlas.
"""

from samenspel.declare import Parameter, Readout, State, System
from samenspel.declare.maths import logistic

HOUR = 1.0 / 24.0  # days


class SleepSwitch(System):
    r"""Two groups that silence each other, under a drive of need for sleep and the hour.

    Vv' = (a Q(Vm) + D - Vv)/tau,  Vm' = (A + a Q(Vv) - Vm)/tau,  H' = (mu Q(Vm) - H)/chi
    D = b C + d H,  C = c0 + cos(2 pi (t - alpha)/day),  Q(V) = Q_max/(1 + exp(-(V - theta)/sigma));  awake while Vm > Vv
    """

    system = "switch"
    fast = ("sleep_neurons", "wake_neurons", "cosine", "sine")
    sleep_neurons = State(start=-10.0, doc="Vv")
    wake_neurons = State(start=0.0, doc="Vm")
    pressure = State(start=12.0, doc="H")
    cosine = State(start=0.0)
    sine = State(start=0.0)
    silencing = Parameter(doc="a")
    neuron_time = Parameter(unit="day")
    pressure_time = Parameter(unit="day")
    pressure_made = Parameter(doc="mu")
    hour_weight = Parameter(doc="b")
    pressure_weight = Parameter(doc="d")
    other_drive = Parameter(doc="A")
    mean_hour = Parameter(doc="c0")
    most, half, width = Parameter(), Parameter(), Parameter()
    turn = Parameter(unit="1/day")
    awake = Readout()

    @staticmethod
    def readouts(v):
        return {"awake": v.wake_neurons - v.sleep_neurons}

    @staticmethod
    def drift(v):
        rate = lambda potential: v.most * logistic((potential - v.half) / v.width)  # noqa: E731
        drive = v.hour_weight * (v.mean_hour + v.cosine) + v.pressure_weight * v.pressure
        return {
            "sleep_neurons": (v.silencing * rate(v.wake_neurons) + drive - v.sleep_neurons) / v.neuron_time,
            "wake_neurons": (v.other_drive + v.silencing * rate(v.sleep_neurons) - v.wake_neurons) / v.neuron_time,
            "pressure": (v.pressure_made * rate(v.wake_neurons) - v.pressure) / v.pressure_time,
            "cosine": -v.turn * v.sine,
            "sine": v.turn * v.cosine,
        }


OF_2008 = {
    "switch.silencing": -1.9, "switch.neuron_time": 10.0 / 86400.0, "switch.pressure_time": 11.0 * HOUR,
    "switch.pressure_made": 3.6, "switch.hour_weight": -3.2, "switch.pressure_weight": 0.19, "switch.other_drive": 1.0,
    "switch.mean_hour": 1.0, "switch.most": 100.0, "switch.half": 10.0, "switch.width": 3.0,
    "switch.turn": 6.283185307179586,
}  # fmt: skip
OF_2007 = OF_2008 | {"switch.pressure_time": 10.8 * HOUR, "switch.hour_weight": -6.3}
HIGHEST = 16.0  # hour at which the clock's drive is highest (alpha)
