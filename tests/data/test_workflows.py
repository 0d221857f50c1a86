"""Generated from nbs/2_data/12_workflows.ipynb by `mlcourse export`; change the notebook instead."""
import hashlib
import os
import pytest
import sys
import tempfile
import threading
from mlcourse.data.workflows import Step
from mlcourse.data.workflows import Task
from mlcourse.data.workflows import critical_path
from mlcourse.data.workflows import fingerprint
from mlcourse.data.workflows import ordered
from mlcourse.data.workflows import rebuild
from mlcourse.data.workflows import rerun_exercise
from mlcourse.data.workflows import run_dag
from mlcourse.data.workflows import run_pipe
from mlcourse.data.workflows import waits_for
from pathlib import Path


def test_a_step_runs_when_its_command_an_input_an_answer_or_its_output_changes_and_not_for_a_time():
    with tempfile.TemporaryDirectory() as at:
        folder, price = Path(at), [3]
        (folder/'a').write_text('one')
        first = Step('first', ('cp', 'a', 'b'), ('a',), ('b',))
        second = Step('second', ('cp', 'b', 'c'), ('b', lambda _: price[0]), ('c',))
        assert waits_for([second, first]) == dict(second=('first',), first=())
        assert rebuild([second, first], folder) == ['first', 'second'] and rebuild([second, first], folder) == []
        os.utime(folder/'a', (10**9, 10**9))
        assert rebuild([first, second], folder) == []
        (folder/'c').write_text('by hand')
        assert rebuild([first, second], folder) == ['second'] and (folder/'c').read_text() == 'one'
        price[0] = 4
        assert rebuild([first, second], folder) == ['second']
        assert rebuild([Step('first', ('cp', '-f', 'a', 'b'), ('a',), ('b',)), second], folder) == ['first']  # same result: the second need not
        assert fingerprint('a', folder) == hashlib.sha256(b'one').hexdigest()[:16] and fingerprint('absent', folder) == ''
        with pytest.raises(RuntimeError, match='bad ended with status 1'): rebuild([Step('bad', ('cp', 'absent', 'd'), (), ('d',))], folder)
    with pytest.raises(ValueError, match='one writer of b'): waits_for([first, Step('third', (), (), ('b',))])


def test_the_scheduler_keeps_order_overlaps_tries_again_resumes_by_its_journal_and_refuses_what_cannot_run():
    done, both = [], threading.Barrier(2, timeout=10)
    tasks = dict(last=Task(lambda: done.append('last'), ('left', 'right')), left=Task(both.wait, ('first',)), right=Task(both.wait, ('first',)),
                 first=Task(lambda: done.append('first')))
    run = run_dag(tasks, n_workers=2)  # left and right each wait until the other has come
    assert done == ['first', 'last'] and [a.task for a in run.attempts][::3] == ['first', 'last'] and run.failed == run.waiting == ()
    assert run.elapsed == run.attempts[-1].ended and run_dag({}).elapsed == 0
    waited = []
    broken = run_dag(dict(a=Task(lambda: 1/0, retries=3), b=Task(lambda: None, ('a',)), c=Task(lambda: None)), backoff_s=5, sleep=waited.append)
    assert waited == [5, 10, 20] and broken.failed == ('a',) and broken.waiting == ('b',)
    assert [(a.number, a.error) for a in broken.attempts if a.task == 'a'] == [(n, 'ZeroDivisionError: division by zero') for n in (1, 2, 3, 4)]
    with pytest.raises(ValueError, match='without a cycle, got'): run_dag(dict(a=Task(print, ('b',)), b=Task(print, ('a',))))
    with pytest.raises(ValueError, match="got 'z'"): ordered(dict(a=['z']))
    with tempfile.TemporaryDirectory() as at:
        journal, done = Path(at)/'journal', []
        fails = dict(a=Task(lambda: done.append('a')), b=Task(lambda: 1/0, ('a',)), c=Task(lambda: done.append('c'), ('b',)))
        assert run_dag(fails, journal=journal).failed == ('b',) and journal.read_text() == 'a\n'
        resumed = run_dag(fails | dict(b=Task(lambda: done.append('b'), ('a',))), journal=journal)
        assert done == ['a', 'b', 'c'] and resumed.earlier == ('a',) and journal.read_text() == 'a\nb\nc\n'
        with pytest.raises(ValueError, match="got \\['c'\\]"): run_dag(dict(a=Task(print), b=Task(print)), journal=journal)


def test_the_critical_path_of_a_small_graph_by_hand():
    assert critical_path(dict(d=['b', 'c'], b=['a'], c=['a'], a=[], e=[]), dict(a=1, b=5, c=2, d=1, e=6)) == (7, ['a', 'b', 'd'])
    assert critical_path({}, {}) == (0., []) and critical_path(dict(a=[]), dict(a=2)) == (2, ['a'])
    with pytest.raises(ValueError, match='cycle'): critical_path(dict(a=['a']), dict(a=1))


def test_a_pipe_gives_what_the_shell_gives_measures_its_stages_runs_them_at_once_and_names_the_one_that_failed():
    assert run_pipe([['printf', 'b\\na\\nb\\n'], ['sort'], ['uniq', '-c']]).output.split() == ['1', 'a', '2', 'b']
    used = run_pipe([[sys.executable, '-c', 'held = b"x"*40_000_000; sum(range(10**6)); import time; time.sleep(.1)']]).stages[0]
    assert 40 < used.memory_mb < 200 and used.cpu_s > .005 and used.program.startswith('python')
    idle = run_pipe([['sleep', '.2']])
    assert idle.elapsed_s >= .2 and idle.stages[0].cpu_s < .1
    assert run_pipe([['yes'], ['head', '-n', '1']]).output == 'y\n'  # at once, or yes would never end; that it is ended is no failure
    with pytest.raises(RuntimeError, match='false ended with status 1'): run_pipe([['printf', 'a'], ['false']])


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(rerun_exercise.prove()) == 8
