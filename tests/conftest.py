"Fixtures shared by all tests."
from pathlib import Path

import pytest
from harness import write_notebook


@pytest.fixture(scope='session')
def project() -> Path:
    "The project's root."
    return Path(__file__).resolve().parents[1]


@pytest.fixture
def small(tmp_path, monkeypatch) -> Path:
    "The root of a project with one notebook, a/fine."
    monkeypatch.delenv('MLCOURSE_WORK', raising=False)
    monkeypatch.setenv('MLCOURSE_ROOT', str(tmp_path))
    write_notebook(tmp_path/'nbs'/'a'/'fine.ipynb', "from mlcourse.workbook.ledger import claim\n"
                   "claim('workbook-small/fine', 'The seed is a number', seed >= 0, seed=seed)",
                   parameters='seed: int = 0  # seeds everything\nrate: float = .1  # step size\nname: str = "x"  # a name')
    (tmp_path/'nbs'/'curriculum.yml').write_text('{}\n')
    (tmp_path/'nbs'/'profiles.yml').write_text('full:\n  a/fine: {seed: 3}\n')
    return tmp_path
