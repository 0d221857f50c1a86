"What a run says and keeps: why a notebook runs, sweeps, shards that come together, budgets, reports."
import csv
import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from harness import MLCOURSE, command, finish, write_notebook

from mlcourse.workbook.cli import main

CLAIM = ("from mlcourse.workbook.ledger import claim\n"
         "claim('{id}', 'the seed is below 3', seed < 3, twice=2*seed)")


@pytest.fixture
def three(small):
    "A project with three notebooks more: one claims, one does nothing, one reads data."
    write_notebook(small/'nbs'/'a'/'claims.ipynb', CLAIM.format(id='workbook-small/claims'))
    write_notebook(small/'nbs'/'a'/'idle.ipynb', 'seed')
    write_notebook(small/'nbs'/'a'/'reads.ipynb', "import os\nopen(os.environ['MLCOURSE_ROOT'] + '/data/' + 'cards.csv').read()")
    (small/'data').mkdir(exist_ok=True)
    (small/'data'/'cards.csv').write_text('1\n')
    return small


def explained(project, *arguments):
    "notebook -> why it would run"
    status, out, err = finish(command(project, 'run', '--explain', *arguments))
    assert (status, err) == (0, '')
    return dict(line.split(': ', 1) for line in out.splitlines())


def test_explain_names_what_changed_and_runs_nothing(three):
    names = ['a/claims', 'a/reads']
    assert explained(three, *names) == {name: 'never ran' for name in names} and not (three/'_build'/'runs'/'quick'/'a'/'claims.ipynb').exists()
    assert finish(command(three, 'run', *names))[0] == 0
    assert explained(three, *names) == {name: 'cached' for name in names}
    nb = json.loads((three/'nbs'/'a'/'claims.ipynb').read_text())
    nb['cells'].append(dict(cell_type='markdown', id='prose', metadata={}, source='More prose.'))
    (three/'nbs'/'a'/'claims.ipynb').write_text(json.dumps(nb))
    assert explained(three, *names) == {name: 'cached' for name in names}, 'prose is not among what a result depends on'
    (three/'data'/'cards.csv').write_text('2\n')
    assert explained(three, *names) == {'a/claims': 'cached', 'a/reads': 'changed: data/cards.csv'}
    (three/'requirements.lock').write_text('torch==9\n')
    assert explained(three, *names) == {'a/claims': 'changed: lock', 'a/reads': 'changed: data/cards.csv, lock'}
    assert explained(three, 'a/claims', '-p', 'seed=1') == {'a/claims (seed=1)': 'never ran'}


def test_a_sweep_gives_one_table_and_one_plot(three):
    status, out, err = finish(command(three, 'run', 'a/claims', '-p', 'seed=0,1,2,3'))
    assert status == 1 and '3 of 4 runs passed' in out and 'the seed is below 3' in err
    header, row = [line.split() for line in out.split('\n\n')[1].splitlines()]
    assert header == ['seed', '0', '1', '2', '3'] and row == ['workbook-small/claims', 'twice', '0', '2', '4', '6!']
    folder = three/'_build'/'runs'/'quick+seed=sweep'
    rows = list(csv.DictReader((folder/'sweep.csv').open()))
    assert [(r['seed'], r['verdict'], r['value']) for r in rows] == [('0', 'holds', '0'), ('1', 'holds', '2'), ('2', 'holds', '4'), ('3', 'fails', '6')]
    assert (folder/'sweep.svg').read_text().startswith('<?xml')


def test_shards_come_together_as_one_report(three, tmp_path):
    shards = []
    for k in (1, 2, 3):
        assert finish(command(three, 'run', '--shard', f'{k}/3'))[0] == 0
        shards.append(tmp_path/f'shard{k}')
        shutil.move(three/'_build'/'runs'/'quick', shards[-1])
    names = [p.relative_to(shard).as_posix() for shard in shards for p in shard.rglob('*.ipynb')]
    assert sorted(names) == sorted(set(names)) and len(names) == len(list((three/'nbs').rglob('*.ipynb')))
    status, out, err = finish(command(three, 'merge', *map(str, shards)))
    assert status == 0 and f'{len(names)} of {len(names)} notebooks passed; 2 of 2 claims held' in out
    folder = three/'_build'/'runs'/'quick'
    report = json.loads((folder/'report.json').read_text())
    assert report['schema'] == 2 and report['ok'] and sorted(n['notebook'] for n in report['notebooks']) == sorted(names)
    assert sorted(c['id'] for c in json.loads((folder/'ledger.json').read_text())) == ['workbook-small/claims', 'workbook-small/fine']
    assert set(explained(three).values()) == {'cached'}, 'what a shard ran need not run here'


@pytest.mark.parametrize('arguments, words', [
    (['run', '--shard', '3/2'], "--shard wants K/N with 1 <= K <= N, such as 2/5, got '3/2'"),
    (['run', '--address', 'x:1'], '--address belongs to --engine ray'),
    (['merge', 'nowhere'], 'nowhere holds no executed notebooks; wanted a folder like _build/runs/quick'),
])
def test_misuse_is_one_line(three, capsys, arguments, words):
    assert main(arguments) == 2 and words in capsys.readouterr().err


def test_a_notebook_over_its_budget_fails_and_says_so(three):
    (three/'nbs'/'budgets.yml').write_text('default: {seconds: 60}\na/claims: {memory_mb: 1}\na/idle: {seconds: 0}\n')
    status, out, err = finish(command(three, 'run', 'a/claims', 'a/idle', 'a/reads'))
    assert status == 1 and '1 of 3 notebooks passed' in out
    assert 'MB, its budget is 1 MB (nbs/budgets.yml)' in err and 'its budget is 0 s (nbs/budgets.yml)' in err
    assert finish(command(three, 'run', 'a/reads'))[0] == 0 and 'failed last time' in explained(three, 'a/claims')['a/claims']


def test_junit_has_a_case_a_notebook_with_memory_and_claims(three):
    write_notebook(three/'nbs'/'a'/'breaks.ipynb', '1/0')
    assert finish(command(three, 'run'))[0] == 1
    suite = ElementTree.parse(three/'_build'/'runs'/'quick'/'junit.xml').getroot()
    cases = {c.get('name'): c for c in suite.findall('testcase')}
    assert suite.get('failures') == '1' and 'division by zero' in cases['a/breaks.ipynb'].find('failure').get('message')
    assert 'holds: workbook-small/claims' in cases['a/claims.ipynb'].find('system-out').text
    peak = {p.get('name'): p.get('value') for p in cases['a/claims.ipynb'].find('properties')}['peak_mb']
    assert sys.platform != 'linux' or int(peak) > 10


def test_a_terminal_sees_what_is_running_and_a_log_does_not(three):
    def seen():
        master, slave = pty.openpty()
        env = {k: v for k, v in os.environ.items() if not k.startswith('MLCOURSE_')}
        process = subprocess.Popen([MLCOURSE, 'run', '--fresh', '--workers', '1', 'a/claims'], cwd=three, env=env, stdout=slave, stderr=slave, close_fds=True)
        os.close(slave)
        text = b''
        while True:
            try: more = os.read(master, 4096)
            except OSError: break
            if not more: break
            text += more
        return process.wait(), text.decode()
    write_notebook(three/'nbs'/'a'/'claims.ipynb', 'import time; time.sleep(2)')
    status, text = seen()
    assert status == 0 and '0 of 1 done' in text and 'running a/claims' in text
    assert '\x1b' not in finish(command(three, 'run', '--fresh', 'a/claims'))[1]


def test_one_library_function_reruns_only_what_imports_its_module(project):
    "On the course itself: of all notebooks only those that import the module, directly or through others."
    from mlcourse.workbook import runs
    from mlcourse.workbook.project import notebooks
    names = [str(n) for n in notebooks(project)]
    changed = Path(project/'mlcourse'/'data'/'readings.py')
    importing = [t.notebook for t in runs.plan(project, names) if str(changed.relative_to(project)) in t.depends]
    assert '5_deployment/07_drift.ipynb' in importing and '2_data/15_plots.ipynb' not in importing and len(importing) < len(names)/2


def test_one_point_of_a_sweep_that_ends_leaves_the_others_alone(three):
    write_notebook(three/'nbs'/'a'/'claims.ipynb', 'import time; time.sleep(4*seed)\n' + CLAIM.format(id='workbook-small/claims').replace('< 3', '< 9'))
    status, out, err = finish(command(three, 'run', 'a/claims', '-p', 'seed=0,1', '--workers', '2', env=dict(MLCOURSE_WARM='off')))
    assert status == 0 and '2 of 2 runs passed' in out, out + err
