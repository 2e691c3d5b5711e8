"""Kernels as machine code that is kept: what they give is what the same function gives in plain Python."""

import importlib
import os
import subprocess
import sys

import numpy as np
import pytest

from soap.core import kernel_build
from soap.core.kernel import Kernel

NAME = "made_kernels"
SOURCE = '''
from numba import njit

@njit(nogil=True)
def part(values, k):
    return values[k] if values[k] > 0 else 0.0

@njit(nogil=True)
def accumulate(octets, table, sums, factor):
    """Sums of a table's rows, times a factor, and how many of them are positive."""
    n = 0
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            sums[row] += part(table[row], column) * factor * octets[row]
        n += int(sums[row] > 0)
    return n

@njit(nogil=True)
def clear(sums, kept):
    for k in range(sums.shape[0]):
        if not kept[k]:
            sums[k] = 0.0

@njit(nogil=True)
def average(sums):
    """Makes an array of its own, which a function that stands alone cannot."""
    return int((sums + 1.0).sum())
'''


@pytest.fixture(scope="module")
def code_of_clear(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kernels")
    (folder / f"{NAME}.py").write_text(SOURCE)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        return kernel_build.machine_code(NAME, "clear", ("f8:1", "b1:1"))


@pytest.fixture
def compiler(monkeypatch, code_of_clear):
    """A compiler that has its answer, and the list of what it was asked for."""
    asked = []

    def answer(module, name, kinds):
        asked.append((module, name, kinds))
        return code_of_clear

    monkeypatch.setattr(kernel_build, "machine_code", answer)
    return asked


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where a module of kernels stands by itself."""
    (tmp_path / f"{NAME}.py").write_text(SOURCE)
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("soap.core.kernel._sources", lambda module: SOURCE)
    sys.modules.pop(NAME, None)
    importlib.invalidate_caches()
    yield tmp_path / "__pycache__"
    sys.modules.pop(NAME, None)


def kept(folder):
    return sorted(path.name.split("-")[0] for path in folder.glob("*.o"))


def cleared():
    """What a kernel that is asked for anew makes of two numbers, the second of which is to go."""
    sums = np.ones(2)
    assert Kernel(NAME, "clear")(sums, np.array([True, False])) == 0
    return sums.tolist()


def test_gives_what_plain_python_gives(folder):
    def arguments():
        octets = np.frombuffer(bytes([1, 0, 3]), np.uint8)
        return octets, np.arange(-4.0, 8.0).reshape(3, 4), np.zeros(3), 2

    ours, theirs = arguments(), arguments()
    count = Kernel(NAME, "accumulate")(*ours)
    assert NAME not in sys.modules  # another process compiled
    assert count == importlib.import_module(NAME).accumulate.py_func(*theirs) == 1
    assert ours[2].tolist() == theirs[2].tolist() == [0.0, 0.0, 2.0 * 3 * (4 + 5 + 6 + 7)]
    assert kept(folder) == [f"{NAME}.accumulate"]


def test_is_made_once(folder, compiler):
    assert cleared() == cleared() == [1.0, 0.0]
    assert compiler == [(NAME, "clear", ("f8:1", "b1:1"))]
    assert kept(folder) == [f"{NAME}.clear"]


@pytest.mark.parametrize(
    "damage", [lambda code: b"", lambda code: code[:-1], lambda code: code[:99] + b"?" + code[100:]]
)
def test_damaged_code_is_made_anew(folder, compiler, damage):
    cleared()
    (path,) = folder.glob("*.o")
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert cleared() == [1.0, 0.0]
    assert path.read_bytes() == whole
    assert len(compiler) == 2


def test_of_a_changed_source_nothing_is_taken_over(folder, compiler, monkeypatch):
    cleared()
    monkeypatch.setattr("soap.core.kernel._sources", lambda module: "changed")
    cleared()
    assert len(compiler) == 2
    assert kept(folder) == [f"{NAME}.clear"] * 2


def test_nowhere_to_keep_it_is_no_harm(tmp_path, compiler, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / f"{NAME}.py"))  # a file, no folder
    assert cleared() == cleared() == [1.0, 0.0]
    assert len(compiler) == 2


def test_what_needs_more_than_itself_runs_by_numba(folder):
    assert Kernel(NAME, "average")(np.ones(4)) == 8
    assert kept(folder) == []


def test_where_no_process_can_be_started_this_one_compiles(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert cleared() == [1.0, 0.0]


@pytest.mark.parametrize("wrong", [np.ones(4)[::2], np.ones(2, ">f8"), [1.0, 2.0], 1.5, np.ones((2, 2)).T])
def test_arrays_of_another_kind_are_refused(wrong):
    with pytest.raises(TypeError, match="A kernel takes arrays"):
        Kernel(NAME, "clear")(wrong, np.ones(2, bool))


@pytest.mark.parametrize("changed", [{}, {"NUMBA_DISABLE_JIT": "1"}])
def test_a_process_wakes_no_compiler_and_can_do_without_one(folder, compiler, changed, monkeypatch):
    """With numba switched off nothing is compiled, and kernels are plain functions."""
    program = (
        "import sys, numpy as np; from soap.core import kernel; kernel._sources = lambda module: sys.argv[1];"
        "sums = np.ones(2); kernel.Kernel('made_kernels', 'clear')(sums, np.array([True, False]));"
        "assert sums.tolist() == [1.0, 0.0]; print('numba' in sys.modules, 'scipy' in sys.modules)"
    )
    if not changed:
        cleared()
    run = subprocess.run(
        [sys.executable, "-c", program, SOURCE], capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(folder.parent)} | changed,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout.split()[0] == str(bool(changed))
