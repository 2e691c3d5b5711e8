"""What a system is made of: names, readers, methods, quality controls and simulators, handed down to services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from soap.core.errors import NotFound
from soap.core.names import Variable, by_name
from soap.formats import Reader
from soap.formats.derivation import Derivation
from soap.science.method import Method
from soap.science.quality_control import QualityControl
from soap.science.simulator import Simulator


@dataclass(frozen=True)
class Composition:
    """A system's parts. Built once, by a module in `soap.systems`; nothing below looks entry points up."""

    name: str
    names: tuple[Variable, ...] = ()
    readers: tuple[Reader, ...] = ()
    methods: tuple[Method, ...] = ()
    simulators: Mapping[str, Simulator] = field(default_factory=dict)
    quality_controls: tuple[QualityControl, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    reference: str = field(default="", compare=False)
    """Where other processes find it, `module:name`: a composition, or a function that gives it."""
    application: str = field(default="", compare=False)
    """Where other processes find its ASGI application, `module:name` of a function that gives it."""

    def __post_init__(self) -> None:
        by_name(self.names)
        for kind, parts in (("reader", self.readers), ("method", self.methods), ("derivation", self.derivations)):
            names = [part.name for part in parts]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"The {kind}(s) {', '.join(twice)} are declared by more than one domain.")

    @property
    def portable(self) -> bool:
        """True when other processes find this composition under its reference, and not another."""
        return bool(self.reference) and found(self.reference) == self

    def __reduce__(self) -> tuple:
        if not self.portable:
            raise TypeError(f"The composition {self.name} is not what {self.reference or 'any reference'} leads to.")
        return found, (self.reference,)

    def method(self, name: str) -> Method:
        """The method of that name; `NotFound` lists those there are."""
        for method in self.methods:
            if method.name == name:
                return method
        raise NotFound(f"There is no method {name!r}; there are: {', '.join(sorted(m.name for m in self.methods))}.")

    def derivation(self, name: str) -> Derivation:
        """The derivation of that name; `NotFound` lists those there are."""
        for derivation in self.derivations:
            if derivation.name == name:
                return derivation
        known = ", ".join(sorted(one.name for one in self.derivations)) or "none"
        raise NotFound(f"There is no derivation {name!r}; there are: {known}.")

    def reader(self, name: str) -> Reader:
        """The reader of that name; `NotFound` lists those there are."""
        for reader in self.readers:
            if reader.name == name:
                return reader
        raise NotFound(f"There is no reader {name!r}; there are: {', '.join(sorted(r.name for r in self.readers))}.")


@cache
def found(reference: str) -> Composition:
    """The composition under a reference."""
    module, _, name = reference.partition(":")
    there: Any = getattr(import_module(module), name)
    return there if isinstance(there, Composition) else there()
