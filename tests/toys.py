"""Small systems about nothing medical: each holds one construct of the language, with a known answer."""

from samenspel.declare import Accumulator, Decision, Input, Parameter, Pool, Port, Readout, Stage, State, System
from samenspel.declare.maths import exp


class Tank(System):
    """One leaky tank with a day-to-day push: dx/dt = (set + inflow - x)/tau + s z."""

    system = "tank"
    level = State(unit="m", start="set_level")
    inflow = Port(unit="m", combine="sum", shifts="level")
    tap = Input(unit="m")
    set_level = Parameter(unit="m")
    tau = Parameter(unit="day")
    push = Parameter(unit="m/day")
    double = Readout(unit="m")
    mean_level = Accumulator(unit="m", of="level", how="mean")
    highest = Accumulator(unit="m", of="level", how="max")

    @staticmethod
    def readouts(v):
        return {"double": 2 * v.level}

    @staticmethod
    def drift(v):
        return {"level": (v.set_level + v.inflow + v.tap - v.level) / v.tau}

    @staticmethod
    def noise(v):
        return {"level": v.push}


class Pump(System):
    """A growth that a product port speeds up, bounded by its own square."""

    system = "pump"
    speed = State(start=1.0, low=0.0)
    boost = Port(combine="product", shifts="speed")
    rate = Parameter(unit="1/day")

    @staticmethod
    def drift(v):
        return {"speed": v.rate * v.speed * (v.boost - v.speed)}


class Clerk(System):
    """Two conditions with constant rates, a decision with a fixed probability, a queue for a counter."""

    system = "clerk"
    desk = Stage(conditions=("free", "busy"), start="free")
    calls = Decision()
    counter = Pool(capacity="places")
    worry = Port(combine="hazard", shifts="mood")
    mood = State(start=0.0)
    busy_rate = Parameter(unit="1/day")
    free_rate = Parameter(unit="1/day")
    chance = Parameter()
    places = Parameter()
    tau = Parameter(unit="day")

    @staticmethod
    def drift(v):
        return {"mood": -v.mood / v.tau}

    @staticmethod
    def hazards(v):
        return {"desk": {("free", "busy"): v.busy_rate * v.worry, ("busy", "free"): v.free_rate}}

    @staticmethod
    def decisions(v):
        return {"calls": v.chance}

    @staticmethod
    def requests(v):
        return {"counter": v.calls}


class Town(System):
    """A society state: stock moves toward the mean height of the townspeople; and a daily map that counts days."""

    system = "town"
    height = State(start="own")
    days = State(start=0.0)
    stock = State(start=0.0, scope="society")
    own = Parameter()
    tau = Parameter(unit="day")
    pull = Parameter()

    @staticmethod
    def drift(v):
        return {"height": (v.own - v.height) / v.tau}

    @staticmethod
    def daily(v):
        return {"days": v.days + 1}

    @staticmethod
    def society(v):
        return {"stock": v.stock + v.pull * (v.mean_of("height") - v.stock)}


class Bell(System):
    """A bounded non-linear state for accuracy tests."""

    system = "bell"
    x = State(start=0.3, low=0.0, high=1.0)
    y = State(start=0.5)
    pull = Port(combine="sum", shifts="y")
    quick = Parameter(unit="1/day")
    slow = Parameter(unit="1/day")

    @staticmethod
    def drift(v):
        return {
            "x": v.quick * (v.x * (1 - v.x) * (1 + v.y) - v.x * v.x),
            "y": v.slow * (exp(-v.x) + v.pull - v.y),
        }
