"""Generated from nbs/workbook/19_mutants.ipynb by `mlcourse export`; change the notebook instead."""
import functools
import itertools
import numpy as np
import os
import pytest
import tempfile
from dataclasses import replace
from mlcourse.workbook.exercises import Exercise
from mlcourse.workbook.mutants import DIED
from mlcourse.workbook.mutants import HUNG
from mlcourse.workbook.mutants import _places
from mlcourse.workbook.mutants import _sentences
from mlcourse.workbook.mutants import equivalent
from mlcourse.workbook.mutants import mutants
from mlcourse.workbook.mutants import review
from mlcourse.workbook.mutants import share_caught
from mlcourse.workbook.mutants import survivors
from mlcourse.workbook.progress import MARK
from mlcourse.workbook.progress import events
from mlcourse.workbook.project import Refusal
from pathlib import Path


def test_each_mutant_differs_from_the_others_and_names_its_line_and_the_same_globals_and_closure_serve_it():
    scale = 2
    def clamp(values, low=0):
        "Docs stay."
        if low > 9: raise ValueError(f'{low + 1}')
        return [scale*max(v, low) for v in values[1:]]
    made = mutants(clamp)
    assert len({m.source for m in made}) == len({m.description for m in made}) == len(made) > 8
    of = {m.description: m.function for m in made}
    assert of['line 4: max became min']([9, -5, 5]) == [-10, 0] and clamp([9, -5, 5]) == [0, 10]
    assert of['line 4: scale * max(v, low) became scale / max(v, low)']([9, 4]) == [.5]
    assert of['line 4: 1 became 2']([9, 4, 5]) == [10] and of['line 4: 1: became 1:-1']([9, 4, 5]) == [8] and of['returns low']([1]) == 0
    assert not any('raise' in d or 'line 3' in d for d in of)  # a guard is left alone


def test_a_lambda_a_helper_a_harness_and_a_recursion_are_mutated_and_what_has_no_source_is_refused():
    def in_harness(answer):
        @functools.wraps(answer)
        def run(x): return 'ran', answer(x)
        return run
    halve = in_harness(lambda x: x/2)
    assert {m.function(4.) for m in mutants(halve)} >= {('ran', 8.), ('ran', .5), ('ran', 4.)} and halve(4.) == ('ran', 2.)
    def factorial(n): return 1 if n < 1 else n*factorial(n - 1)
    assert {m.description: m.function for m in mutants(factorial)}['line 1: n * factorial(n - 1) became n / factorial(n - 1)'](3) == 3/(2/1)
    assert any(m.description.startswith('_untouched, line ') for m in mutants(_places))
    several = [lambda x: -x, lambda x: x + 1]  # on one line
    assert [len(mutants(f)) for f in several] == [1, 5]
    with pytest.raises(Refusal, match='written in Python'): mutants(len)
    with pytest.raises(Refusal, match='source at hand'): mutants(eval('lambda x: x'))


def test_what_never_ends_asks_for_all_memory_or_ends_the_process_is_caught_and_the_next_is_tried_all_the_same():
    three = Exercise('workbook-mutants/three', '', lambda: 3, lambda rng: [()], limit_s=.3)
    def endless():
        while True: pass
    calls = [lambda: 3, endless, lambda: sum(itertools.repeat(0)), lambda: np.ones(2**36), lambda: os._exit(0), lambda: 4, lambda: 3]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        (Path(folder)/MARK).mkdir()
        patch.setenv('MLCOURSE_WORK', folder)
        patch.delenv('MLCOURSE_RUN', raising=False)
        tried = _sentences(three, calls, (0, 5))
        assert events() == []  # nobody's progress
    assert [not said for said in tried] == [True, *[False]*5, True]
    assert 'did not return within' in tried[1] and tried[2] == HUNG and 'MemoryError' in tried[3] and tried[4] == DIED and 'expected 3, got 4' in tried[5]


def test_a_survivor_that_is_not_listed_and_a_listed_one_that_is_caught_are_faults_that_name_it_and_a_list_of_another_form_is_refused():
    def positive(x): return max(x, 0)
    careless = Exercise('workbook-mutants/positive', '', positive, lambda rng: [(5,)])
    turned, wrong = 'line 1: max(x, 0) became max(0, x)', 'line 1: max(x, 0) became min(x, 0)'
    reviewed = review(careless, listed={turned: 'the greater of two has no order', wrong: 'is it?'})
    assert {'returns x', turned} <= {m.description for m in reviewed.survivors} == {m.description for m in survivors(careless)}
    assert any('lets this through: returns x;' in f for f in reviewed.faults) and not any(turned in f for f in reviewed.faults)
    assert any(f"lists '{wrong}', which is caught" in f for f in reviewed.faults)
    assert share_caught([reviewed]) < share_caught([review(replace(careless, cases=lambda rng: [(5,), (-5,)]), listed={turned: 'no order'})]) == 1
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder)/'nbs').mkdir()
        assert equivalent(Path(folder)) == {}
        (Path(folder)/'nbs'/'survivors.yml').write_text('an-exercise: [a, b]\n')
        with pytest.raises(Refusal, match='wanted exercise'): equivalent(Path(folder))


def test_an_exercise_whose_reference_does_not_give_the_same_twice_is_told_so_instead_of_passing_for_strong():
    def dice(): return np.random.default_rng().uniform()
    by_chance = Exercise('workbook-mutants/chance', '', dice, lambda rng: [()])
    with pytest.raises(AssertionError, match='unchanged copy'): review(by_chance, listed={})
