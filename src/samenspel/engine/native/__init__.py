"""The native engine: a model's tape as strict vector code for this processor, the same bits on every x86-64 with FMA.

Import from the modules: `run_native` needs llvmlite, `kernel.unavailable` says whether it works here.
"""
