"""Generated from nbs/workbook/01_project.ipynb by `mlcourse export`; change the notebook instead."""
import pytest
import tempfile
from mlcourse.workbook.project import Refusal
from mlcourse.workbook.project import check_id
from mlcourse.workbook.project import notebooks
from mlcourse.workbook.project import root
from mlcourse.workbook.project import write_atomically
from pathlib import Path


def test_the_root_is_found_from_a_folder_below_it_and_its_absence_is_one_line():
    assert (root()/'nbs'/'curriculum.yml').exists()
    assert notebooks(root())[0] == Path('index.ipynb')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('MLCOURSE_ROOT', '/nowhere')
        with pytest.raises(Refusal, match='no mlcourse project at /nowhere'): root()


def test_an_id_is_one_of_the_curriculum_or_refused_with_the_nearest_ones():
    assert check_id('bank-slopes/published') == 'bank-slopes/published'
    with pytest.raises(Refusal, match='did you mean .*bank-slopes'): check_id('bank-slope')
    with pytest.raises(Refusal, match='lower-case words'): check_id('Bank slopes')


def test_a_file_is_replaced_whole_and_an_impossible_place_is_one_line():
    with tempfile.TemporaryDirectory() as folder:
        path = write_atomically(Path(folder)/'a'/'b.txt', 'one')
        write_atomically(path, 'two')
        assert (path.read_text(), len(list(path.parent.iterdir()))) == ('two', 1)
        with pytest.raises(Refusal, match='cannot write'): write_atomically(path/'below-a-file', 'x')
