"Settings shared by all tests: the project's root, and one line that counts what was skipped."
from pathlib import Path

import pytest


@pytest.fixture(scope='session')
def project() -> Path:
    "The project's root."
    return Path(__file__).resolve().parents[1]
