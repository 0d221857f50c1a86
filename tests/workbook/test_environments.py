"""Generated from nbs/workbook/09_environments.ipynb by `mlcourse export`; change the notebook instead."""
import pytest
import tempfile
from mlcourse.workbook.environments import environment_folder
from mlcourse.workbook.environments import environments
from mlcourse.workbook.environments import is_made
from mlcourse.workbook.environments import needed
from mlcourse.workbook.environments import run_in
from mlcourse.workbook.project import Refusal
from pathlib import Path


def test_an_undeclared_environment_is_refused_with_those_there_are_and_one_not_made_names_its_command():
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for part in ('nbs', 'envs'): (Path(folder)/part).mkdir()
        (Path(folder)/'nbs'/'curriculum.yml').touch()
        (Path(folder)/'envs'/'tiny.txt').write_text('no-such-package-of-mlcourse==0\n')
        patch.setenv('MLCOURSE_ROOT', folder)
        assert list(environments()) == ['tiny'] and not is_made('tiny')
        with pytest.raises(Refusal, match="no environment 'huge'; envs/ declares tiny"): environment_folder('huge')
        with pytest.raises(Refusal, match='run `mlcourse env tiny`'): run_in('tiny', 'print(1)')
        before = environment_folder('tiny')
        (Path(folder)/'envs'/'tiny.txt').write_text('another==0\n')
        assert environment_folder('tiny') != before
    sources = {'a': {'cells': [dict(cell_type='code', source="if is_made('mlmd'): run_in('mlmd', code)")]}}
    assert needed(sources) == ['mlmd']
