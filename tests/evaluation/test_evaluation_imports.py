"""Evaluation stays light: numpy alone until a distribution is needed."""

from __future__ import annotations

import subprocess
import sys


def test_import_loads_no_heavy_library():
    code = (
        "import sys, thirdeye.evaluation.evidence, thirdeye.evaluation.compare; "
        "heavy = {'scipy', 'sklearn', 'pandas', 'torch', 'matplotlib'} & set(sys.modules); "
        "sys.exit(', '.join(sorted(heavy)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
