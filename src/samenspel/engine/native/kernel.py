"""From LLVM text to callable machine code, kept in the user's own cache.

An entry is a JSON header line (what the code expects) followed by an object file. Its key names everything the code was
made from: what is computed, the generator's own sources, the version of llvmlite, processor and features. The store
checks owner and checksum; whatever is damaged or foreign counts as absent and is built again.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import logging
import platform
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from samenspel.quantities.errors import SamenspelError
from samenspel.store import Store, sources

log = logging.getLogger(__name__)
KIND = "kernel"
OBJECT = b"\x7fELF"  # what the loader crashes without
NARROW = "+avx2,+fma,+avx,+bmi,+bmi2,+f16c"
WIDE = NARROW + ",+avx512f,+avx512dq,+avx512vl,+avx512bw,+avx512cd,-prefer-256-bit"
QUICK, THOROUGH = 0, 1  # effort of the compiler's last stage: registers and order of instructions
_LOADED: dict[str, Kernel] = {}
_LOCK = threading.Lock()


@dataclass(frozen=True)
class Target:
    """Processor and features that code is made for."""

    cpu: str
    features: str
    lanes: int  # single-precision numbers in one register

    def registers(self, width: int, single: bool) -> int:
        """How many registers a vector of `width` numbers takes."""
        return -(-width * (1 if single else 2) // self.lanes)


@dataclass(frozen=True, eq=False)
class Kernel:
    """Loaded code; `engine` owns it and must stay alive."""

    header: dict[str, Any]
    engine: Any

    def function(self, name: str, arguments: int) -> Callable[..., None]:
        """A C function of whole numbers and addresses; calls let other threads run."""
        address = self.engine.get_function_address(name)
        return ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * arguments)(address)


@cache
def unavailable() -> str | None:
    """Why this machine cannot run the native engine, or None."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return f"its code is for x86-64, not {platform.machine()}"
    try:
        has = _host_features()
    except Exception as fault:  # a missing or broken library of any kind means the other engine
        return f"llvmlite does not work here ({type(fault).__name__}: {fault})"
    missing = [f for f in ("avx2", "fma") if not has.get(f)]
    return f"the processor has no {' or '.join(missing)}" if missing else None


@cache
def _host_features() -> dict[str, bool]:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return dict(llvm.get_host_cpu_features())


def target(isa: str = "host") -> Target:
    """The target named `host`, `avx2` or `avx512`.

    Raises `SamenspelError` for an instruction set that this processor does not have.
    """
    import llvmlite.binding as llvm

    has = _host_features()
    wide = all(has.get(f) for f in ("avx512f", "avx512dq", "avx512vl", "avx512bw"))
    if isa == "avx2":
        return Target("x86-64-v3", NARROW, 8)
    if isa == "avx512" and wide:
        return Target("x86-64-v4", WIDE, 16)
    if isa != "host":
        raise SamenspelError(f"this processor cannot run {isa!r} code.", cure="Use 'host' or 'avx2'.")
    features = ",".join(f"{'+' if on else '-'}{name}" for name, on in sorted(has.items()))
    return Target(llvm.get_host_cpu_name(), features + (",-prefer-256-bit" if wide else ""), 16 if wide else 8)


@cache
def generator() -> str:
    """The version of the library that compiles the code, and a digest of the sources that write it."""
    import llvmlite

    return f"{llvmlite.__version__} {sources('engine/native')}"


def kernel(
    what: str, isa: str, build: Callable[[], tuple[str, dict[str, Any]]], *, quick: bool = False
) -> Kernel:
    """Code for what the text `what` fully says, from memory, from the store, or from `build` (LLVM text and header).

    `quick`: for little work, code made in a quarter of the time that runs at a half of the speed is good enough; the same
    operations in the same order, so the same bits.
    """
    aim = target(isa)
    names = [what, f"quick {what}"] if quick else [what]
    keys = [hashlib.sha256("\n".join((n, generator(), aim.cpu, aim.features)).encode()).hexdigest() for n in names]
    with _LOCK:
        for key in keys:
            found = _LOADED.get(key) or _from_store(key)
            if found is not None:
                return _LOADED.setdefault(key, found)
        return _LOADED.setdefault(keys[-1], _made(keys[-1], aim, build, quick))


def _from_store(key: str) -> Kernel | None:
    data = Store().get(KIND, key)
    if data is None:
        return None
    text, _, code = data.partition(b"\n")
    try:
        header = json.loads(text)
        if header["code"] != hashlib.sha256(code).hexdigest() or not code.startswith(OBJECT):
            raise ValueError("no code of ours")
        return _load(header, code)
    except (ValueError, KeyError, TypeError, RuntimeError) as fault:
        log.warning("kernel %s cannot be loaded (%s); it is made again", key[:12], fault)
        return None


def _made(key: str, aim: Target, build: Callable[[], tuple[str, dict[str, Any]]], quick: bool) -> Kernel:
    text, header = build()
    code = compile_object(text, aim, QUICK if quick else THOROUGH)
    header["code"] = hashlib.sha256(code).hexdigest()
    try:
        Store().put(KIND, key, json.dumps(header, sort_keys=True).encode() + b"\n" + code)
    except SamenspelError as fault:
        log.warning("kernel not kept: %s", fault)
    return _load(header, code)


def _machine(aim: Target, effort: int = THOROUGH) -> Any:
    import llvmlite.binding as llvm

    return llvm.Target.from_default_triple().create_target_machine(
        cpu=aim.cpu, features=aim.features, opt=effort, reloc="pic", codemodel="small", jit=True
    )


def _verified(text: str, aim: Target, effort: int = THOROUGH) -> tuple[Any, Any]:
    """The module and its target machine. The text is straight code already: passes over it take long and gain nothing."""
    import llvmlite.binding as llvm

    module = llvm.parse_assembly(text)
    module.verify()
    return module, _machine(aim, effort)


def compile_object(text: str, aim: Target, effort: int = THOROUGH) -> bytes:
    """Machine code, as an object file, for LLVM text."""
    module, machine = _verified(text, aim, effort)
    return machine.emit_object(module)


def assembly(text: str, isa: str = "host") -> str:
    """Readable machine code, for counting instructions."""
    module, machine = _verified(text, target(isa))
    return machine.emit_assembly(module)


def _load(header: dict[str, Any], code: bytes) -> Kernel:
    import llvmlite.binding as llvm

    _host_features()
    empty = llvm.parse_assembly("")
    engine = llvm.create_mcjit_compiler(empty, _machine(target()))
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return Kernel(header, engine)
