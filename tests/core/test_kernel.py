"""Kernels as machine code that is kept: what they give is what the same function gives in plain Python."""

import importlib
import os
import subprocess
import sys

import numpy as np
import pytest

from soap.core import kernel_build
from soap.core.kernel import Kernel

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


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module of kernels in a folder of its own."""
    (tmp_path / "made_kernels.py").write_text(SOURCE)
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("soap.core.kernel._sources", lambda module: SOURCE)
    sys.modules.pop("made_kernels", None)
    importlib.invalidate_caches()
    yield "made_kernels"
    sys.modules.pop("made_kernels", None)


def arguments():
    octets = np.frombuffer(bytes([1, 0, 3]), np.uint8)
    return octets, np.arange(-4.0, 8.0).reshape(3, 4), np.zeros(3), 2


def kept(tmp_path):
    return sorted(path.name.split("-")[0] for path in (tmp_path / "__pycache__").glob("*.o"))


def test_gives_what_plain_python_gives(module, tmp_path):
    ours, theirs = arguments(), arguments()
    count = Kernel(module, "accumulate")(*ours)
    plain = importlib.import_module(module)
    sums = [sum(max(cell, 0.0) for cell in row) * 2 * octet for row, octet in zip(theirs[1], theirs[0], strict=True)]
    assert ours[2].tolist() == sums == [0.0, 0.0, 132.0]
    assert count == plain.accumulate.py_func(*theirs) == 1
    assert Kernel(module, "clear")(ours[2], np.array([True, True, False])) == 0
    assert ours[2].tolist() == [0.0, 0.0, 0.0]
    assert kept(tmp_path) == ["made_kernels.accumulate", "made_kernels.clear"]


def test_is_not_made_again(module, monkeypatch):
    Kernel(module, "clear")(np.ones(2), np.ones(2, bool))
    monkeypatch.setattr(kernel_build, "machine_code", None)  # not callable: who asks for it, fails
    sums = np.ones(2)
    Kernel(module, "clear")(sums, np.array([True, False]))
    assert sums.tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    "damage", [lambda code: b"", lambda code: code[:-1], lambda code: code[:99] + b"?" + code[100:]]
)
def test_damaged_code_is_made_anew(module, tmp_path, damage):
    Kernel(module, "clear")(np.ones(2), np.ones(2, bool))
    (path,) = (tmp_path / "__pycache__").glob("*.o")
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    sums = np.ones(2)
    Kernel(module, "clear")(sums, np.array([True, False]))
    assert sums.tolist() == [1.0, 0.0]
    assert len(path.read_bytes()) == len(whole)


def test_what_needs_more_than_itself_runs_by_numba(module, tmp_path):
    assert Kernel(module, "average")(np.ones(4)) == 8
    assert kept(tmp_path) == []


def test_nowhere_to_keep_it_is_no_harm(module, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "made_kernels.py"))  # a file, no folder
    sums = np.ones(2)
    Kernel(module, "clear")(sums, np.array([True, False]))
    assert sums.tolist() == [1.0, 0.0]


@pytest.mark.parametrize("wrong", [np.ones(4)[::2], np.ones(2, ">f8"), [1.0, 2.0], 1.5, np.ones((2, 2)).T])
def test_arrays_of_another_kind_are_refused(module, wrong):
    with pytest.raises(TypeError, match="A kernel takes arrays"):
        Kernel(module, "clear")(wrong, np.ones(2, bool))


def test_of_a_changed_source_nothing_is_taken_over(module, tmp_path, monkeypatch):
    Kernel(module, "clear")(np.ones(2), np.ones(2, bool))
    monkeypatch.setattr("soap.core.kernel._sources", lambda module: "changed")
    Kernel(module, "clear")(np.ones(2), np.ones(2, bool))
    assert kept(tmp_path) == ["made_kernels.clear"] * 2


def test_a_later_process_wakes_no_compiler(module, tmp_path):
    program = (
        "import sys, numpy as np; from soap.core.kernel import Kernel; sums = np.ones(2);"
        "Kernel('made_kernels', 'clear')(sums, np.array([True, False])); assert sums.tolist() == [1.0, 0.0];"
        "print('numba' in sys.modules, 'scipy' in sys.modules)"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True,
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
        ).stdout.split()
        for _ in range(2)
    ]  # fmt: skip
    assert told[0][0] == "True"
    assert told[1] == ["False", "False"]


def test_with_numba_switched_off_it_is_plain_python(module, tmp_path):
    program = (
        "import numpy as np; from soap.core.kernel import Kernel; sums = np.ones(2);"
        "Kernel('made_kernels', 'clear')(sums, np.array([True, False])); assert sums.tolist() == [1.0, 0.0]"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(tmp_path), "NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert kept(tmp_path) == []
