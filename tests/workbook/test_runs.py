"""Generated from nbs/workbook/11_runs.ipynb by `mlcourse export`; change the notebook instead."""
import tempfile
from mlcourse.workbook.runs import Result
from mlcourse.workbook.runs import _may_start
from mlcourse.workbook.runs import affordable
from mlcourse.workbook.runs import dependencies
from mlcourse.workbook.runs import exceeded
from mlcourse.workbook.runs import explain
from pathlib import Path


def test_prose_does_not_change_the_key_code_parameters_a_module_it_imports_and_the_data_do():
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project/'mlcourse'/'a').mkdir(parents=True)
        (project/'data').mkdir()
        (project/'mlcourse'/'a'/'b.py').write_text('from .c import x')  # as an export writes it
        (project/'mlcourse'/'a'/'c.py').write_text('x = 1')
        (project/'mlcourse'/'a'/'unused.py').write_text('x = 1')
        def nb(code, prose): return {'cells': [dict(cell_type='markdown', id='m', source=prose), dict(cell_type='code', id='c', source=code)]}
        code = 'from mlcourse.a.b import x'
        key = lambda code=code, prose='p', parameters={}: dependencies(project, nb(code, prose), parameters)
        base = key()
        assert {'mlcourse/a/b.py', 'mlcourse/a/c.py'} < set(base) and 'mlcourse/a/unused.py' not in base
        assert key(prose='other') == base
        assert key(code=code + '\nx') != base and key(parameters={'a': 1}) != base
        (project/'mlcourse'/'a'/'unused.py').write_text('x = 2')
        assert key() == base
        (project/'mlcourse'/'a'/'c.py').write_text('x = 2')
        assert {part for part in base if base[part] != key()[part]} == {'mlcourse/a/c.py'}
        (project/'data'/'cards.json').write_text('1')
        assert 'data/cards.json' not in key() and key(code='load("cards")')['data/cards.json'] != ''
        assert explain(base, base) == '' and explain(base | {'lock': ''}, base) == 'changed: lock' and explain(base, None) == 'never ran'


def test_two_kernels_start_ahead_of_their_turn_one_after_the_other_and_none_before_as_many_as_may_work_have_started():
    assert _may_start([], 1) and not _may_start(['starts'], 1) and _may_start(['starts'], 2)
    assert _may_start(['works', 'works'], 2) and not _may_start(['works', 'works', 'starts'], 2)
    assert _may_start(['works', 'works', 'waits'], 2) and not _may_start(['works', 'works', 'waits', 'waits'], 2)
    assert not _may_start(['works', 'works', 'waits', 'waits', 'ends'], 2) and _may_start(['works', 'ends', 'ends'], 2)


def test_as_many_at_a_time_as_memory_allows_and_a_budget_exceeded_is_told():
    assert affordable([100, 3000, 3000, 100], 6000, 4) == 2 and affordable([9000], 100, 4) == 1 and affordable([10]*8, 1000, 2) == 2
    slow = Result('a/b.ipynb', True, 70., 'p', peak_mb=100)
    assert exceeded(slow, {}) == '' and 'took 70 s, its budget is 60 s' in exceeded(slow, {'default': {'seconds': 60}})
    assert exceeded(slow, {'default': {'seconds': 60}, 'a/b': {'seconds': 90}}) == '' and 'held 100 MB' in exceeded(slow, {'default': {'memory_mb': 50}})
