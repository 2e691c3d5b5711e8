"""Kernels called as machine code that is kept, without the compiler that made it.

numba compiles a kernel once an installation. What it made for this processor is kept as object code, and later
processes load it by LLVM's binding alone: waking numba costs each process 0.4 s and 110 MiB before the first loop runs.
The code lies where numba keeps its own: beside the kernel's module, else in the user's cache folder, or where
`NUMBA_CACHE_DIR` says. Its name is a digest of all that it depends on, so that what is stale is never found; a damaged
file is made anew.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

Kinds = tuple[str, ...]
"""What the arguments are: `i` for a whole number; for an array number type, dimensions, and `r` if it is read-only."""

ENTRY = "soap_kernel"
"""Name of the function in the object code."""

_MARK = b"SOAP kernel 1\n"
_ONE_AT_A_TIME = threading.Lock()


class Kernel:
    """The function `name` of a module of numba kernels, called with C-ordered arrays and whole numbers.

    It gives a whole number, 0 where the function gives nothing. Arguments of other kinds (number types, dimensions) are
    another piece of machine code, made when they are first met. What needs more than its arguments, as a function that
    makes arrays, runs by numba itself.
    """

    def __init__(self, module: str, name: str):
        self._module, self._name = module, name
        self._ready: dict[Kinds, Callable[..., int]] = {}

    def __call__(self, *arguments: np.ndarray | int) -> int:
        kinds = tuple(map(_kind, arguments))
        if kinds not in self._ready:
            with _ONE_AT_A_TIME:
                if kinds not in self._ready:
                    self._ready[kinds] = self._prepared(kinds)
        return self._ready[kinds](*arguments)

    def _prepared(self, kinds: Kinds) -> Callable[..., int]:
        names = [
            folder / f"{self._module.rpartition('.')[2]}.{self._name}-{self._digest(kinds)}.o"
            for folder in _folders(self._module)
        ]
        code = next((code for path in names if (code := _read(path))), None)
        if code is None:
            from soap.core.kernel_build import dispatcher, machine_code

            code = machine_code(self._module, self._name, kinds)
            if code is None:
                function = dispatcher(self._module, self._name)
                return lambda *arguments: int(function(*arguments) or 0)
            _keep(code, names)
        return _loaded(code, kinds)

    def _digest(self, kinds: Kinds) -> str:
        """Twenty characters that stand for the sources, the compilers, the processor and the kinds."""
        return sha256(
            "\n".join([_sources(self._module), _machine(), self._module, self._name, *kinds]).encode()
        ).hexdigest()[:20]


def _kind(argument: np.ndarray | int) -> str:
    if not isinstance(argument, np.ndarray):
        if isinstance(argument, int | np.integer):
            return "i"
        raise TypeError(f"A kernel takes arrays and whole numbers, not {type(argument).__name__}")
    if not argument.flags.c_contiguous or not argument.flags.aligned or not argument.dtype.isnative:
        raise TypeError("A kernel takes arrays in C order, aligned, in the machine's byte order")
    return f"{argument.dtype.str[1:]}:{argument.ndim}{'' if argument.flags.writeable else 'r'}"


@cache
def _sources(module: str) -> str:
    """Digest of all sources beside the kernel's, of which some hold what it calls, and of those that compile it."""
    digest = sha256()
    for folder in (_folder(module), Path(__file__).parent):
        for path in sorted(folder.glob("*.py" if folder != Path(__file__).parent else "kernel*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


@cache
def _machine() -> str:
    """The processor and the compilers."""
    from importlib.metadata import version

    import llvmlite

    target, name, features = processor()
    return " ".join((target, name, features, version("numba"), llvmlite.__version__))


def processor() -> tuple[str, str, str]:
    """Triple, name and features of the processor, as LLVM has them; features are empty where it cannot tell."""
    from llvmlite import binding

    features = ""
    with suppress(RuntimeError):
        features = binding.get_host_cpu_features().flatten()
    return binding.get_process_triple(), binding.get_host_cpu_name(), features


def target_machine() -> Any:
    """LLVM's machine that kernels are compiled for and loaded by, set as numba sets its own."""
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    triple, name, features = processor()
    target = binding.Target.from_triple(triple)
    reloc = "static" if target.name.startswith("x86") else "pic" if target.name.startswith("ppc") else "default"
    return target.create_target_machine(
        cpu=name, features=features, opt=3, reloc=reloc, codemodel="jitdefault", jit=True
    )


def _folder(module: str) -> Path:
    found = find_spec(module)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"There is no module {module} of kernels")
    return Path(found.origin).parent


def _folders(module: str) -> list[Path]:
    """Where machine code may lie, the first that can be written to being the one where it will."""
    if told := os.environ.get("NUMBA_CACHE_DIR"):
        return [Path(told) / "soap"]
    places = [_folder(module) / "__pycache__"]
    with suppress(RuntimeError):  # no home: this process compiles for itself
        home = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
        places.append((Path(home) if home else Path.home() / ".cache") / "soap" / "kernels")
    return places


def _read(path: Path) -> bytes | None:
    try:
        return unpacked(path.read_bytes())
    except OSError:
        return None


def packed(code: bytes) -> bytes:
    """Machine code with the digest that tells whether it is whole."""
    return _MARK + sha256(code).digest() + code


def unpacked(held: bytes) -> bytes | None:
    """Machine code out of what `packed` made; None where it is not whole."""
    code = held[len(_MARK) + 32 :]
    return code if held == packed(code) else None


def _keep(code: bytes, names: list[Path]) -> None:
    """Write the code into the first folder that takes it; none is no harm but to the next process's time."""
    for path in names:
        written = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            written.write_bytes(packed(code))
            written.replace(path)
            return
        except OSError:
            with suppress(OSError):
                written.unlink(missing_ok=True)


def _loaded(code: bytes, kinds: Kinds) -> Callable[..., int]:
    """The function of object code, called as numba calls: an array is two owners (none), size, step, start, shape."""
    from llvmlite import binding

    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), target_machine())
    engine.add_object_file(binding.ObjectFileRef.from_data(code))
    engine.finalize_object()
    types: list[type] = [ctypes.c_void_p, ctypes.c_void_p]
    for kind in kinds:
        types += parameter_types(kind)
    function = ctypes.CFUNCTYPE(ctypes.c_int32, *types)(engine.get_function_address(ENTRY))

    def call(*arguments: np.ndarray | int, engine: object = engine) -> int:
        given: list[object] = []
        for one in arguments:
            if isinstance(one, np.ndarray):
                given += (None, None, one.size, one.itemsize, one.ctypes.data, *one.shape, *one.strides)
            else:
                given.append(int(one))
        told, raised = ctypes.c_int64(), ctypes.c_void_p()
        if function(ctypes.byref(told), ctypes.byref(raised), *given) != 0:
            raise RuntimeError("A kernel raised, which none may")
        return told.value

    return call


def parameter_types(kind: str) -> list[type]:
    """C types by which an argument is passed."""
    if kind == "i":
        return [ctypes.c_int64]
    sizes = 2 * int(kind.partition(":")[2].rstrip("r"))
    return [
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_int64,
        ctypes.c_int64,
        ctypes.c_void_p,
        *[ctypes.c_int64] * sizes,
    ]
