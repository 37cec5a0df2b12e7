"""Units, names, rounding, and the one kind of error a user's mistake raises."""

from samenspel.quantities.dimensioned import Dimensioned as Dimensioned
from samenspel.quantities.errors import SamenspelError as SamenspelError
from samenspel.quantities.errors import UnitMismatch as UnitMismatch
from samenspel.quantities.names import hint as hint
from samenspel.quantities.names import nearest as nearest
from samenspel.quantities.names import unknown as unknown
from samenspel.quantities.rounding import half_up as half_up
from samenspel.quantities.rounding import percentage as percentage
from samenspel.quantities.rounding import shares as shares
from samenspel.quantities.units import Unit as Unit
from samenspel.quantities.units import conversion as conversion
from samenspel.quantities.units import parse_unit as parse_unit
