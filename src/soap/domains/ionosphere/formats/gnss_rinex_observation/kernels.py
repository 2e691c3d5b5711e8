"""The kernels of observation files, as they are called."""

from __future__ import annotations

from soap.core.kernel import Kernel

_WALK, _VALUES = (f"{__package__}.{name}_kernel" for name in ("walk", "value"))

walk_second, walk_third, walk_compact = (Kernel(_WALK, f"walk_{kind}") for kind in ("second", "third", "compact"))
read_second, read_third, read_compact = (Kernel(_VALUES, f"read_{kind}") for kind in ("second", "third", "compact"))
has_values, finish = (Kernel(_VALUES, name) for name in ("has_values", "finish"))
