"The learner's loop from the shell: start, answer wrong and right, check, progress, reset, and everything that may be broken on the way."
import json
import os
import re
import shutil
import subprocess

import pytest
from harness import command, finish

from mlcourse.workbook import progress
from mlcourse.workbook.exercises import BEGIN
from mlcourse.workbook.export import read_notebook

LESSON = '2_data/15_plots'
EXERCISE = 'bank-slopes/exercise'


@pytest.fixture
def work(project, tmp_path):
    "A fresh workspace of the real course."
    status, out, err = finish(command(project, 'start', '--to', str(tmp_path/'work')))
    assert status == 0 and 'notebooks added' in out and not err, out + err
    return tmp_path/'work'


def mlcourse(project, work, *arguments):
    "Status and everything said of a command on a workspace."
    status, out, err = finish(command(project, *arguments, '--to', str(work)), 300)
    return status, out + err


def answered(project, work, source=None):
    "Write an answer into the learner's notebook; the course's own without one."
    course = next(c for c in read_notebook(project/'nbs'/f'{LESSON}.ipynb')['cells'] if BEGIN in c['source'])
    path = work/f'{LESSON}.ipynb'
    nb = json.loads(path.read_text())
    for cell in nb['cells']:
        if cell['id'] == course['id']: cell['source'] = source or course['source']
    path.write_text(json.dumps(nb))
    return nb


WRONG = 'def bank(x, y):\n    return np.ptp(y)/np.ptp(x)/np.median(np.abs(np.diff(y)/np.diff(x)))'


def test_from_a_wrong_answer_to_a_passed_lesson(project, work):
    status, said = mlcourse(project, work, 'check', LESSON)
    assert status == 1 and f'{EXERCISE}: not begun' in said and '0 of 1 exercises pass' in said
    nb = answered(project, work, WRONG)
    for cell in nb['cells']:  # a cell that only looks like a pass
        if '.check(bank)' in ''.join(cell['source']): cell['source'] = f"print('✓ {EXERCISE}: right on 9 cases')"
    (work/f'{LESSON}.ipynb').write_text(json.dumps(nb))
    status, said = mlcourse(project, work, 'check', LESSON)
    assert status == 1 and f'✗ {LESSON}' in said and 'expected' in said and 'Flat' in said, said
    status, said = mlcourse(project, work, 'progress')
    assert '1 tries' in said and f'go on with: mlcourse lab {LESSON}' in said
    answered(project, work)
    status, said = mlcourse(project, work, 'check', LESSON, '--json')
    found = json.loads(said)
    assert status == 0 and found['passed'] == found['of'] == 1 and len(found['exercises'][0]['answer']) == 12
    assert f'✓ {LESSON}' in mlcourse(project, work, 'progress')[1]
    assert [e.kind for e in progress.events(work)] == ['failed', 'passed']
    rows = {r['notebook']: r for r in json.loads(mlcourse(project, work, 'progress', '--json')[1])['lessons']}
    assert rows[LESSON]['state'] == 'done' and rows[LESSON]['tries'] == 2


@pytest.mark.parametrize('answer, why', [
    ('def bank(x, y):\n    while True: pass', 'gave no answer in time'), ('import os\nos._exit(3)', 'the kernel died'),
    ('def bank(x, y:', 'SyntaxError|is not defined'),
    ('def bank(x, y): return __import__("mlcourse.data.plots").data.plots.bank_exercise.reference(x, y)', 'asks the check for its reference')])
def test_an_answer_that_cannot_be_judged_is_named(project, work, answer, why):
    nb = answered(project, work, answer)
    at = next(i for i, c in enumerate(nb['cells']) if ''.join(c['source']) == answer)
    first = next(i for i, c in enumerate(nb['cells']) if ''.join(c['source']).startswith('import'))
    nb['cells'] = nb['cells'][:first + 4] + nb['cells'][at:at + 1]  # the rest of the lesson does not matter here
    (work/f'{LESSON}.ipynb').write_text(json.dumps(nb))
    status, said = mlcourse(project, work, 'check', LESSON, '--timeout', '3')
    assert status == 1 and re.search(why, said), said


def test_a_workspace_deleted_half_way_or_broken_is_mended_and_nothing_is_lost(project, work):
    answered(project, work, WRONG)
    shutil.rmtree(work/'3_modeling')
    shutil.rmtree(work/progress.MARK/'given'/'2_data')
    (work/'5_deployment'/'07_drift.ipynb').write_text('{"cells": [ {"broken')
    status, said = mlcourse(project, work, 'start')
    assert status == 0 and 'kept as 07_drift.broken-' in said and '1 notebooks added' in said, said
    assert (work/'3_modeling'/'02_training_loop.ipynb').exists()
    assert WRONG in [''.join(c['source']) for c in json.loads((work/f'{LESSON}.ipynb').read_text())['cells']]
    assert (next((work/'5_deployment').glob('07_drift.broken-*'))).read_text() == '{"cells": [ {"broken'
    (work/f'{LESSON}.ipynb').write_text('nothing')
    status, said = mlcourse(project, work, 'check', LESSON)
    assert status == 1 and 'is not a notebook' in said
    status, said = mlcourse(project, work, 'reset', LESSON)
    assert status == 0 and 'backups' in said and [p.read_text() for p in (work/'backups').rglob('*.ipynb')] == ['nothing']


def test_a_damaged_progress_file_is_kept_and_rebuilt_from_what_the_notebooks_show(project, work):
    nb = json.loads((work/f'{LESSON}.ipynb').read_text())
    shown = dict(output_type='execute_result', execution_count=1, metadata={}, data={progress.PASSED_MIME: dict(id=EXERCISE, cases=9, answer='abc')})
    next(c for c in nb['cells'] if '.check(bank)' in ''.join(c['source']))['outputs'] = [shown]
    (work/f'{LESSON}.ipynb').write_text(json.dumps(nb))
    (work/progress.FILE).write_bytes(os.urandom(9000))
    status, said = mlcourse(project, work, 'progress')
    assert status == 0 and 'was damaged: kept as progress.damaged-' in said and f'✓ {LESSON}' in said, said
    assert len(list(work.glob('progress.damaged-*'))) == 1


def test_progress_moves_to_another_machine(project, work, tmp_path):
    with progress.kept_in(work): progress.record('passed', EXERCISE, answer='abc')
    file = tmp_path/'mine.jsonl'
    assert mlcourse(project, work, 'progress', '--export', str(file)) == (0, f'1 events in {file}\n')
    other = tmp_path/'other'
    mlcourse(project, other, 'start')
    assert mlcourse(project, other, 'progress', '--import', str(file)) == (0, f'1 new events from {file}\n')
    assert f'✓ {LESSON}' in mlcourse(project, other, 'progress')[1]
    file.write_text('no event\n')
    assert mlcourse(project, other, 'progress', '--import', str(file))[0] == 2


def test_a_place_that_cannot_be_written_is_refused_in_one_line(project, tmp_path):
    (tmp_path/'file').write_text('x')
    status, said = mlcourse(project, tmp_path/'file', 'start')
    assert status == 2 and said.count('\n') == 1 and 'is a file' in said
    status, said = mlcourse(project, tmp_path/'file'/'below', 'start')
    assert status in (1, 2) and said.count('\n') == 1 and 'choose another folder' in said, said
    assert 'is the course itself' in mlcourse(project, project/'nbs', 'start')[1]
    assert 'mlcourse start makes one' in mlcourse(project, tmp_path/'nowhere', 'check')[1]


def test_a_full_disk_loses_nothing(project, tmp_path):
    small = tmp_path/'small'
    small.mkdir()
    mount = ['mount', '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', small]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode: pytest.skip('only root may mount a small file system')
    try:
        assert mlcourse(project, small/'work', 'start')[0] == 0
        answered(project, small/'work', WRONG)
        before = (small/'work'/f'{LESSON}.ipynb').read_bytes()
        filler = os.open(small/'filler', os.O_WRONLY | os.O_CREAT)
        with pytest.raises(OSError):
            while True: os.write(filler, b'x'*4096)
        os.close(filler)
        status, said = mlcourse(project, small/'work', 'reset', LESSON)
        assert status == 1 and said.count('\n') == 1 and 'No space left' in said, said
        kept = [p.read_bytes() for p in (small/'work').rglob('15_plots*.ipynb') if '.mlcourse' not in p.parts]
        assert before in kept, 'what the learner wrote is still there'
    finally: subprocess.run(['umount', '-l', small])
