"""Units, names, and the one kind of error a user's mistake raises."""

from samenspel.quantities.errors import SamenspelError as SamenspelError
from samenspel.quantities.errors import UnitMismatch as UnitMismatch
from samenspel.quantities.names import nearest as nearest
from samenspel.quantities.units import Dimensioned as Dimensioned
from samenspel.quantities.units import Unit as Unit
from samenspel.quantities.units import parse_unit as parse_unit
