"""Generated from nbs/workbook/12_reports.ipynb by `mlcourse export`; change the notebook instead."""
import json
import os
import pytest
import tempfile
from mlcourse.workbook.ledger import recorded
from mlcourse.workbook.project import Refusal
from mlcourse.workbook.reports import REPORT
from mlcourse.workbook.reports import failure
from mlcourse.workbook.reports import grid
from mlcourse.workbook.reports import junit
from mlcourse.workbook.reports import machine
from mlcourse.workbook.reports import merge
from mlcourse.workbook.reports import over_seeds
from mlcourse.workbook.reports import record
from mlcourse.workbook.reports import row
from mlcourse.workbook.reports import seeds_table
from mlcourse.workbook.reports import sweep_rows
from mlcourse.workbook.reports import sweep_table
from mlcourse.workbook.reports import write_report
from mlcourse.workbook.reports import write_sweep
from mlcourse.workbook.runs import Result
from pathlib import Path
from xml.etree import ElementTree


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
    fine = Result('a/b.ipynb', True, 1., 'p', claims=[dict(id='a', statement='s', verdict='holds'), dict(id='b', statement='s', verdict='skipped')], checks=3)
    assert '1/1 +1 skipped' in row(fine) and row(failed).endswith('FAILED') and set(machine()) == {'device', 'versions'}
    cases = ElementTree.fromstring(junit([failed, fine])).findall('testcase')
    assert [c.find('failure') is None for c in cases] == [False, True] and 'cell c3: 1/0' in cases[0].find('failure').text


def test_a_report_holds_what_report_says_and_shards_merge_into_it_the_newest_result_of_each_notebook():
    with tempfile.TemporaryDirectory() as folder:
        shards = [Path(folder)/'one', Path(folder)/'two']
        for age, (shard, names) in enumerate(zip(shards, (['a', 'b'], ['b', 'c']))):
            for name in names:
                shard.mkdir(exist_ok=True)
                (shard/f'{name}.ipynb').write_text('{}')
                (shard/f'{name}.json').write_text(json.dumps(vars(Result(f'{name}.ipynb', True, 1. + age, 'elsewhere'))))
                os.utime(shard/f'{name}.json', (age, age))
        results = merge(shards, Path(folder)/'all')
        assert {r.notebook: r.seconds for r in results} == {'a.ipynb': 1, 'b.ipynb': 2, 'c.ipynb': 2}
        assert all(Path(r.path).exists() for r in results)
        report = json.loads(write_report(Path(folder), Path(folder)/'all', 'quick', results).read_text())
        assert set(report) == set(REPORT) and all(set(row) == set(REPORT['notebooks']) for row in report['notebooks'])
        with pytest.raises(Refusal, match='holds no executed notebooks'): merge([Path(folder)/'nowhere'], Path(folder)/'x')


def test_a_claim_that_fails_or_is_missing_on_one_seed_wavers():
    held = dict(id='a/b', verdict='holds', measured={'x': 1.})
    rows = over_seeds({0: [held], 1: [held | {'verdict': 'fails', 'measured': {'x': 3.}}], 2: []})
    assert (rows[0]['held'], rows[0]['wavered'], rows[0]['figures']) == (1, [1, 2], {'x': (1., 3.)})
    assert 'WAVERED on 1, 2' in seeds_table(rows) and 'x 1.00 to 3.00' in seeds_table(rows)
    assert 'held' in seeds_table(over_seeds({0: [held], 1: [held]}))


def test_a_grid_has_every_combination_and_a_sweep_s_figures_come_back_as_table_and_plot():
    assert grid({'lr': '1e-3,1e-2', 'seed': '0'}) == [dict(lr='1e-3', seed='0'), dict(lr='1e-2', seed='0')] and grid({}) == [{}]
    points = [Result('a/b.ipynb', True, 1., 'p', dict(lr=lr), [dict(id='x/y', statement='s', verdict=verdict, measured={'loss': 10*lr})])
              for lr, verdict in ((.1, 'holds'), (.2, 'fails'))]
    table = sweep_table(sweep_rows(points), ['lr']).splitlines()
    assert table[0].split() == ['lr', '0.1', '0.2'] and table[1].split() == ['x/y', 'loss', '1.00', '2.00!']
    with tempfile.TemporaryDirectory() as folder:
        written = write_sweep(points, ['lr'], Path(folder))
        assert [p.name for p in written] == ['sweep.csv', 'sweep.svg'] and 'a/b.ipynb,x/y,fails,loss,0.2,2.0' in written[0].read_text()
