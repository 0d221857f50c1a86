"""Generated from nbs/workbook/16_progress.ipynb by `mlcourse export`; change the notebook instead."""
import contextlib
import io
import os
import pytest
import subprocess
import sys
import tempfile
from mlcourse.workbook.progress import Event
from mlcourse.workbook.progress import FILE
from mlcourse.workbook.progress import MARK
from mlcourse.workbook.progress import _add
from mlcourse.workbook.progress import _with_file
from mlcourse.workbook.progress import events
from mlcourse.workbook.progress import export_events
from mlcourse.workbook.progress import import_events
from mlcourse.workbook.progress import lessons
from mlcourse.workbook.progress import needs
from mlcourse.workbook.progress import next_lesson
from mlcourse.workbook.project import Refusal
from mlcourse.workbook.project import root
from pathlib import Path


def test_what_two_processes_add_at_once_is_all_there_and_a_damaged_file_is_kept_aside_once_even_if_both_see_it():
    add = 'from mlcourse.workbook.progress import record\nfor i in range(50): record("failed", "bank-slopes", by=NAME, n=i)'
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder/MARK).mkdir()
        env = dict(os.environ, MLCOURSE_WORK=str(folder), MLCOURSE_RUN='')
        def add_at_once():
            both = [subprocess.Popen([sys.executable, '-c', add.replace('NAME', repr(name))], env=env, stderr=subprocess.DEVNULL) for name in 'ab']
            assert [process.wait() for process in both] == [0, 0]
            assert sorted((e.detail['by'], e.detail['n']) for e in events(folder)) == [(name, n) for name in 'ab' for n in range(50)]
        add_at_once()
        for left in folder.glob(f'{FILE}-*'): left.unlink()
        (folder/FILE).write_text('not a database, but long enough to look like a page of one' * 100)
        with contextlib.redirect_stderr(io.StringIO()) as said: assert events(folder) == []
        assert 'kept as progress.damaged-' in said.getvalue() and len(list(folder.glob('progress.damaged-*'))) == 1
        for left in folder.glob('progress.*'): left.unlink()
        (folder/FILE).write_text('damaged before two kernels came' * 200)
        add_at_once()
        assert len(list(folder.glob('progress.damaged-*'))) == 1


def test_a_lesson_is_done_when_each_of_its_exercises_passed_time_leaves_out_breaks_and_one_goes_on_where_one_was():
    rows = lessons(root())
    first, second = rows[:2]
    assert first.state == 'open' and first.exercises and next_lesson(rows) == first
    def at(seconds, kind, what): return Event(float(seconds), kind, what, {})
    tried = [at(0, 'failed', second.exercises[0]), at(300, 'hint', second.exercises[0]), at(10_000, 'failed', second.exercises[0])]
    rows = lessons(root(), tried)
    assert (rows[1].state, rows[1].tries, rows[1].hints, rows[1].seconds) == ('begun', 2, 1, 300)
    assert next_lesson(rows) == rows[1]
    rows = lessons(root(), tried + [at(10_010 + i, 'passed', id) for i, id in enumerate(second.exercises)])
    assert rows[1].state == 'done' and rows[1].passed == second.exercises and next_lesson(rows) == rows[0]


def test_drift_stands_on_the_cards_and_no_lesson_on_a_later_chapter_s():
    found = needs(root())
    assert '2_data/00_readings' in found['5_deployment/07_drift']
    assert all(b.split('/')[0] <= a.split('/')[0] for a, below in found.items() for b in below)


def test_events_survive_a_journey_and_come_only_once():
    with tempfile.TemporaryDirectory() as folder:
        a, b = Path(folder)/'a', Path(folder)/'b'
        for place in (a, b): (place/MARK).mkdir(parents=True)
        _with_file(a, lambda db: _add(db, [Event(1., 'guess', 'bank-slopes', dict(value='steep')), Event(2., 'passed', 'bank-slopes', {})]))
        assert export_events(a, a/'out.jsonl') == 2
        assert import_events(b, a/'out.jsonl') == 2 and import_events(b, a/'out.jsonl') == 0
        assert events(b) == events(a)
        (a/'out.jsonl').write_text('{"at": 1}\n')
        with pytest.raises(Refusal, match='line 1 is no event'): import_events(b, a/'out.jsonl')
