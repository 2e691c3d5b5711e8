"""Methods as they declare themselves, with null rates that a binomial law allows."""

import pytest
from pydantic import Field

from soap.core.who import Viewer
from soap.science.method import Method, NullRate, Parameters
from soap.services import methods as service
from soap.services.composition import Composition
from soap.systems.seismo_ionospheric import composition


class Bound(Parameters):
    bound: float = Field(description="A bound that must be told.")


def test_all_are_listed_by_name_and_their_lead_in_told():
    found = service.methods(Viewer("guest"), composition())
    assert [one.name for one in found] == sorted(one.name for one in composition().methods)
    told = {one.name: service.lead_in(one) for one in found}
    assert told["anomaly_quartile_liu_2004"] == "PT360H"  # the 15 days of Liu et al. (2004)
    assert told["preparation_zone_dobrovolsky_1979"] == "PT0S"


def test_a_detector_has_a_null_rate_near_that_of_its_paper():
    by_name = {one.name: service.null_rate(one) for one in composition().methods}
    assert all(
        (rate is not None) == (composition().method(name).null_rate is not None) for name, rate in by_name.items()
    )
    rate = by_name["anomaly_sigma_kon_2011"]
    # Kon et al. (2011) mark |z| > 2 of a mean and spread of 15 days: Student's t of 14 degrees, scaled by sqrt(16/15)
    from scipy.stats import t

    assert rate.n == service.NULL_SAMPLES
    assert rate.value == pytest.approx(2 * t.sf(2 / (16 / 15) ** 0.5, 14), abs=0.01)


def test_a_method_whose_parameters_must_be_told_has_neither():
    one = Method(
        "made_nobody_2000", "Made up", "series", "series", Bound, lambda values, bound: values, "none",
        null_rate=lambda parameters, n, seed: NullRate(0.0, n, "none", seed),
    )  # fmt: skip
    system = Composition("one", methods=(one,))
    assert service.methods(Viewer("guest"), system) == (one,)
    assert (service.lead_in(one), service.null_rate(one)) == (None, None)
