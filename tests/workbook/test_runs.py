"""Generated from nbs/workbook/11_runs.ipynb by `mlcourse export`; change the notebook instead."""
import tempfile
from mlcourse.workbook.ledger import recorded
from mlcourse.workbook.runs import Result
from mlcourse.workbook.runs import dependencies
from mlcourse.workbook.runs import failure
from mlcourse.workbook.runs import machine
from mlcourse.workbook.runs import over_seeds
from mlcourse.workbook.runs import record
from mlcourse.workbook.runs import row
from mlcourse.workbook.runs import seeds_table
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
        (project/'data'/'d').write_text('1')
        assert key()['data'] != base['data']


def test_what_one_machine_measured_is_found_again_beside_its_device_and_date():
    with tempfile.TemporaryDirectory() as folder:
        claims = [dict(id='zero-grad', statement='s', verdict='holds', measured={'x': 1}), dict(id='y', statement='s', verdict='skipped', measured={})]
        done = Result('a/b.ipynb', True, 1., 'p', claims=claims)
        [path] = record(Path(folder), [done])
        found = recorded(Path(folder))
        assert list(found) == ['zero-grad'] and found['zero-grad'][0]['measured'] == {'x': 1} and found['zero-grad'][0]['device'] == machine()['device']


def test_a_failure_is_told_with_cell_line_and_copy_and_a_row_counts_what_was_skipped():
    failed = Result('a/b.ipynb', False, 1., '/x/a/b.ipynb', error=dict(cell='c3', line='1/0', message='ZeroDivisionError: division by zero'))
    assert failure(failed) == 'a/b.ipynb: ZeroDivisionError: division by zero\n  cell c3: 1/0\n  executed copy: /x/a/b.ipynb'
    fine = Result('a/b.ipynb', True, 1., 'p', claims=[dict(verdict='holds'), dict(verdict='skipped')], checks=3)
    assert '1/1 +1 skipped' in row(fine) and row(failed).endswith('FAILED') and set(machine()) == {'device', 'versions'}


def test_a_claim_that_fails_or_is_missing_on_one_seed_wavers():
    held = dict(id='a/b', verdict='holds', measured={'x': 1.})
    rows = over_seeds({0: [held], 1: [held | {'verdict': 'fails', 'measured': {'x': 3.}}], 2: []})
    assert (rows[0]['held'], rows[0]['wavered'], rows[0]['figures']) == (1, [1, 2], {'x': (1., 3.)})
    assert 'WAVERED on 1, 2' in seeds_table(rows) and 'x 1.00 to 3.00' in seeds_table(rows)
    assert 'held' in seeds_table(over_seeds({0: [held], 1: [held]}))
