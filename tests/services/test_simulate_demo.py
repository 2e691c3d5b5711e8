"""The demo from end to end: the study finds the signal that was put in, and nothing where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from soap.core.settings import Settings
from soap.core.who import folder_owner
from soap.services import simulate as network
from soap.services.admin import open_archive
from soap.services.ingest import ingest
from soap.services.study.conduct import run
from soap.systems.seismo_ionospheric import composition

ME = folder_owner("test")
STUDY = Path(__file__).parents[2] / "studies" / "demo.toml"


def _result(folder: Path, inject_sigma: float) -> dict:
    made = network.simulate(ME, composition(), folder / "network", inject_sigma=inject_sigma, near_km=0.0)
    archive = open_archive(Settings(archive=folder / "archive"), create=True)
    assert not ingest(ME, archive, composition(), [made.observations]).quarantined
    return run(ME, archive, composition(), STUDY, folder / "study")


@pytest.mark.slow
def test_finds_the_signal_and_only_the_signal(tmp_path):
    """2/61 is the smallest two-sided p that 60 distinct shifts can give; without signal chance does as much often."""
    found, nothing = _result(tmp_path / "signal", 2.0), _result(tmp_path / "none", 0.0)
    assert found["p_value"]["circular_shift"] <= 2 / 61 + 1e-9
    assert found["p_value"]["worst"] <= 0.05
    assert found["p_value"]["random_times"] < 0.01
    assert found["statistic"] == pytest.approx(2.0, abs=0.7)  # sigma put in, sigma found
    assert nothing["p_value"]["worst"] > 0.2
    assert abs(nothing["statistic"]) < 0.6
    assert found["simulated"]
