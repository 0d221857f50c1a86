"""Generated from nbs/1_scoping/03_metrics.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
import pytest
from mlcourse.scoping.metrics import Candidate
from mlcourse.scoping.metrics import LIMITS
from mlcourse.scoping.metrics import Requirements
from mlcourse.scoping.metrics import break_even_error
from mlcourse.scoping.metrics import choose_model
from mlcourse.scoping.metrics import digit_accuracy
from mlcourse.scoping.metrics import earnings
from mlcourse.scoping.metrics import error_profile
from mlcourse.scoping.metrics import expected_loss
from mlcourse.scoping.metrics import finite_differences
from mlcourse.scoping.metrics import latency_ratios
from mlcourse.scoping.metrics import linear_probs
from mlcourse.scoping.metrics import mean_log_loss
from mlcourse.scoping.metrics import measure
from mlcourse.scoping.metrics import prediction_set
from mlcourse.scoping.metrics import price_exercise
from mlcourse.scoping.metrics import quadrant
from mlcourse.scoping.metrics import shortfalls
from mlcourse.scoping.metrics import suspects_exercise
from mlcourse.scoping.metrics import thresholds
from mlcourse.scoping.metrics import value_accuracy
from mlcourse.scoping.metrics import worst_recall
from sklearn.metrics import log_loss
from sklearn.metrics import recall_score
from sklearn.neighbors import KNeighborsClassifier


def test_the_break_even_error_agrees_with_a_sum_done_by_hand():
    assert break_even_error(1., 10., 0.) == .1  # one wrong bill in ten costs 10, as ten readings by a person do
    assert break_even_error(1., 10., .5) == 1/5.5
    assert break_even_error(5., 1., 0.) == 1.   # a wrong bill cheaper than reading: never ask
    np.testing.assert_allclose(digit_accuracy(1 - .9**5), .9)
    with pytest.raises(ValueError, match='positive'): break_even_error(0., 1., 0.)
    with pytest.raises(ValueError, match=r'\[0, 1\]'): break_even_error(1., 1., 2.)
    with pytest.raises(ValueError, match='card_error'): digit_accuracy(1.2)


def test_thresholds_agree_with_sums_done_by_hand_and_a_missing_assumption_is_named():
    figures = dict(person_minute=2., minutes_to_read=.5, minutes_to_correct=4., postage=2., share_noticed=0.,
                   patience_s=2., link_kb_per_s=300.)
    found = thresholds(figures, 3., 6.)
    assert (found['cost_of_person_reading'], found['cost_of_wrong_bill'], found['max_card_error']) == (1., 10., .1)
    np.testing.assert_allclose([found['min_accuracy'], found['min_worst_recall']], [.9**.2, 1 - 3*(1 - .9**.2)])
    assert (found['max_latency_ratio'], found['max_size_kb']) == (6., 600.)
    assert thresholds(figures, 100., 6.)['min_worst_recall'] == 0.  # a recall has no lower limit than that
    del figures['postage']
    with pytest.raises(ValueError, match='missing postage'): thresholds(figures, 3., 6.)


def test_ten_times_the_work_takes_several_times_the_time_and_the_worst_recall_equals_scikit_learn_s():
    work = lambda n: lambda: sum(i*i for i in range(n))
    ratios = latency_ratios(dict(short=work(5_000), long=work(50_000)), 'short')
    assert ratios['short'] == 1. and ratios['long'] > 3
    with pytest.raises(ValueError, match='baseline'): latency_ratios(dict(short=work(1)), 'shortest')
    labels = np.random.default_rng(0).integers(4, size=300)
    predicted = np.where(np.random.default_rng(1).uniform(size=300) < .7, labels, 0)
    np.testing.assert_allclose(worst_recall(labels, predicted), recall_score(labels, predicted, average=None).min())
    assert worst_recall(np.array([0]*99 + [1]), np.zeros(100, int)) == 0.  # 99 % accurate and useless for class 1
    with pytest.raises(ValueError, match='one shape'): worst_recall(labels, predicted[:-1])
    nearest = KNeighborsClassifier(1).fit(np.arange(300)[:, None], labels)
    row = measure({'nearest': nearest}, np.arange(300)[:, None], labels, 'nearest')[0]
    assert (row.name, row.accuracy, row.worst_recall, row.latency_ratio) == ('nearest', 1., 1., 1.)
    assert row.size_kb > .3


def test_the_choice_agrees_with_a_table_worked_by_hand_a_refusal_is_one_line_that_names_the_nearest_model():
    table = [Candidate('slow', .99, .9, 20., 10.), Candidate('fair', .95, .9, 2., 10.), Candidate('fast', .90, .8, 1., 10.)]
    assert choose_model(table, Requirements()).name == 'slow'
    assert choose_model(table, Requirements(max_latency_ratio=2.)).name == 'fair'
    assert choose_model(table, Requirements('latency_ratio', min_accuracy=.92)).name == 'fair'
    assert choose_model(table, Requirements('latency_ratio', min_worst_recall=.8)).name == 'fast'
    assert choose_model(table[::-1], Requirements('size_kb')).name == 'fast'  # equals: the first one listed
    nearest = "none of 3 .* nearest is 'slow': accuracy 0.99 where min_accuracy is 0.995"
    with pytest.raises(ValueError, match=nearest) as refusal: choose_model(table, Requirements(min_accuracy=.995))
    assert '\n' not in str(refusal.value)
    np.testing.assert_allclose(shortfalls(table[2], Requirements(min_accuracy=.95))['min_accuracy'], .05/.95)
    assert shortfalls(Candidate('unmeasured', np.nan, 1., 1., 1.), Requirements()) == dict(min_accuracy=np.inf)
    with pytest.raises(ValueError, match='got none'): choose_model([], Requirements())
    with pytest.raises(ValueError, match='optimise'): Requirements('beauty')
    with pytest.raises(ValueError, match='positive'): Requirements(max_size_kb=0)
    with pytest.raises(ValueError, match='finite'): Requirements(min_accuracy=np.inf)


def test_over_random_tables_no_violating_model_is_ever_returned_and_none_that_qualifies_is_better():
    rng = np.random.default_rng(3)
    answered = refused = 0
    for _ in range(1000):
        table = [Candidate(str(i), *rng.uniform(size=2), *rng.uniform(0, 10, 2)) for i in range(rng.integers(1, 9))]
        wanted = Requirements(rng.choice(list(LIMITS.values())), *rng.uniform(0, .7, 2), *rng.uniform(3, 12, 2))
        meeting = [c for c in table if c.accuracy >= wanted.min_accuracy and c.worst_recall >= wanted.min_worst_recall
                   and c.latency_ratio <= wanted.max_latency_ratio and c.size_kb <= wanted.max_size_kb]
        sign = 1 if wanted.optimise in ('accuracy', 'worst_recall') else -1
        if meeting:
            chosen, answered = choose_model(table, wanted), answered + 1
            assert chosen in meeting
            assert sign*getattr(chosen, wanted.optimise) == max(sign*getattr(c, wanted.optimise) for c in meeting)
        else:
            refused += 1
            with pytest.raises(ValueError, match='nearest'): choose_model(table, wanted)
    assert answered > 200 and refused > 200


def test_the_log_loss_equals_scikit_learn_s_and_a_prediction_set_has_the_profile_it_was_asked_for():
    labels = np.arange(1000) % 10
    profile = error_profile(prediction_set(labels, .1, .8, .2), labels)
    np.testing.assert_allclose(list(profile.values()), [.9, -.9*np.log(.8) - .1*np.log(.2), .1, -np.log(.2), -np.log(.8)])
    probs = np.random.default_rng(0).dirichlet(np.ones(10), 1000)
    np.testing.assert_allclose(mean_log_loss(probs, labels), log_loss(labels, probs))
    certain = np.eye(10)
    np.testing.assert_allclose(mean_log_loss(certain, np.roll(np.arange(10), 1)), 52*np.log(2))  # 2^-52, still finite
    assert quadrant(profile, profile) == 'loss level, accuracy level'
    assert quadrant(profile, profile | dict(loss=9., accuracy=0.)) == 'loss up, accuracy down'
    with pytest.raises(ValueError, match='p_wrong'): prediction_set(labels, .1, .4, .2)
    with pytest.raises(ValueError, match='share_wrong'): prediction_set(labels, 2., .8, .2)
    with pytest.raises(ValueError, match='labels'): mean_log_loss(probs, labels[:-1])


def test_finite_differences_match_derivatives_worked_by_hand():
    point = np.array([1., -2., 3.])
    np.testing.assert_allclose(finite_differences(lambda w: float((w**2).sum()), point), 2*point, rtol=1e-6)
    np.testing.assert_allclose(finite_differences(lambda w: float(w.prod()), point, at=[2]), [-2.], rtol=1e-6)
    staircase = lambda w: float(np.floor(w + .5).sum())  # flat on its steps
    assert (finite_differences(staircase, point) == 0).all()
    np.testing.assert_allclose(linear_probs(np.array([0., 0., 0., np.log(3)]), np.ones((1, 1))), [[.25, .75]])


def test_value_accuracy_and_earnings_agree_with_sums_done_by_hand():
    truth, read = np.array([[1, 2, 3, 4, 5], [0, 0, 0, 0, 0]]), np.array([[1, 2, 3, 4, 9], [3, 0, 0, 0, 0]])
    np.testing.assert_allclose([value_accuracy(truth[[i]], read[[i]]) for i in (0, 1)], [11_110/11_111, 1_111/11_111])
    np.testing.assert_allclose(earnings(truth, read, 1., .001), [1 - .004, 1 - 30])
    np.testing.assert_allclose(earnings(read, truth, 1., .001), [1 - .004, 1 - 30])  # too little costs the same
    assert value_accuracy(truth, truth) == 1. and value_accuracy(truth, truth + 1) == 0.
    with pytest.raises(ValueError, match='shape'): value_accuracy(truth.ravel(), read.ravel())
    with pytest.raises(ValueError, match='shape'): earnings(truth, read[:1], 1., .001)


def test_the_expected_loss_agrees_with_a_card_worked_by_hand_and_is_zero_for_a_sure_one():
    probs = np.zeros((2, 5, 10))
    probs[:, :, 3] = 1
    probs[1, 0, 3], probs[1, 0, 8] = .9, .1  # one time in ten the first digit is an 8, five steps off
    np.testing.assert_allclose(expected_loss(probs, .01), [0., .1*5*10_000*.01])
    with pytest.raises(ValueError, match='shape'): expected_loss(probs[0], .01)


def test_the_exercise_on_prices_refuses_each_wrong_answer_with_its_own_message():
    assert len(price_exercise.prove()) == 5


def test_the_exercise_on_suspects_refuses_each_wrong_answer_with_its_own_message():
    assert len(suspects_exercise.prove()) == 6
    probs, labels = np.array([[.9, .1], [.2, .8], [.6, .4]]), np.array([1, 1, 0])
    assert suspects_exercise.reference(probs, labels, 2).tolist() == [0, 2]  # by hand: 0.1, 0.8, 0.6 for the label
