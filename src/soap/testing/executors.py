"""A pytest plugin: the same tests whoever does the heavy work, this process, local ones or a Dask cluster.

`pytest_plugins = ["soap.testing.executors"]` in a `conftest.py` gives the fixtures `scheduler`, `everybodys_scheduler`
and `dask_server`, started once a session when first asked for. With `--scheduler dask` all services work on the
cluster that are not told who works, by a test or by SOAP_SCHEDULER. `--note-work` and `--only-work` find, and then run,
the tests whose own part gives work out: for these alone it matters who works on which back end.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import FunctionType
from typing import Any

import pytest

import soap.services
from soap.services.work import HERE, Workers, workers
from soap.testing import servers
from soap.testing.backends import has_own

KINDS = ("local", "dask")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option that chooses who works."""
    parser.addoption("--scheduler", choices=KINDS, help="let heavy work be done by these alone, in all tests")
    parser.addoption("--note-work", metavar="FILE", help="note there which tests give work out")
    parser.addoption("--only-work", metavar="FILE", help="run the tests alone that were noted there")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Note a test that gives work out itself; what its fixtures do is noted with the tests that are about it."""
    noted = item.config.getoption("--note-work")
    if not noted:
        return (yield)
    given: list[None] = []
    each = Workers.each

    def counted(*asked: Any, **named: Any) -> Iterator[Any]:
        for result in each(*asked, **named):
            given.append(None)
            yield result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workers, "each", counted)
        result = yield
    if given:
        with (item.config.rootpath / noted).open("a", encoding="utf-8") as file:
            file.write(f"{_of_all_parameters(item)}\n")
    return result


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that were not noted, where only those are asked for."""
    noted = config.getoption("--only-work")
    if noted:
        names = set((config.rootpath / noted).read_text(encoding="utf-8").splitlines())
        config.hook.pytest_deselected(items=[one for one in items if _of_all_parameters(one) not in names])
        items[:] = [one for one in items if _of_all_parameters(one) in names]


def _of_all_parameters(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def vary_schedulers(metafunc: pytest.Metafunc) -> None:
    """Let a test that takes `scheduler` run with local processes, and with Dask where slow tests are run."""
    if "scheduler_kind" not in metafunc.fixturenames or has_own(metafunc, "scheduler_kind"):
        return
    chosen = metafunc.config.getoption("--scheduler")
    dask = pytest.param("dask", marks=pytest.mark.slow)
    metafunc.parametrize("scheduler_kind", [chosen] if chosen else ["local", dask])


@pytest.fixture(scope="session")
def dask_server(s3_server: servers.S3) -> Iterator[servers.Dask]:
    """A Dask scheduler with two workers, who reach the session's S3, for this session."""
    with servers.dask(workers=2, surroundings=s3_server.surroundings) as server:
        yield server


@pytest.fixture
def scheduler(scheduler_kind: str, request: pytest.FixtureRequest) -> str:
    """What SOAP_SCHEDULER would be: empty for local processes, or the URL of a Dask scheduler."""
    return request.getfixturevalue("dask_server").url if scheduler_kind == "dask" else ""


@pytest.fixture(scope="session")
def everybodys_scheduler(request: pytest.FixtureRequest) -> Iterator[str]:
    """What SOAP_SCHEDULER is to be in all tests: empty unless `--scheduler dask` was given."""
    if request.config.getoption("--scheduler") != "dask":
        yield ""
        return
    url = request.getfixturevalue("dask_server").url
    with workers(url) as crew, unless_told(crew):
        yield url


@contextmanager
def unless_told(crew: Workers) -> Iterator[None]:
    """For the block, the services that are not told who works give their tasks to the `crew`."""
    before = [(function, function.__defaults__, function.__kwdefaults__) for function in _that_work()]
    for function, at_place, by_name in before:
        function.__defaults__ = tuple(crew if one is HERE else one for one in at_place or ()) or None
        function.__kwdefaults__ = {name: crew if one is HERE else one for name, one in (by_name or {}).items()} or None
    try:
        yield
    finally:
        for function, at_place, by_name in before:
            function.__defaults__, function.__kwdefaults__ = at_place, by_name


def _that_work() -> set[FunctionType]:
    """The functions of the services that do their tasks themselves unless told otherwise."""
    modules = [import_module(one.name) for one in pkgutil.walk_packages(soap.services.__path__, "soap.services.")]
    found = {one for module in modules for _, one in inspect.getmembers(module, inspect.isfunction)}
    return {one for one in found if any(value is HERE for value in _defaults(one))}


def _defaults(function: Callable[..., Any]) -> list[Any]:
    return [parameter.default for parameter in inspect.signature(function).parameters.values()]
