"""Model × people → trajectories; blind to medicine."""

from samenspel.engine.lattice import Schedule as Schedule
from samenspel.engine.lattice import StepPlan as StepPlan
from samenspel.engine.lattice import align as align
from samenspel.engine.people import Condition as Condition
from samenspel.engine.people import People as People
from samenspel.engine.people import Result as Result
from samenspel.engine.people import Table as Table
from samenspel.engine.people import Trajectories as Trajectories
from samenspel.engine.run import run as run
from samenspel.engine.run import simulate as simulate
from samenspel.engine.settle import habits as habits
from samenspel.engine.settle import settle as settle
