"Input that cannot be used, and machines that misbehave: one clear line each, the right exit status, and nothing else lost."
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from harness import command, finish, write_notebook

from mlcourse.workbook.cli import main


def refused(capsys, *arguments, status=2):
    "The one line with which the command refuses."
    assert main(list(arguments)) == status
    error = capsys.readouterr().err.strip()
    assert error.startswith('mlcourse: ') and '\n' not in error
    return error


@pytest.mark.parametrize('arguments, words', [
    (['run', '-p', 'sead=1'], "a/fine.ipynb: no parameter 'sead'; it has seed (int), rate (float), name (str)"),
    (['run', '-p', 'seed=one'], "a/fine.ipynb: parameter seed is of type int, got 'one' (str); its default is 0"),
    (['run', '-p', 'rate=x'], 'parameter rate is of type float'),
    (['run', '-p', 'seed'], "-p wants name=value, got 'seed'"),
    (['run', '--profile', 'huge'], "no profile 'huge'; there are quick, full"),
    (['run', 'b/absent'], "no notebook fits 'b/absent'; there are a/fine"),
    (['env', 'absent'], "no environment 'absent'; envs/ declares none"),
])
def test_misuse_is_refused_before_anything_runs(small, capsys, arguments, words):
    assert words in refused(capsys, *arguments)
    assert not (small/'_build').exists()


@pytest.mark.parametrize('text, words', [
    ('not json', 'is not a notebook'), ('', 'is not a notebook'), (b'\xff\xfe\x00', 'is not a notebook'),
    ('[]', 'it has no cells'), ('{"cells": 3}', 'it has no cells'),
])
def test_a_file_that_is_no_notebook_is_named(small, capsys, text, words):
    (small/'nbs'/'a'/'bad.ipynb').write_bytes(text if isinstance(text, bytes) else text.encode())
    error = refused(capsys, 'run')
    assert words in error and 'bad.ipynb' in error


@pytest.mark.parametrize('parameters, words', [
    (None, 'wanted one cell tagged `parameters`, found 0'),
    ('seed: int = int(3)', 'holds only `name: type = literal'),
    ('seed: int = 0 0', 'line 1'),
])
def test_a_notebook_without_a_plain_parameters_cell_is_named(small, capsys, parameters, words):
    write_notebook(small/'nbs'/'a'/'bad.ipynb', 'x = 1', parameters=parameters)
    error = refused(capsys, 'run', '-p', 'seed=1')
    assert words in error and 'bad.ipynb' in error


def test_a_profile_that_names_no_notebook_is_refused(small, capsys):
    (small/'nbs'/'profiles.yml').write_text('full:\n  a/gone: {seed: 3}\n')
    assert 'names a/gone, which is no notebook' in refused(capsys, 'run', '--profile', 'full')


def test_a_profiles_file_that_is_no_yaml_is_refused(small, capsys):
    (small/'nbs'/'profiles.yml').write_text('full: {a: [1,\n')
    assert 'nbs/profiles.yml' in refused(capsys, 'run', '--profile', 'full')


def test_a_command_outside_any_project_says_where_it_looked(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv('MLCOURSE_ROOT', str(tmp_path))
    assert 'no mlcourse project at' in refused(capsys, 'run')


CLAIM = "from mlcourse.workbook.ledger import claim\nclaim('{}', 'Something holds', True, x=1)"


def test_a_claim_id_used_twice_or_unknown_stops_the_run_before_it_starts(small, capsys):
    write_notebook(small/'nbs'/'a'/'second.ipynb', CLAIM.format('workbook-small/fine'))
    assert 'claim id workbook-small/fine is used already in a/fine.ipynb, cell cell1' in refused(capsys, 'run', status=1)
    write_notebook(small/'nbs'/'a'/'second.ipynb', CLAIM.format('no-such-thing'))
    assert 'a/second.ipynb: cell cell1: claim names no-such-thing, which is not in nbs/curriculum.yml' in refused(capsys, 'run', status=1)


def test_an_artefact_of_the_wrong_hash_is_refused(small):
    from mlcourse.workbook.artefacts import load, ship
    from mlcourse.workbook.project import Refusal
    path = ship('requirements', {'accuracy': .9}, 'a/fine')
    assert load('requirements', reference=True) == {'accuracy': .9}
    path.write_text('{"accuracy": 0.1}')
    with pytest.raises(Refusal, match="artefact 'requirements': wanted sha256 .*restore the file"): load('requirements', reference=True)


def test_an_output_folder_that_cannot_be_written_is_refused_in_one_line(small, capsys):
    (small/'_build').write_text('in the way')
    error = refused(capsys, 'run', status=1)
    assert 'cannot write' in error and str(small/'_build') in error


def test_a_read_only_output_folder_is_refused_in_one_line(small, capsys):
    (small/'_build').symlink_to('/proc')  # closed even to root
    assert 'cannot write' in refused(capsys, 'run', status=1)


def test_a_stale_generated_file_is_named(project, tmp_path):
    import shutil
    for part in ('nbs', 'mlcourse', 'tests'): shutil.copytree(project/part, tmp_path/part, ignore=shutil.ignore_patterns('__pycache__'))
    for part in ('settings.ini', 'setup.py', 'README.md', 'pyproject.toml'): shutil.copy(project/part, tmp_path/part)
    finish(command(tmp_path, 'export'))
    with open(tmp_path/'mlcourse'/'workbook'/'theme.py', 'a') as module: module.write('# by hand\n')
    (tmp_path/'tests'/'workbook'/'test_theme.py').unlink()
    status, out, err = finish(command(tmp_path, 'export', '--check'))
    named = 'mlcourse/workbook/theme.py', 'tests/workbook/test_theme.py'
    assert status == 1 and err.splitlines() == [f'{path}: stale; run mlcourse export' for path in named]


def test_a_notebook_that_exits_or_fails_is_reported_and_the_rest_go_on(small):
    nbs = small/'nbs'/'a'
    write_notebook(nbs/'exits.ipynb', 'import os\nos._exit(3)')
    write_notebook(nbs/'wrong.ipynb', 'from mlcourse.workbook.ledger import claim',
                   "speed = 2\nclaim('workbook-small/wrong', 'It is fast', speed > 3, speed=speed)")
    write_notebook(nbs/'raises.ipynb', 'x = 1', 'y = 2\n1/0')
    status, out, err = finish(command(small, 'run'))
    assert status == 1 and '1 of 4 notebooks passed' in out
    row = {line.split()[0]: line for line in out.splitlines() if line.startswith('a/')}
    assert row['a/fine'].endswith('run') and all(row[f'a/{name}'].endswith('FAILED') for name in ('exits', 'wrong', 'raises'))
    told = {block.split(':')[0]: block for block in err.strip().split('\n\n')}
    assert 'the kernel died' in told['a/exits.ipynb'] and 'cell cell1: import os' in told['a/exits.ipynb']
    assert 'does not hold: It is fast [speed 2]' in told['a/wrong.ipynb'] and 'cell cell2: claim(' in told['a/wrong.ipynb']
    assert 'ZeroDivisionError: division by zero' in told['a/raises.ipynb'] and 'cell cell2: 1/0' in told['a/raises.ipynb']
    for name, block in told.items():
        copy = small/'_build'/'runs'/'quick'/name
        assert f'executed copy: {copy}' in block and json.loads(copy.read_text())['cells']
    report = json.loads((small/'_build'/'runs'/'quick'/'report.json').read_text())
    assert not report['ok'] and len(report['notebooks']) == 4


def kernels(small):
    "Command lines of processes that belong to a project's runs."
    listed = subprocess.run(['ps', 'axeww', '-o', 'pid,stat,args'], capture_output=True, text=True).stdout
    return [line for line in listed.splitlines() if f'MLCOURSE_ROOT={small}' in line and 'ipykernel' in line and ' Z' not in line[:14]]


def slow_notebook(small):
    "A notebook that notes its start and waits for a file."
    return write_notebook(small/'nbs'/'a'/'slow.ipynb', f"from pathlib import Path\nimport time\nwith open({str(small/'started')!r}, 'a') as f: f.write('x')\n"
                          f"while not Path({str(small/'gate')!r}).exists(): time.sleep(.05)")


def until(true, seconds=60):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, 'waited in vain'
        time.sleep(.05)


def test_after_ctrl_c_nothing_is_left_running_and_the_next_run_goes_on(small):
    slow_notebook(small)
    process = command(small, 'run', '--workers', '2', start_new_session=True)
    until(lambda: (small/'started').exists() and (small/'_build'/'runs'/'quick'/'a'/'fine.json').exists())
    os.killpg(process.pid, signal.SIGINT)
    status, out, err = finish(process)
    assert status == 130 and err.strip() == 'mlcourse: interrupted; what finished is kept, run it again to go on'
    until(lambda: not kernels(small), 15)
    (small/'gate').touch()
    status, out, err = finish(command(small, 'run'))
    states = {line.split()[0]: line.split()[-1] for line in out.splitlines() if line.startswith('a/')}
    assert status == 0 and states == {'a/fine': 'cached', 'a/slow': 'run'}


def test_help_and_a_bare_import_load_nothing_heavy(project):
    heavy = {'torch', 'tensorflow', 'matplotlib', 'pandas', 'numpy', 'papermill', 'IPython', 'nbdev', 'yaml'}
    code = f'''import sys, mlcourse, mlcourse.workbook.cli as cli
try: cli.main(['--help'])
except SystemExit: print('HEAVY', sorted({{m.split('.')[0] for m in sys.modules}} & {heavy}))'''
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, cwd=project)
    assert done.stdout.rstrip().endswith('HEAVY []'), done.stdout + done.stderr
