"""Drawing: one look for all figures, colours that colour-blind readers tell apart, SVG without clock or chance."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, RED, PURPLE, SKY = (
    "#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9"
)  # fmt: skip
INK, SOFT, FAINT = "#1b1f24", "#57606a", "#d0d7de"
"""M. Okabe and K. Ito, Color Universal Design, 2008."""

_STYLE: Any = {
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"],
    "font.size": 9.5, "axes.edgecolor": SOFT, "axes.labelcolor": INK, "text.color": INK,
    "xtick.color": SOFT, "ytick.color": SOFT, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 10.5, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.grid": False, "grid.color": FAINT, "grid.linewidth": 0.6,
    "legend.frameon": False, "legend.fontsize": 8.5, "svg.fonttype": "none", "svg.hashsalt": "soap",
    "figure.constrained_layout.use": True, "lines.linewidth": 1.6, "axes.unicode_minus": True,
}  # fmt: skip


@contextmanager
def canvas(width_in: float = 8.6, height_in: float = 3.2, **subplots: Any) -> Iterator[tuple[Figure, Any]]:
    """A figure and its axes (see `Figure.subplots`) in the house's style; no window system is touched."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as NewFigure

    with mpl.rc_context(_STYLE):
        drawn = NewFigure(figsize=(width_in, height_in))
        FigureCanvasSVG(drawn)
        yield drawn, drawn.subplots(**subplots)


def svg(drawn: Figure, alternative: str, simulated: bool = False) -> str:
    """The figure as inline SVG with a text for those who cannot see it; simulated data say so in the figure itself."""
    if simulated:
        drawn.text(0.995, 0.995, "SIMULATED", ha="right", va="top", color=RED, weight="bold", size=9)
    buffer = io.StringIO()
    drawn.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    label = alternative.replace("&", "and").replace('"', "'").replace("<", "").replace(">", "")
    return text.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
