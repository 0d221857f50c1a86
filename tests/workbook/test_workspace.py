"""Generated from nbs/workbook/17_workspace.ipynb by `mlcourse export`; change the notebook instead."""
import json
import pytest
import tempfile
from mlcourse.workbook.export import read_notebook
from mlcourse.workbook.project import Refusal
from mlcourse.workbook.workspace import merged
from mlcourse.workbook.workspace import reset
from mlcourse.workbook.workspace import start
from pathlib import Path


def test_each_kind_of_change_on_either_side_ends_as_it_should():
    def nb(**sources): return dict(cells=[dict(cell_type='code', id=id, metadata={}, source=source) for id, source in sources.items()])
    def result(given, mine, course):
        new, both = merged(nb(**given), nb(**mine), nb(**course))
        return {x['id']: x['source'] for x in new['cells']}, both
    given = dict(a='1', b='2', c='3')
    assert result(given, given, dict(a='1', b='20', c='3')) == (dict(a='1', b='20', c='3'), [])               # renewed
    assert result(given, dict(a='1', b='mine', c='3'), given) == (dict(a='1', b='mine', c='3'), [])            # the learner's stays
    both_kept = {'a': '1', 'b': 'mine', 'b-course': '20', 'c': '3'}, ['b']
    assert result(given, dict(a='1', b='mine', c='3'), dict(a='1', b='20', c='3')) == both_kept
    assert result(given, given, dict(a='1', new='n', b='2', c='3')) == (dict(a='1', new='n', b='2', c='3'), [])  # a new cell arrives
    assert result(given, given, dict(a='1', c='3')) == (dict(a='1', c='3'), [])                               # a removed one goes
    assert result(given, dict(a='1', b='mine', c='3'), dict(a='1', c='3')) == (dict(a='1', b='mine', c='3'), [])  # not if it was changed
    assert list(result(given, dict(a='1', own='x', b='2', c='3'), dict(n='0', **given))[0]) == ['n', 'a', 'own', 'b', 'c']  # an added one stays in its place
    assert result(given, dict(a='1', c='3'), given) == (dict(a='1', c='3'), [])                               # removed by the learner, unchanged by the course
    assert result(given, dict(a='1', c='3'), dict(a='1', b='20', c='3')) == (dict(a='1', b='20', c='3'), ['b'])
    course = nb(**given | dict(b='20'))
    once, _ = merged(nb(**given), nb(**given | dict(b='mine')), course)
    twice, both = merged(course, once, course)
    assert [x['id'] for x in twice['cells']] == ['a', 'b', 'b-course', 'c'] and both == []                    # said once


def test_a_workspace_is_made_follows_the_course_keeps_what_was_written_and_sets_aside_what_is_no_notebook():
    def cell(id, source): return dict(cell_type='code', id=id, metadata={}, source=source, outputs=[], execution_count=None)
    def write(path, *cells):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(dict(nbformat=4, nbformat_minor=5, metadata={}, cells=list(cells))))
    with tempfile.TemporaryDirectory() as folder:
        project, mine = Path(folder)/'course', Path(folder)/'mine'
        solution = 'def f(x):\n    ### BEGIN SOLUTION\n    return 2*x\n    ### END SOLUTION'
        write(project/'nbs'/'1_a'/'01_b.ipynb', cell('a', 'x = 1'), cell('b', solution))
        write(project/'nbs'/'workbook'/'01_c.ipynb', cell('a', 'x = 1'))
        assert [(s.notebook, s.what) for s in start(project, mine)] == [('1_a/01_b.ipynb', 'added')]
        assert 'return 2*x' not in (mine/'1_a'/'01_b.ipynb').read_text() and start(project, mine) == []
        write(mine/'1_a'/'01_b.ipynb', cell('a', 'x = 1'), cell('b', 'def f(x): return x + x'), cell('own', 'y = 3'))
        write(project/'nbs'/'1_a'/'01_b.ipynb', cell('a', 'x = 10'), cell('b', solution))
        assert [s.what for s in start(project, mine)] == ['renewed'] and start(project, mine) == []
        assert [c['source'] for c in read_notebook(mine/'1_a'/'01_b.ipynb')['cells']] == ['x = 10', 'def f(x): return x + x', 'y = 3']
        backup = reset(project, mine, '1_a/01_b.ipynb')
        assert 'x + x' in backup.read_text() and 'NotImplementedError' in (mine/'1_a'/'01_b.ipynb').read_text()
        (mine/'1_a'/'01_b.ipynb').write_text('{"cells": [')
        assert [s.what for s in start(project, mine)] == ['aside'] and len(list((mine/'1_a').glob('01_b.broken-*'))) == 1
        with pytest.raises(Refusal, match='is the course itself'): start(project, project/'nbs'/'x')
        with pytest.raises(Refusal, match='is a file'): start(project, backup)
