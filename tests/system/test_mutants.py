"Every exercise's check catches the mutants of its reference, but for those that compute the same, which are listed with a reason."
import pytest
from test_exercises import LESSONS, PROJECT, module_of

from mlcourse.workbook.exercises import Exercise
from mlcourse.workbook.export import read_notebook
from mlcourse.workbook.mutants import equivalent, review, share_caught


def exercises(name):
    "The exercises of a lesson."
    return [value for value in vars(module_of(read_notebook(PROJECT/'nbs'/name))).values() if isinstance(value, Exercise)]


@pytest.mark.parametrize('name', LESSONS)
def test_no_mutant_of_a_lessons_references_passes_unexplained(name):
    listed = equivalent(PROJECT)
    reviews = [review(exercise, listed=listed.get(exercise.id, {})) for exercise in exercises(name)]
    faults, share = [fault for r in reviews for fault in r.faults], share_caught(reviews)
    print(f'{name}: {share:.1%} of {sum(len(r.said) for r in reviews)} mutants caught, {sum(len(r.listed) for r in reviews)} compute the same')
    assert not faults, '\n'.join(faults)
    assert share >= .95  # in each lesson, so in all


def test_what_is_listed_belongs_to_an_exercise():
    assert not set(equivalent(PROJECT)) - {exercise.id for name in LESSONS for exercise in exercises(name)}
