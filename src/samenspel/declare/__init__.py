"""The language systems are written in, and `Model`, the frozen data that engines run."""

from samenspel.declare.model import Model as Model
from samenspel.declare.system import Accumulator as Accumulator
from samenspel.declare.system import Decision as Decision
from samenspel.declare.system import Input as Input
from samenspel.declare.system import Parameter as Parameter
from samenspel.declare.system import Pool as Pool
from samenspel.declare.system import Port as Port
from samenspel.declare.system import Readout as Readout
from samenspel.declare.system import Stage as Stage
from samenspel.declare.system import State as State
from samenspel.declare.system import Switch as Switch
from samenspel.declare.system import System as System
from samenspel.declare.trace import Trace as Trace
from samenspel.declare.trace import trace as trace
