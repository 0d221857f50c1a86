"""Generated from nbs/workbook/03_exercises.ipynb by `mlcourse export`; change the notebook instead."""
import nbformat
import numpy as np
import pytest
import tempfile
from mlcourse.workbook.exercises import Exercise
from mlcourse.workbook.exercises import NotYet
from mlcourse.workbook.exercises import difference
from mlcourse.workbook.exercises import learner_copies
from mlcourse.workbook.exercises import learner_copy
from mlcourse.workbook.exercises import stub_of
from mlcourse.workbook.project import Refusal
from pathlib import Path


def test_a_difference_names_type_keys_length_shape_and_the_first_wrong_value():
    assert difference([1, 2.], [1, 2. + 1e-9]) is None and difference({'a': np.arange(3)}, {'a': np.arange(3)}) is None
    assert 'expected 2 items, got 3' == difference([1, 2], [1, 2, 3])
    assert 'expected shape (2,), got (3,)' == difference(np.zeros(2), np.zeros(3))
    assert '1 of 2 values differ; first at [1]: expected 1.0, got 0.0' == difference(np.array([0., 1.]), np.zeros(2))
    assert "expected 1 at ['a'], got 2" == difference({'a': 1}, {'a': 2})
    assert 'does the function return' in difference(1., None) and 'expected a number, got str' == difference(1., '1')
    assert difference(1., True) and difference(True, 1) and difference(float('nan'), float('nan')) is None


def test_the_reference_passes_and_stub_nothing_exception_and_changed_arguments_are_named():
    def double(values): return [2*v for v in values]
    exercise = Exercise('workbook-exercises/double', 'Double it.', double, cases=lambda rng: [(rng.integers(0, 9, 3).tolist(),)],
                        wrong={'Adding two is not doubling.': lambda values: [v + 2 for v in values]}, hints=('Use 2*v.', 'Really.'))
    assert 'right on 1 case' in str(exercise.check(double)) and list(exercise.prove()) == ['Adding two is not doubling.']
    def stub(values): raise NotImplementedError('return a list')
    def sorts(values): values.sort(reverse=True); return None
    def doubles_in_place(values):
        result = [2*v for v in values]; values.clear(); return result
    for answer, message in [(stub, 'nothing to check yet: return a list'), (lambda v: None, 'does the function return'), (lambda v: 1/0, 'ZeroDivisionError'),
                            (doubles_in_place, 'changed its arguments'), (3, 'wanted a function'), (lambda v: [v_ + 2 for v_ in v], 'Adding two is not doubling'),
                            (lambda v: v[:2], 'expected 3 items, got 2'), (sorts, 'got None')]:
        with pytest.raises(NotYet, match=message): exercise.check(answer)
    assert [exercise.hint()[:11] for _ in range(3)] == ['Hint 1 of 2', 'Hint 2 of 2', 'Hint 2 of 2']


def test_a_check_that_nothing_can_fail_or_a_wrong_answer_without_its_own_message_does_not_pass_its_proof():
    def double(values): return [2*v for v in values]
    cases = lambda rng: [(rng.integers(0, 9, 3).tolist(),)]
    with pytest.raises(AssertionError, match='does nothing passes'): Exercise('workbook-exercises/x', '', lambda v: None, cases).prove()
    with pytest.raises(AssertionError, match='wrong answer passes'): Exercise('workbook-exercises/x', '', double, cases, {'no': double}).prove()
    three_four = {'Three is not two.': lambda v: [3*x for x in v], 'Also three.': lambda v: [3*x for x in v]}
    with pytest.raises(AssertionError, match='wanted the message'): Exercise('workbook-exercises/x', '', double, cases, three_four).prove()


def test_a_learner_copy_holds_no_solution_and_a_lost_marker_is_refused():
    cell = 'def f(x):\n    ### BEGIN SOLUTION\n    return 2*x\n    ### END SOLUTION'
    assert stub_of(cell) == "def f(x):\n    raise NotImplementedError('your answer goes here')"
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell), nbformat.v4.new_markdown_cell('text')])
    assert 'return 2*x' not in learner_copy(nb)['cells'][0]['source'] and 'return 2*x' in nb['cells'][0]['source']
    with pytest.raises(Refusal, match='without ### END'): stub_of('### BEGIN SOLUTION\nx = 1')


def test_a_learner_s_own_work_is_never_overwritten():
    with tempfile.TemporaryDirectory() as folder:
        course, mine = Path(folder)/'course', Path(folder)/'mine'
        (course/'nbs'/'2_data').mkdir(parents=True)
        nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell('def f(x):\n    ### BEGIN SOLUTION\n    return 2*x\n    ### END SOLUTION')])
        for name in ('01_a', '02_b'): nbformat.write(nb, course/'nbs'/'2_data'/f'{name}.ipynb')
        (mine/'2_data').mkdir(parents=True)
        (mine/'2_data'/'01_a.ipynb').write_text('my work')
        assert learner_copies(course, mine) == [mine/'2_data'/'02_b.ipynb'] and learner_copies(course, mine) == []
        assert (mine/'2_data'/'01_a.ipynb').read_text() == 'my work' and 'return 2*x' not in (mine/'2_data'/'02_b.ipynb').read_text()
