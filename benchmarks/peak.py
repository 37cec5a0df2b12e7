"""What this processor can do at most: measured rates of fused multiply-adds and divisions, and the kernel's own counts."""

from __future__ import annotations

import collections
import re
import time
from typing import Any

from llvmlite import ir

from samenspel.engine.native import kernel as kernels
from samenspel.engine.native.vectors import Vectors

CHAINS = 12


def _loop(module: ir.Module, name: str, lanes: int, operation: str) -> None:
    """``name(times)``: independent chains of one operation; the result is kept by an impossible branch."""
    i64 = ir.IntType(64)
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [i64]), name)
    b = ir.IRBuilder(function.append_basic_block("entry"))
    entry, body, done = b.block, function.append_basic_block("body"), function.append_basic_block("done")
    v = Vectors(module, b, lanes, single=True)
    start = b.bitcast(b.shuffle_vector(b.insert_element(ir.Constant(v.words, ir.Undefined), b.trunc(function.args[0], v.word),
                      ir.Constant(v.word, 0)), ir.Constant(v.words, ir.Undefined),
                      ir.Constant(v.words, [ir.Constant(v.word, 0)] * lanes)), v.type)  # fmt: skip
    first = [b.fadd(start, v.number(1.1 + 0.1 * k)) for k in range(CHAINS)]
    b.branch(body)
    b.position_at_end(body)
    i = b.phi(i64)
    i.add_incoming(ir.Constant(i64, 0), entry)
    chains = [b.phi(v.type) for _ in range(CHAINS)]
    after: list[Any] = []
    for phi, begin in zip(chains, first, strict=True):
        phi.add_incoming(begin, entry)
        after.append(v.fma(phi, v.number(0.999), v.number(0.001)) if operation == "fma" else b.fdiv(v.number(1.5), phi))
    for phi, new in zip(chains, after, strict=True):
        phi.add_incoming(new, body)
    following = b.add(i, ir.Constant(i64, 1))
    i.add_incoming(following, body)
    b.cbranch(b.icmp_signed("<", following, function.args[0]), body, done)
    b.position_at_end(done)
    total = after[0]
    for new in after[1:]:
        total = b.fadd(total, new)
    sink = ir.GlobalVariable(module, v.type, name + "_sink")
    sink.initializer = ir.Constant(v.type, None)
    sink.align = 64
    b.store(total, sink, align=64)
    b.ret_void()


def rates(isa: str = "host", times: int = 2_000_000) -> dict[str, float]:
    """Single-precision results per second of one processor, best of five: fma, div."""
    lanes = kernels.target(isa).lanes

    def build() -> tuple[str, dict[str, Any]]:
        module = ir.Module("peak")
        for operation in ("fma", "div"):
            _loop(module, operation, lanes, operation)
        return str(module), {}

    code = kernels.kernel("peak-2", isa, build)
    out: dict[str, float] = {}
    for operation, n in (("fma", times), ("div", times // 4)):
        call, best = code.function(operation, 1), float("inf")
        call(1000)
        for _ in range(5):
            start = time.process_time()
            call(n)
            best = min(best, time.process_time() - start)
        out[operation] = n * CHAINS * lanes / best
    return out


def counts(assembly: str, functions: tuple[str, ...], lanes: int) -> dict[str, float]:
    """Arithmetic instructions of these functions together, in units of `lanes` numbers: fma, mul, add, div."""
    found: collections.Counter[str] = collections.Counter()
    inside = False
    for line in assembly.splitlines():
        label = re.match(r'^"?([A-Za-z_]\w*)"?:', line)
        if label:
            inside = label.group(1) in functions
        mark = re.match(r"\s+v(fn?m(?:add|sub)|mul|add|sub|div)\d*ps\s+(.*)", line)
        if inside and mark:
            width = 16 if "zmm" in mark.group(2) else 8 if "ymm" in mark.group(2) else 4
            name = mark.group(1)
            found["fma" if name.startswith("f") else "add" if name == "sub" else name] += width / lanes
    return {name: found[name] for name in ("fma", "mul", "add", "div")}
