"""Studies: declared before they are run, with surrogates, controls and power, and the same bytes for the same inputs.

`run`, `rerun` and `case` are the doors; `spec` says what a study file may hold.
"""

from soap.services.study.case import case
from soap.services.study.conduct import conduct, run
from soap.services.study.rerun import Change, Comparison, rerun
from soap.services.study.spec_file import read_study

__all__ = ["Change", "Comparison", "case", "conduct", "read_study", "rerun", "run"]
