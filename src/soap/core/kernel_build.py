"""Machine code of a kernel, made by numba once an installation; see `soap.core.kernel`.

It is made in a process of its own, so that who asks for it first pays the time, but neither keeps the compiler's memory
nor falls with it. That process is this module as a program: it writes the code to its standard output.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from importlib import import_module
from typing import Any

import numpy as np

from soap.core.kernel import ENTRY, Kinds, packed, parameter_types, target_machine, unpacked

_RUNTIME = frozenset(("memcpy", "memmove", "memset"))
"""What every process has."""

_UNFIT = b"not by itself"
_LONGEST_S = 900


def dispatcher(module: str, name: str) -> Any:
    """The kernel as numba has it."""
    return getattr(import_module(module), name)


def machine_code(module: str, name: str, kinds: Kinds) -> bytes | None:
    """The code of `compiled`, made in another process; in this one where no other can be started."""
    command = [sys.executable, "-P", "-m", __name__, module, name, *kinds]
    paths = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    try:
        made = subprocess.run(  # noqa: S603 # this interpreter, and words of our own
            command, env=paths, stdin=subprocess.DEVNULL, capture_output=True, timeout=_LONGEST_S
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        made = b""
    return None if made == _UNFIT else unpacked(made) or compiled(module, name, kinds)


def compiled(module: str, name: str, kinds: Kinds) -> bytes | None:
    """Object code whose function `ENTRY` is the kernel; None where that would need more than its arguments.

    All that the kernel calls is made its own and optimized with it. What is then left over of other functions would
    have to be found where it runs.
    """
    import numba
    from llvmlite import binding

    kernel = dispatcher(module, name)
    if not hasattr(kernel, "py_func"):  # NUMBA_DISABLE_JIT: a plain function
        return None
    types = tuple(map(_numba_type, kinds))
    options = {key: value for key, value in kernel.targetoptions.items() if key != "nopython"}
    # Not the kernel itself: of what came from numba's cache there is no text.
    made = numba.njit(**options)(kernel.py_func)
    made.compile(types)
    found = made.overloads[types]
    if found.signature.return_type not in (numba.types.none, numba.types.int64):
        return None
    program = binding.parse_assembly(made.inspect_llvm(types))
    entry = program.get_function(found.fndesc.llvm_func_name)
    if not _called_as_expected(entry, kinds):
        return None
    for function in program.functions:
        if not function.is_declaration and function.name != entry.name:
            function.linkage = "internal"
    entry.linkage = "external"
    machine = target_machine()
    passes = binding.create_pass_builder(machine, binding.create_pipeline_tuning_options(speed_level=3))
    passes.getModulePassManager().run(program, passes)
    if _needed(program):
        return None
    program.get_function(found.fndesc.llvm_func_name).name = ENTRY
    return bytes(machine.emit_object(program))


def _called_as_expected(entry: Any, kinds: Kinds) -> bool:
    """True where the function takes what `soap.core.kernel` will hand it."""
    expected: list[type] = [ctypes.c_void_p, ctypes.c_void_p]
    for kind in kinds:
        expected += parameter_types(kind)
    has = [ctypes.c_void_p if one.type.is_pointer else str(one.type) for one in entry.arguments]
    return has == [one if one is ctypes.c_void_p else "i64" for one in expected]


def _needed(program: Any) -> list[str]:
    """Names that the program uses and does not hold."""
    names = [one.name for one in (*program.functions, *program.global_variables) if one.is_declaration]
    return [name for name in names if not name.startswith("llvm.") and name not in _RUNTIME]


def _numba_type(kind: str) -> Any:
    from numba import from_dtype, types

    if kind == "i":
        return types.int64
    number, _, shape = kind.partition(":")
    return types.Array(from_dtype(np.dtype(number)), int(shape.rstrip("r")), "C", readonly=shape.endswith("r"))


if __name__ == "__main__":
    code = compiled(sys.argv[1], sys.argv[2], tuple(sys.argv[3:]))
    sys.stdout.buffer.write(packed(code) if code else _UNFIT)
