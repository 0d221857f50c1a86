"""Generated from nbs/2_data/02_labels.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
import pytest
from mlcourse.data.labels import Definition
from mlcourse.data.labels import GoldLabeller
from mlcourse.data.labels import Workforce
from mlcourse.data.labels import bake_off
from mlcourse.data.labels import box_iou
from mlcourse.data.labels import break_even_volume
from mlcourse.data.labels import click_feedback
from mlcourse.data.labels import cohen_kappa
from mlcourse.data.labels import crowd_error
from mlcourse.data.labels import dawid_skene
from mlcourse.data.labels import fit_logistic
from mlcourse.data.labels import gold_verdict
from mlcourse.data.labels import hide_gold
from mlcourse.data.labels import kendall_w
from mlcourse.data.labels import keypoint_distance
from mlcourse.data.labels import make_notes
from mlcourse.data.labels import mask_dice
from mlcourse.data.labels import proxy_of
from mlcourse.data.labels import rank_rows
from mlcourse.data.labels import refine_definitions
from mlcourse.data.labels import replay
from mlcourse.data.labels import simulate_votes
from mlcourse.data.labels import swap_person
from mlcourse.data.labels import vote_shares
from mlcourse.data.labels import weighted_vote_exercise
from mlcourse.data.readings import LOOKALIKE
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score


def test_a_proxy_errs_as_often_and_where_it_should_and_the_fit_agrees_with_scikit_learn_s_for_labels_and_for_shares():
    outcome = (np.arange(1000) % 4 == 0).astype(float)
    for correlation in (1., .6, 0.):
        proxy = proxy_of(outcome, correlation, np.zeros(1000), np.random.default_rng(0))
        np.testing.assert_allclose(np.corrcoef(outcome, proxy)[0, 1], correlation, atol=.005)
        assert proxy.sum() == 250
    pull = 50.*(np.arange(1000) < 500)
    pulled = proxy_of(outcome, .6, pull, np.random.default_rng(0))
    assert np.flatnonzero(pulled > outcome).max() < 500 <= np.flatnonzero(pulled < outcome).min()
    with pytest.raises(ValueError, match='correlation: wanted'): proxy_of(outcome, 1.5, pull, np.random.default_rng(0))
    with pytest.raises(ValueError, match='outcome: wanted'): proxy_of(np.ones(4), .5, np.ones(4), np.random.default_rng(0))
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 3))
    share = rng.random(300)
    for y, rows, labels, weight in ((np.round(share), x, np.round(share), None),
                                    (share, np.r_[x, x], np.repeat([1, 0], 300), np.r_[share, 1 - share])):
        model = LogisticRegression(tol=1e-10).fit(rows, labels, weight)
        np.testing.assert_allclose(fit_logistic(x, y), np.append(model.intercept_, model.coef_), atol=1e-5)
    with pytest.raises(ValueError, match='wanted x'): fit_logistic(x, share[:-1])


def test_clicks_happen_as_often_as_their_probability_says_and_only_where_something_is_wrong():
    rng = np.random.default_rng(0)
    outcome = (rng.random(40_000) < .5).astype(float)
    clicks, recorded = click_feedback(outcome, np.tile(np.arange(4), 10_000), np.full(40_000, 1e3), rng, screen=4)
    assert not clicks[outcome == 0].any()
    np.testing.assert_allclose(recorded[:4], 1/(1 + np.arange(4)[::-1]/4))  # the highest priority comes first
    np.testing.assert_allclose(clicks.reshape(-1, 4).mean(0), .5*recorded[:4], atol=.02)
    assert click_feedback(outcome, outcome, np.full(40_000, 10.), rng)[1].max() == 1 - np.exp(-1)
    with pytest.raises(ValueError, match='age_days'): click_feedback(outcome, outcome, np.zeros(40_000), rng)


def test_kappa_equals_scikit_learn_s_and_a_table_worked_by_hand():
    first = np.repeat([0, 0, 1, 1], [20, 5, 10, 15])
    second = np.repeat([0, 1, 0, 1], [20, 5, 10, 15])
    np.testing.assert_allclose(cohen_kappa(first, second), (.7 - .5)/.5)  # chance: .5 * .6 + .5 * .4
    rng = np.random.default_rng(0)
    for _ in range(5):
        first, second = rng.integers(4, size=(2, 200))
        second = np.where(rng.random(200) < .6, first, second)
        np.testing.assert_allclose(cohen_kappa(first, second), cohen_kappa_score(first, second), rtol=1e-12)
    assert np.isnan(cohen_kappa(np.ones(3), np.ones(3)))
    with pytest.raises(ValueError, match='two labels'): cohen_kappa(first, second[:-1])


def test_without_noise_the_definitions_meet_and_kappa_reaches_1_two_who_agree_stop_after_one_round():
    faults = np.random.default_rng(0).normal(size=(500, 2))
    pair = Definition(np.array([1., 0]), .2), Definition(np.array([0., 1]), -.2)
    kappas, ends = refine_definitions(pair, (faults, faults), min_gain=1e-9)
    assert kappas[0] < .3 and kappas[-1] > .99 and kappas == sorted(kappas)
    np.testing.assert_allclose(ends[0].weights, [.5, .5], atol=.01)
    assert refine_definitions((pair[0], pair[0]), (faults, faults))[0] == [1., 1.]
    with pytest.raises(ValueError, match='step: wanted'): refine_definitions(pair, (faults, faults), step=0.)


def test_dawid_skene_finds_who_is_wrong_even_one_who_always_says_the_opposite():
    truth = np.random.default_rng(0).integers(2, size=400)
    chance = np.random.default_rng(1).random((400, 4))
    votes = np.where(chance < [.9, .85, .8, .1], truth[:, None], 1 - truth[:, None])  # the last one lies
    prob, rates = dawid_skene(votes, 2)
    np.testing.assert_allclose(rates[:, [0, 1], [0, 1]].mean(1), [.9, .85, .8, .1], atol=.05)
    assert (prob.argmax(1) == truth).mean() > (vote_shares(votes[:, :3], 2).argmax(1) == truth).mean() + .01
    np.testing.assert_allclose(vote_shares(np.array([[0, 1, 1, -1], [2, -1, -1, -1]]), 3), [[1/3, 2/3, 0], [0, 0, 1]])
    prob, _ = dawid_skene(np.array([[0, 0], [1, 1]]), 3)  # nobody ever says 2
    np.testing.assert_allclose(prob, np.eye(3)[:2], atol=.1)
    with pytest.raises(ValueError, match='at least one vote'): dawid_skene(np.array([[0, 1], [-1, -1]]), 2)
    with pytest.raises(ValueError, match='wanted votes'): vote_shares(np.array([[3]]), 3)
    answers = simulate_votes(np.full(4000, 7), np.array([1., .6]), np.random.default_rng(0), 1.)
    assert (answers[:, 0] == 7).all() and set(answers[:, 1]) == {7, LOOKALIKE[7]}
    assert abs((answers[:, 1] == 7).mean() - .6) < .03


def test_w_is_1_for_one_order_and_its_test_is_friedman_s_as_scipy_has_it():
    ranks = rank_rows(np.random.default_rng(0).normal(size=(6, 5)) + np.arange(5))
    w, p = kendall_w(ranks)
    friedman = stats.friedmanchisquare(*ranks.T)
    np.testing.assert_allclose([6*4*w, p], [friedman.statistic, friedman.pvalue])
    assert kendall_w(np.tile([3, 1, 2], (4, 1)))[0] == 1. and rank_rows(np.array([.1, .9, .5])).tolist() == [3, 1, 2]
    with pytest.raises(ValueError, match='ranks 1 to 3'): kendall_w(np.array([[1, 1, 3]]))


def test_the_crowd_is_as_good_as_its_workers_the_break_even_costs_the_same_either_way_and_a_trial_ends_when_it_is_clear():
    truth = np.random.default_rng(0).integers(10, size=4000)
    assert crowd_error(truth, np.random.default_rng(0), careless=0, n_votes=1)[1] == 1.
    np.testing.assert_allclose(crowd_error(truth, np.random.default_rng(0), careless=0, n_votes=1)[0], .03, atol=.01)
    np.testing.assert_allclose(crowd_error(truth, np.random.default_rng(0), careless=1, n_votes=1)[0], .5, atol=.03)
    with pytest.raises(ValueError, match='workers who pass'):
        crowd_error(truth, np.random.default_rng(0), 40, 1., careless=1)
    small, large = Workforce('a', .1, 50, 1, 0, False), Workforce('b', .02, 450, 1, 0, True)
    assert abs(break_even_volume(small, large) - 5000) < 1e-6 and abs(small.cost(5000) - large.cost(5000)) < 1e-6
    assert break_even_volume(small, Workforce('c', .2, 60, 1, 0, True)) == float('inf')
    with pytest.raises(ValueError, match='lower fixed cost first'): break_even_volume(large, small)
    always = bake_off(lambda vendor, n: n if vendor == 1 else n//2)
    assert always == (1, 75)
    assert bake_off(lambda vendor, n: n - 1, max_items=100)[1] == 300
    with pytest.raises(ValueError, match='two vendors'): bake_off(lambda vendor, n: n, 1)


def test_the_three_measures_agree_with_sums_done_by_hand():
    a, b, apart = np.array([0, 0, 4, 4]), np.array([2, 1, 6, 5]), np.array([9, 9, 10, 10])
    # 2 * 3 pixels are shared, of 16 + 16 - 6
    np.testing.assert_allclose(box_iou(np.stack([a, a, a]), np.stack([b, a, apart])), [6/26, 1, 0])
    inside = np.zeros((2, 6, 6), bool)
    inside[0, :4, :4] = inside[1, 1:5, 2:6] = True
    assert mask_dice(*inside) == 12/32 and mask_dice(inside[0], inside[0]) == 1.
    assert mask_dice(*np.zeros((2, 3, 3), bool)) == 1.
    assert keypoint_distance(np.array([[0., 0], [1, 1]]), np.array([[3., 4], [1, 1]]), 10.) == .25  # 5 and 0, mean 2.5
    with pytest.raises(ValueError, match='x0 < x1'): box_iou(a, np.array([4, 0, 0, 4]))
    with pytest.raises(ValueError, match='one shape'): mask_dice(inside[0], inside[1, :3])
    with pytest.raises(ValueError, match='size above 0'): keypoint_distance(np.zeros((2, 2)), np.zeros((2, 2)), 0.)


def test_the_verdict_agrees_with_a_sum_done_by_hand_and_gold_is_hidden_once_in_each_block():
    assert gold_verdict([True]*7) == ('careful', 7)         # 7 * log(.6/.95) = -3.22 < log(.05/.99) = -2.99
    assert gold_verdict([False, True, False, False]) == ('careless', 4)  # 3 * 2.08 - .46 = 5.78 > log(95) = 4.55
    assert gold_verdict([True]*3) == ('undecided', 3)
    queue = hide_gold(range(20), [100, 101, 102], 5, np.random.default_rng(0))
    assert [i for i in queue if i < 100] == list(range(20))
    assert [sum(i >= 100 for i in queue[k:k + 5]) for k in (0, 5, 10)] == [1]*3
    with pytest.raises(ValueError, match='careless < careful'): gold_verdict([True], .5, .6)
    with pytest.raises(ValueError, match='every: wanted'): hide_gold([1], [2], 1, np.random.default_rng(0))


def test_the_widget_records_presses_stops_a_careless_annotator_and_plays_a_session_again():
    twelve = [f'<b>{i}</b>' for i in range(12)]
    make = lambda: GoldLabeller(twelve, ['no', 'yes'], range(12), {i: 'yes' for i in range(0, 12, 2)})
    good = replay(make(), [(i, 'yes') for i in range(12)])
    assert good.done and len(good.events) == 12 and good.verdict == ('undecided', 6)
    bad = replay(make(), [(i, 'no') for i in range(12)])
    assert bad.verdict == ('careless', 3) and bad.events == [(i, 'no') for i in range(5)]  # gold at 0, 2 and 4
    box = make().widget()
    box.children[1].children[1].click()
    assert box.children[0].value == '<b>1</b>' and box.children[2].value == '2 of 12' and 'yes' in make()._repr_html_()
    with pytest.raises(ValueError, match='as recorded'): replay(make(), [(3, 'yes')])
    with pytest.raises(ValueError, match='while items are left'): bad.answer('yes')
    with pytest.raises(ValueError, match='gold: wanted'): GoldLabeller(['a'], ['no', 'yes'], [0], {0: 'maybe'})
    with pytest.raises(ValueError, match='queue: wanted'): GoldLabeller(['a'], ['no', 'yes'], [1], {})


def test_notes_have_the_skew_that_was_asked_for_and_swapping_twice_changes_nothing():
    notes, job, person = make_notes(4000, np.random.default_rng(0), .8)
    share_of = lambda j, p: (person[job == j] == p).mean()
    np.testing.assert_allclose([share_of('fitter', 'he'), share_of('clerk', 'she')], .8, atol=.03)
    assert swap_person('he him pipe mrs') == 'she her pipe mr'
    assert all(swap_person(swap_person(note)) == note for note in notes[:50])
    assert all((note.split()[0] == 'he') == (p == 'he') for note, p in zip(notes[:50], person))
    with pytest.raises(ValueError, match='skew: wanted'): make_notes(1, np.random.default_rng(0), 2.)


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(weighted_vote_exercise.prove()) == 8
