"""Generated from nbs/workbook/03_exercises.ipynb by `mlcourse export`; change the notebook instead."""
import nbformat
import numpy as np
import pytest
import sys
from mlcourse.workbook.exercises import Exercise
from mlcourse.workbook.exercises import NotYet
from mlcourse.workbook.exercises import difference
from mlcourse.workbook.exercises import learner_copy
from mlcourse.workbook.exercises import stub_of
from mlcourse.workbook.project import Refusal


def test_a_difference_names_type_keys_length_shape_and_the_first_wrong_value():
    assert difference([1, 2.], [1, 2. + 1e-9]) is None and difference({'a': np.arange(3)}, {'a': np.arange(3)}) is None
    assert 'expected 2 items, got 3' == difference([1, 2], [1, 2, 3])
    assert 'expected shape (2,), got (3,)' == difference(np.zeros(2), np.zeros(3))
    assert difference(np.zeros((2, 2)), ([1, 2], [3])).endswith('of parts that differ in shape')
    assert '1 of 2 values differ; first at [1]: expected 1.0, got 0.0' == difference(np.array([0., 1.]), np.zeros(2))
    assert "expected 1 at ['a'], got 2" == difference({'a': 1}, {'a': 2})
    assert 'does the function return' in difference(1., None) and 'expected a number, got str' == difference(1., '1')
    assert difference(1., True) and difference(True, 1) and difference(float('nan'), float('nan')) is None


def test_the_reference_passes_and_stub_nothing_exception_and_changed_arguments_are_named():
    def double(values): return [2*v for v in values]
    exercise = Exercise('workbook-exercises/double', 'Double it.', double, cases=lambda rng: [(rng.integers(0, 9, 3).tolist(),)],
                        wrong={'Adding two is not doubling.': lambda values: [v + 2 for v in values]}, hints=('Use 2*v.', 'Really.'))
    def right(values): return [v + v for v in values]
    assert 'right on 2 cases' in str(exercise.check(right)) and list(exercise.prove()) == ['Adding two is not doubling.']
    def stub(values): raise NotImplementedError('return a list')
    def sorts(values): values.sort(reverse=True); return None
    def doubles_in_place(values):
        result = [2*v for v in values]; values.clear(); return result
    for answer, message in [(stub, 'nothing to check yet: return a list'), (lambda v: None, 'does the function return'), (lambda v: 1/0, 'ZeroDivisionError'),
                            (doubles_in_place, 'changed its arguments'), (3, 'wanted a function'), (lambda v: [v_ + 2 for v_ in v], 'Adding two is not doubling'),
                            (lambda v: v[:2], 'expected 3 items, got 2'), (sorts, 'got None')]:
        with pytest.raises(NotYet, match=message): exercise.check(answer)
    unlike = Exercise('workbook-exercises/order', 'Sort it.', sorted, cases=lambda rng: [([],), ([2, 1],)], wrong={'Nothing was sorted.': list})
    def leaves_a_mark(values): found = sorted(values); values.append(0); return found
    with pytest.raises(NotYet, match='work on a copy.$'): unlike.check(leaves_a_mark)  # a wrong answer that is right on this case explains nothing


def test_hints_open_one_by_one_each_after_another_try_and_the_solution_after_the_last():
    def halve(values): return [v/2 for v in values]
    exercise = Exercise('workbook-exercises/halve', 'Halve it.', halve, cases=lambda rng: [(rng.integers(1, 9, 3).tolist(),)], hints=('Divide.', 'By two.'))
    def try_wrong():
        with pytest.raises(NotYet): exercise.check(lambda values: values)
    assert exercise.hint().startswith('Try first')
    with pytest.raises(NotYet, match='nothing to check yet'): exercise.check(lambda values: (_ for _ in ()).throw(NotImplementedError))
    assert exercise.hint().startswith('Try first')  # a stub is no try
    try_wrong()
    assert exercise.hint() == 'Hint 1 of 2: Divide.' and exercise.hint().startswith('Divide.\n(The next hint opens after another try.)')
    try_wrong()
    assert exercise.hint() == 'Hint 2 of 2: By two.'
    try_wrong()
    assert exercise.hint() == exercise.hint() == 'def halve(values): return [v/2 for v in values]'


def test_an_answer_that_asks_the_check_for_the_reference_is_told_so_an_endless_loop_is_named_and_its_own_cases_are_fresh():
    def triple(values): return [3*v for v in values]
    exercise = Exercise('workbook-exercises/triple', 'Triple it.', triple, cases=lambda rng: [(rng.integers(0, 99, 4).tolist(),)], limit_s=.2)
    def from_the_caller(values):
        frame = sys._getframe(1)
        while frame:
            for value in frame.f_locals.values():
                if isinstance(value, Exercise): return value.reference(values)
            frame = frame.f_back
    def endless(values):
        while True: pass
    for answer in (lambda values: exercise.reference(values), lambda values: triple(values), from_the_caller, lambda values: vars(exercise)['reference'](values)):
        with pytest.raises(NotYet, match='asks the check for its reference'): exercise.check(answer)
    assert triple([1]) == [3] and exercise.reference([1]) == [3]  # as before
    with pytest.raises(NotYet, match='did not return within 0.2 s'): exercise.check(endless)
    class Agrees:
        def __eq__(self, other): return True
    with pytest.raises(NotYet): exercise.check(lambda values: [Agrees()]*4)
    learnt = {}
    for seed in range(3):
        for args in exercise.cases(np.random.default_rng(seed)): learnt[tuple(args[0])] = triple(*args)
    for _ in range(3):
        try: exercise.check(lambda values: learnt.get(tuple(values), values))
        except NotYet as error: assert 'expected' in str(error)
    with pytest.raises(NotYet): exercise.check(lambda values: learnt.get(tuple(values), values))


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
