"""Central pain processing: gain, descending inhibition, entrenchment, and the pain that is read from them."""

from __future__ import annotations

from samenspel.declare import Parameter, Port, Readout, State, System
from samenspel.declare.maths import logistic, within
from samenspel.declare.system import Equations


class Nervous(System):
    r"""Central gain as a dial: it returns to each person's own set point, moved by what arrives.

    dg/dt = (W(g_set + gain_up; 0, 3) - g)/tau_g        di/dt = (W(i_set + inhibition_up; 0, 2) - i)/tau_i
    de/dt = (W(e_set + entrenchment_up; 0, 1) - e)/tau_e
    pain_level = W(b + a_g (g - 1) + a_i (1 - i) + a_e (e - e_ref); 0, 10);   pain adds drive and pain_now inside W

    g   central gain, relative to general adults, 0 to 3        i  descending inhibition, relative, 0 to 2
    e   entrenchment: how settled pain is, 0 to 1               b  habitual rating of the person, 0 to 10
    W   smooth bound with slope at most 1 (`maths.within`); tau in days
    Left out: firing rates and synapses (milliseconds); the daily curve of pain; anything learned within a day.
    Reproduces: nothing published on its own; ours. The switch of the published loop model stands beside it as a variant.
    """

    system = "nervous"
    feeds = "the published anchor says nothing about fibromyalgia: equations here are ours"
    central_gain = State(low=0.0, high=3.0, start="gain_set", doc="central gain of pain processing")
    inhibition = State(low=0.0, high=2.0, start="inhibition_set", doc="descending inhibition of pain")
    entrenchment = State(low=0.0, high=1.0, start="entrenchment_set", doc="how settled pain has become")
    gain_up = Port(combine="sum", shifts="central_gain")
    inhibition_up = Port(combine="sum", shifts="inhibition")
    entrenchment_up = Port(combine="sum", shifts="entrenchment")
    drive = Port(unit="point", combine="sum", shifts="pain", doc="peripheral drive")
    pain_now = Port(unit="point", combine="sum", shifts="pain", doc="attention, appraisal and context of the moment")
    gain_set = Parameter()
    inhibition_set = Parameter()
    entrenchment_set = Parameter()
    gain_time = Parameter(unit="day")
    inhibition_time = Parameter(unit="day")
    entrenchment_time = Parameter(unit="day")
    gain_daily = Parameter(unit="1/day")
    edge = Parameter(doc="width of the bend at a bound")
    pain_base = Parameter(unit="point")
    pain_edge = Parameter(unit="point")
    pain_per_gain = Parameter(unit="point")
    pain_per_inhibition = Parameter(unit="point")
    pain_per_entrenchment = Parameter(unit="point")
    pain_high = Parameter(unit="point", doc="end of the rating scale")
    entrenchment_usual = Parameter()
    spread_usual = Parameter(doc="log odds of a painful region at the reference person")
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
    def _lasting(v):
        return (
            v.pain_base
            + v.pain_per_gain * (v.central_gain - 1)
            + v.pain_per_inhibition * (1 - v.inhibition)
            + v.pain_per_entrenchment * (v.entrenchment - v.entrenchment_usual)
        )

    @staticmethod
    def readouts(v) -> Equations:
        """Ratings, spread and test results."""
        lasting = Nervous._lasting(v)
        odds = (
            v.spread_usual
            + v.spread_per_gain * (v.central_gain - 1)
            + v.spread_per_entrenchment * (v.entrenchment - v.entrenchment_usual)
        )
        return {
            "pain": within(lasting + v.drive + v.pain_now, 0, v.pain_high, v.pain_edge),
            "pain_level": within(lasting, 0, v.pain_high, v.pain_edge),
            "widespreadness": logistic(odds),
            "temporal_summation": v.summation_per_gain * (v.central_gain - 1),
            "conditioned_modulation": v.modulation_per_inhibition * (v.inhibition - 1),
            "sensory_sensitivity": v.sensory_per_gain * (v.central_gain - 1),
        }

    @staticmethod
    def drift(v) -> Equations:
        """Each state returns to its set point."""
        return Nervous._with_gain(v, v.gain_set + v.gain_up)

    @staticmethod
    def _with_gain(v, aim) -> Equations:
        return {
            "central_gain": (within(aim, 0, 3, v.edge) - v.central_gain) / v.gain_time,
            "inhibition": (within(v.inhibition_set + v.inhibition_up, 0, 2, v.edge) - v.inhibition) / v.inhibition_time,
            "entrenchment": (within(v.entrenchment_set + v.entrenchment_up, 0, 1, v.edge) - v.entrenchment)
            / v.entrenchment_time,
        }

    @staticmethod
    def noise(v) -> Equations:
        """Day-to-day push on the gain."""
        return {"central_gain": v.gain_daily}


class NervousLatch(Nervous):
    r"""Central gain as a latching switch: beyond a threshold it holds itself up (ours).

    dg/dt = (W(g_set + gain_up + hold / (1 + exp(-(g - theta)/width)); 0, 3) - g)/tau_g

    hold  how far the switch lifts the aim, 0 to 2     theta  gain at which half of it is reached     width  its steepness
    Two resting points exist where hold/(4 width) > 1 and the aim lies between the folds; see tests/published/test_nervous.
    """

    variant = "latch"
    hold = Parameter()
    threshold = Parameter()
    width = Parameter()

    @staticmethod
    def drift(v) -> Equations:
        """As the dial, with a self-exciting aim."""
        lift = v.hold * logistic((v.central_gain - v.threshold) / v.width)
        return Nervous._with_gain(v, v.gain_set + v.gain_up + lift)


class NervousDriven(Nervous):
    r"""Central gain kept up by drive: it follows what the periphery sends, and falls when that stops (ours).

    dg/dt = (W(g_set + gain_up + follow drive; 0, 3) - g)/tau_g

    follow  gain per point of peripheral drive, above 0
    """

    variant = "driven"
    follow = Parameter(unit="1/point")

    @staticmethod
    def drift(v) -> Equations:
        """As the dial, with the peripheral drive in its aim."""
        return Nervous._with_gain(v, v.gain_set + v.gain_up + v.follow * v.drive)
