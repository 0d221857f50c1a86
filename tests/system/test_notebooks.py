"Every notebook as one test: executed by papermill under the quick profile, taken from the cache when nothing it depends on changed."
import os
from pathlib import Path

import pytest

from mlcourse.workbook.project import notebooks
from mlcourse.workbook.reports import failure
from mlcourse.workbook.runs import run

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize('name', [str(n) for n in notebooks(PROJECT)])
def test_notebook(name):
    [result] = run(PROJECT, [name], workers=int(os.environ.get('PYTEST_XDIST_WORKER_COUNT', 1)))
    assert result.ok, failure(result)
