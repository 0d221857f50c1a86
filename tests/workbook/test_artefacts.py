"""Generated from nbs/workbook/06_artefacts.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
import pandas as pd
import pytest
import tempfile
from mlcourse.workbook.artefacts import load
from mlcourse.workbook.artefacts import save
from mlcourse.workbook.artefacts import ship
from mlcourse.workbook.project import Refusal
from pathlib import Path


def test_every_format_comes_back_as_it_went_and_the_learner_s_own_comes_first():
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv('MLCOURSE_WORK', folder)
        for value in ({'a': [1, .5, 'x']}, {'w': np.eye(2, dtype='float32')}, b'onnx', pd.DataFrame({'n': [1, 2]})):
            save('test-thing', value)
            back = load('test-thing')
            if isinstance(value, pd.DataFrame): pd.testing.assert_frame_equal(back, value)
            elif isinstance(value, dict) and 'w' in value: np.testing.assert_array_equal(back['w'], value['w'])
            else: assert back == value
        assert len(list((Path(folder)/'artefacts').iterdir())) == 1


def test_a_wrong_hash_a_missing_name_a_bad_name_and_a_type_without_a_format_are_refused():
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        (Path(folder)/'nbs').mkdir()
        (Path(folder)/'nbs'/'curriculum.yml').touch()
        patch.setenv('MLCOURSE_ROOT', folder)
        patch.setenv('MLCOURSE_WORK', f'{folder}/work')
        path = ship('budget', {'recall': .9}, '1_scoping/03_metrics')
        assert load('budget') == {'recall': .9}
        path.write_text('{"recall": 0.1}')
        with pytest.raises(Refusal, match="artefact 'budget': wanted sha256"): load('budget')
        with pytest.raises(Refusal, match="no artefact 'other'; the shipped ones are budget"): load('other')
        with pytest.raises(Refusal, match='lower-case words'): save('Bad Name', {})
        with pytest.raises(Refusal, match='wanted a dict, a frame'): save('thing', {1, 2})
