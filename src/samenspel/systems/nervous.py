"""Central pain processing: gain, descending inhibition, entrenchment, and the pain that is read from them."""

from __future__ import annotations

from typing import Any

from samenspel.declare import Parameter, Port, Readout, State, System
from samenspel.declare.maths import hill, log, logistic, sqrt, within
from samenspel.declare.system import Equations

View = Any


class Nervous(System):
    r"""Central gain as a dial: it returns to each person's own set point, moved by what arrives.

    dg/dt = (W(g_set + gain_up; 0, 3) - g)/tau_g        di/dt = (W(i_set + inhibition_up; 0, 2) - i)/tau_i
    de/dt = (W(e_set + entrenchment_up; 0, 1) - e)/tau_e
    lasting = b + a_g (g - 1) + a_i (1 - i) + a_e (e - e_ref)
    pain_level = W(lasting; 0, 10)        pain = W(lasting + g drive + pain_now; 0, 10)
    widespreadness = 1/(1 + exp(-(ln(w/(1 - w)) + c_g (g - 1) + c_e (e - e_ref))))
    temporal_summation = z_g (g - 1),  conditioned_modulation = z_i (i - 1),  sensory_sensitivity = z_s (g - 1)

    g  central gain relative to general adults, 0 to 3         i  descending inhibition, relative, 0 to 2
    e  entrenchment: how settled pain has become, 0 to 1       b  habitual rating of the person, 0 to 10
    w  share of body regions that hurt at the reference person (claim)      z  turns one SD of a state into one SD of a test
    W  smooth bound with slope at most 1 (`maths.within`)      tau  in days
    drive  peripheral drive in points, amplified by the gain   pain_now  attention, appraisal, context, in points
    Left out: firing rates and synapses (variant "full"); the daily curve of pain (its mean over a day is zero, and the study
    that printed it examines the model); opioids and monoamines one by one; learning within a day.
    Reproduces: nothing published on its own, the equations are ours. The stand-in loop beside it (variants "latch", "full")
    reproduces its reference values in tests/published/test_nervous.py.
    Raises nothing: a value outside its range cannot be reached.
    """

    system = "nervous"
    feeds = "the published anchor says nothing about fibromyalgia: equations here are ours"
    central_gain = State(low=0.0, high=3.0, start="gain_set", doc="central gain of pain processing")
    inhibition = State(low=0.0, high=2.0, start="inhibition_set", doc="descending inhibition of pain")
    entrenchment = State(low=0.0, high=1.0, start="entrenchment_set", doc="how settled pain has become")
    gain_up = Port(combine="sum", shifts="central_gain")
    inhibition_up = Port(combine="sum", shifts="inhibition")
    entrenchment_up = Port(combine="sum", shifts="entrenchment")
    drive = Port(unit="point", combine="sum", shifts="pain", doc="peripheral drive, before central gain")
    pain_now = Port(unit="point", combine="sum", shifts="pain", doc="attention, appraisal and context of the moment")
    gain_set = Parameter()
    inhibition_set = Parameter()
    entrenchment_set = Parameter()
    gain_time = Parameter(unit="day")
    inhibition_time = Parameter(unit="day")
    entrenchment_time = Parameter(unit="day")
    gain_daily = Parameter(unit="1/day")
    inhibition_daily = Parameter(unit="1/day")
    edge = Parameter(doc="width of the bend at a bound")
    pain_base = Parameter(unit="point")
    pain_edge = Parameter(unit="point")
    pain_per_gain = Parameter(unit="point")
    pain_per_inhibition = Parameter(unit="point")
    pain_per_entrenchment = Parameter(unit="point")
    pain_high = Parameter(unit="point", doc="end of the rating scale")
    entrenchment_usual = Parameter()
    spread_usual = Parameter(doc="share of body regions that hurt at the reference person")
    spread_per_gain = Parameter()
    spread_per_entrenchment = Parameter()
    summation_per_gain = Parameter()
    modulation_per_inhibition = Parameter()
    sensory_per_gain = Parameter()
    pain = Readout(unit="point", low=0.0, high=10.0, doc="expected rating of average pain")
    pain_level = Readout(unit="point", low=0.0, high=10.0, doc="the same without what arrives at the ports")
    widespreadness = Readout(low=0.0, high=1.0, doc="expected share of body regions that hurt")
    temporal_summation = Readout(doc="SDs above general adults")
    conditioned_modulation = Readout(doc="SDs above general adults; higher is more inhibition")
    sensory_sensitivity = Readout(doc="SDs above general adults")

    @staticmethod
    def readouts(v: View) -> Equations:
        """Ratings, spread and test results."""
        lasting = (
            v.pain_base
            + v.pain_per_gain * (v.central_gain - 1)
            + v.pain_per_inhibition * (1 - v.inhibition)
            + v.pain_per_entrenchment * (v.entrenchment - v.entrenchment_usual)
        )
        odds = (
            log(v.spread_usual / (1 - v.spread_usual))
            + v.spread_per_gain * (v.central_gain - 1)
            + v.spread_per_entrenchment * (v.entrenchment - v.entrenchment_usual)
        )
        now = lasting + v.central_gain * v.drive + v.pain_now
        return {
            "pain": within(now, 0, v.pain_high, v.pain_edge),
            "pain_level": within(lasting, 0, v.pain_high, v.pain_edge),
            "widespreadness": logistic(odds),
            "temporal_summation": v.summation_per_gain * (v.central_gain - 1),
            "conditioned_modulation": v.modulation_per_inhibition * (v.inhibition - 1),
            "sensory_sensitivity": v.sensory_per_gain * (v.central_gain - 1),
        }

    @staticmethod
    def drift(v: View) -> Equations:
        """Each state returns to its set point."""
        return _returning(v, v.gain_set + v.gain_up)

    @staticmethod
    def noise(v: View) -> Equations:
        """Day-to-day pushes on gain and inhibition; entrenchment has none."""
        return {"central_gain": v.gain_daily, "inhibition": v.inhibition_daily}


class NervousLatch(Nervous):
    r"""Central gain as a latching switch: a loop of excitation that, once up, holds itself up when inhibition is weak (ours).

    dg/dt = (W(g_set + gain_up + lift; 0, 3) - g)/tau_g
    v = F(i0 + s (g - 1)),  c = b H(v; K, 4),  r = theta (H(v; K, 2) + H(c; K, 2))/2
    lift = b H(c; K, 4)/(1 + a i r)/s            H(x; K, n) = x^n/(K^n + x^n),  F(x) = (x + sqrt(x^2 + e^2))/2

    v, c, r  firing of thalamus, cortex and reticular nucleus, no unit, at balance with the slow gain
    a        strength of the inhibition that the thalamus receives, at descending inhibition i = 1
    b, K, theta, i0  of the loop; s  firing per unit of gain; e  width of the floor under v
    The slow reduction of the loop in variant "full": same resting points. Weaker inhibition takes it from one resting point to
    two; a person starts on the lower one.
    Left out: everything faster than days. It stands in for a published loop model whose equations we do not have.
    Reproduces: one to two resting points, hysteresis, both folds, tests/published/test_nervous.py. Ours.
    """

    variant = "latch"
    loop_input = Parameter(doc="firing of the thalamus at rest")
    loop_strength = Parameter(doc="strength of excitation")
    loop_half = Parameter(doc="firing at which a connection works at half strength")
    loop_threshold = Parameter(doc="strength of the reticular nucleus")
    loop_inhibition = Parameter(doc="strength of inhibition of the thalamus at usual descending inhibition")
    firing_per_gain = Parameter(doc="firing per unit of central gain")
    firing_edge = Parameter(doc="width of the floor under firing")

    @staticmethod
    def drift(v: View) -> Equations:
        """As the dial, with a self-exciting aim."""
        firing = _floor(v.loop_input + v.firing_per_gain * (v.central_gain - 1), v.firing_edge)
        cortex = v.loop_strength * hill(firing, v.loop_half, 4)
        reticular = v.loop_threshold * (hill(firing, v.loop_half, 2) + hill(cortex, v.loop_half, 2)) / 2
        lift = v.loop_strength * hill(cortex, v.loop_half, 4) / (1 + v.loop_inhibition * v.inhibition * reticular)
        return _returning(v, v.gain_set + v.gain_up + lift / v.firing_per_gain)


class NervousFull(NervousLatch):
    r"""The loop itself, in fractions of a second, with the slow gain following the thalamus (ours; stand-in).

    dv/dt = (F(i0 + s (g_set + gain_up - 1)) + b H(c; K, 4)/(1 + a i r) - v)/tau
    dc/dt = (b H(v; K, 4) - c)/tau       dr/dt = (theta (H(v; K, 2) + H(c; K, 2))/2 - r)/tau
    dg/dt = (W(1 + (v - i0)/s; 0, 3) - g)/tau_g

    Symbols as in variant "latch"; tau  time constant of firing, below a second
    Left out: spikes, delays, further nuclei, hormones. It stands in for a published loop model whose equations we do not have.
    Reproduces: the resting points of the stand-in at five strengths of inhibition, tests/published/test_nervous.py.
    """

    variant = "full"
    fast = ("thalamus", "cortex", "reticular")
    thalamus = State(low=0.0, start="loop_input", doc="firing of the ventroposterolateral thalamus")
    cortex = State(low=0.0, start=0.0, doc="firing of the somatosensory cortex")
    reticular = State(low=0.0, start=0.0, doc="firing of the thalamic reticular nucleus")
    firing_time = Parameter(unit="day")

    @staticmethod
    def drift(v: View) -> Equations:
        """Firing of three nuclei, and the gain that follows."""
        arriving = _floor(v.loop_input + v.firing_per_gain * (v.gain_set + v.gain_up - 1), v.firing_edge)
        excited = v.loop_strength * hill(v.cortex, v.loop_half, 4) / (1 + v.loop_inhibition * v.inhibition * v.reticular)
        both = (hill(v.thalamus, v.loop_half, 2) + hill(v.cortex, v.loop_half, 2)) / 2
        return _returning(v, 1 + (v.thalamus - v.loop_input) / v.firing_per_gain) | {
            "thalamus": (arriving + excited - v.thalamus) / v.firing_time,
            "cortex": (v.loop_strength * hill(v.thalamus, v.loop_half, 4) - v.cortex) / v.firing_time,
            "reticular": (v.loop_threshold * both - v.reticular) / v.firing_time,
        }


class NervousDriven(Nervous):
    r"""Central gain kept up by drive: it follows what the periphery sends, and falls when that stops (ours).

    dg/dt = (W(1 + o (g_set - 1) + gain_up + follow drive; 0, 3) - g)/tau_g

    o  how much of the person's own setting counts, 0 to 1      follow  gain per point of peripheral drive, above 0
    Left out: as in the dial. Reproduces: gain that comes back when drive stops, tests/published/test_nervous.py. Ours.
    """

    variant = "driven"
    own_share = Parameter()
    follow = Parameter(unit="1/point")

    @staticmethod
    def drift(v: View) -> Equations:
        """As the dial, with the peripheral drive in its aim."""
        return _returning(v, 1 + v.own_share * (v.gain_set - 1) + v.gain_up + v.follow * v.drive)


def _returning(v: View, aim: Any) -> Equations:
    """Drift of the three slow states when the gain aims at `aim`."""
    return {
        "central_gain": (within(aim, 0, 3, v.edge) - v.central_gain) / v.gain_time,
        "inhibition": (within(v.inhibition_set + v.inhibition_up, 0, 2, v.edge) - v.inhibition) / v.inhibition_time,
        "entrenchment": (within(v.entrenchment_set + v.entrenchment_up, 0, 1, v.edge) - v.entrenchment)
        / v.entrenchment_time,
    }


def _floor(value: Any, edge: Any) -> Any:
    """A smooth max(value, 0) that cannot overflow, wherever a search for a resting point wanders."""
    return (value + sqrt(value**2 + edge**2)) / 2
