"""The native engine: a model's tape as strict vector code for this processor, the same bits on every x86-64 with FMA."""

from samenspel.engine.native.kernel import unavailable as unavailable
from samenspel.engine.native.run_native import run_native as run_native
