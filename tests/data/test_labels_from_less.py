"""Generated from nbs/2_data/13_labels_from_less.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
import pytest
from mlcourse.data.labels_from_less import accuracy_when_voting
from mlcourse.data.labels_from_less import apply_heuristics
from mlcourse.data.labels_from_less import by_cluster
from mlcourse.data.labels_from_less import by_committee
from mlcourse.data.labels_from_less import by_margin
from mlcourse.data.labels_from_less import label_model
from mlcourse.data.labels_from_less import launch
from mlcourse.data.labels_from_less import mask_rows
from mlcourse.data.labels_from_less import meter_groups
from mlcourse.data.labels_from_less import month_of_readings
from mlcourse.data.labels_from_less import neighbour_graph
from mlcourse.data.labels_from_less import next_word_table
from mlcourse.data.labels_from_less import perplexity
from mlcourse.data.labels_from_less import purity
from mlcourse.data.labels_from_less import rewire
from mlcourse.data.labels_from_less import set_aside
from mlcourse.data.labels_from_less import spread_labels
from mlcourse.data.labels_from_less import straighten
from mlcourse.data.labels_from_less import triplet_exercise
from mlcourse.data.readings import make_cards
from sklearn.semi_supervised import LabelSpreading


def test_a_straightened_digit_does_not_depend_on_the_light_and_lies_in_the_middle():
    bright, dim = (straighten(make_cards(20, 0, light=light, camera='scanner')) for light in (1., .5))
    assert bright.shape == (100, 14, 14) and bright.min() >= 0 and bright.max() <= 1
    assert np.median([np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(bright, dim)]) > .95
    centre = (bright*np.arange(14)).sum((1, 2))/bright.sum((1, 2))
    assert np.median(np.abs(centre - 6.5)) < .1
    assert (straighten(make_cards(20, 0)) == 0).mean() > .5  # no grain of the paper is left


def test_a_chain_of_three_shares_by_hand_and_scikit_learn_s_labelspreading_finds_the_same_on_a_random_graph():
    chain = neighbour_graph(np.array([[0.], [1.], [2.5]]), 1)
    np.testing.assert_array_equal(chain, [[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    belief = spread_labels(chain, np.array([0, -1, 1]), alpha=.4, n_rounds=1)
    np.testing.assert_allclose(belief, [[.6, 0], [.4/2**.5, .4/2**.5], [0, .6]], rtol=1e-6)
    x = np.random.default_rng(0).normal(size=(80, 3))
    labels = np.where(np.arange(80) < 8, np.arange(80) % 2, -1)
    graph = neighbour_graph(x, 6)
    theirs = LabelSpreading(kernel=lambda a, b: graph.astype(float), alpha=.7, max_iter=200, tol=1e-9).fit(x, labels)
    ours = spread_labels(graph, labels, .7, 200)
    np.testing.assert_allclose(ours/ours.sum(1, keepdims=True), theirs.label_distributions_, atol=1e-5)
    with pytest.raises(ValueError, match='k: wanted'): neighbour_graph(x, 80)
    with pytest.raises(ValueError, match='alpha: wanted'): spread_labels(graph, labels, 1.)
    with pytest.raises(ValueError, match='only -1'): spread_labels(graph, labels - 10)


def test_purity_by_hand_and_rewiring_keeps_the_number_of_edges_and_loses_the_purity():
    square = np.array([[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]], 'f4')
    assert purity(square, np.array([0, 0, 1, 1])) == .5
    blocks = np.kron(np.eye(2), np.ones((50, 50))).astype('f4') - np.eye(100, dtype='f4')
    np.testing.assert_array_equal(rewire(blocks, 0., np.random.default_rng(0)), blocks)
    spoilt = rewire(blocks, 1., np.random.default_rng(0))
    assert (spoilt == spoilt.T).all() and not spoilt.diagonal().any() and spoilt.sum() <= blocks.sum()
    assert abs(purity(spoilt, np.arange(100)//50) - .5) < .05
    with pytest.raises(ValueError, match='share: wanted'): rewire(blocks, 1.2, np.random.default_rng(0))


def test_a_band_of_neighbouring_rows_is_hidden_everything_else_is_untouched_and_every_band_occurs():
    stack = np.random.default_rng(0).random((200, 6, 4)) + 1
    masked, hidden = mask_rows(stack, 2, np.random.default_rng(0))
    assert (hidden.sum(1) == 2).all() and (np.diff(np.flatnonzero(hidden.ravel()).reshape(-1, 2)) == 1).all()
    assert not masked[hidden].any() and (masked[~hidden] == stack[~hidden]).all()
    assert set(hidden.argmax(1)) == set(range(5))
    with pytest.raises(ValueError, match='n_rows: wanted'): mask_rows(stack, 7, np.random.default_rng(0))


def test_the_table_of_a_text_that_repeats_itself_and_the_perplexity_of_a_fair_die():
    np.testing.assert_allclose(next_word_table(np.array([0, 1, 0, 1, 0, 0]), 2, 0.), [[1/3, 2/3], [1, 0]])
    np.testing.assert_allclose(next_word_table(np.array([0, 1]), 2, 1.), [[1/3, 2/3], [.5, .5]])
    np.testing.assert_allclose(perplexity(np.full(9, 1/6)), 6)
    with pytest.raises(ValueError, match='probs: wanted'): perplexity(np.array([.5, 0.]))


def test_margin_and_committee_ask_in_the_order_worked_by_hand_and_each_cluster_is_asked_once():
    np.testing.assert_array_equal(by_margin(np.array([[.9, .1, 0], [.5, .5, 0], [.4, .3, .3]]), 2), [1, 2])
    members = np.array([[[.5, .5], [1, 0], [.9, .1]], [[.5, .5], [0, 1], [.7, .3]]])
    np.testing.assert_array_equal(by_committee(members, 3), [1, 2, 0])  # equally unsure is not a disagreement
    x = np.random.default_rng(0).normal(size=(60, 2)) + 50*np.repeat(np.eye(3)[:, :2], 20, axis=0)
    np.testing.assert_array_equal(np.sort(by_cluster(x, 3)//20), [0, 1, 2])
    assert len(set(by_cluster(x, 58))) == 58
    with pytest.raises(ValueError, match='n: wanted'): by_cluster(x, 61)
    with pytest.raises(ValueError, match='two members'): by_committee(members[:1], 1)


def test_seven_three_and_two_twelfths_are_right_wrong_and_in_litres_each_group_in_its_place():
    x, wrong, litre = meter_groups(np.random.default_rng(0), 1200)
    assert (wrong.sum(), litre.sum()) == (300, 200) and not (wrong & litre).any()
    np.testing.assert_allclose([x[litre, 0].mean(), x[wrong == 1, 0].mean(), x[~litre & (wrong == 0), 0].mean()],
                               [3, 1.3, 0], atol=.05)


def test_nearly_two_in_five_readings_are_wrong_and_the_heuristics_say_of_three_rows_what_they_should():
    frame, wrong = set_aside(2000, 1)
    assert .3 < wrong.mean() < .4 and (frame['used'][wrong == 0] >= 0).mean() > .99
    rows = frame.head(3).assign(used=[-4, 8, 30], usual=8, blur=[2, 1, 1], days_late=[5, 1, 20], corrections=[2, 0, 0],
                                last_digit=[0, 3, 0])
    np.testing.assert_array_equal(apply_heuristics(rows), [[1, -1, 1, -1, 1, 1], [-1, 0, -1, 0, 0, -1],
                                                           [-1, 1, -1, 1, 0, 1]])


def test_one_round_by_hand_and_the_rates_of_independent_heuristics_are_found_again():
    probs, rates = label_model(np.array([[0], [1], [-1]]), np.array([.5, .5]), n_rounds=1)
    start = np.array([[.75, .25], [.25, .75], [.5, .5]])  # (vote + prior)/2, and the prior where nobody votes
    np.testing.assert_allclose(rates[0], [[1.25/3, .75/3], [.75/3, 1.25/3]])  # (.75 + .5)/(1.5 + 1.5) and so on
    np.testing.assert_allclose(probs, [[.625, .375], [.375, .625], [.5, .5]])
    np.testing.assert_allclose(accuracy_when_voting(rates, np.array([.5, .5])), .625)
    rng = np.random.default_rng(0)
    truth, right = rng.integers(2, size=8000), np.array([.9, .8, .7, .6])
    drawn_votes = np.where(rng.random((8000, 4)) < right, truth[:, None], 1 - truth[:, None])
    drawn_votes[rng.random((8000, 4)) < .3] = -1
    found = accuracy_when_voting(label_model(drawn_votes, np.array([.5, .5]))[1], np.array([.5, .5]))
    np.testing.assert_allclose(found, right, atol=.03)
    with pytest.raises(ValueError, match='prior: wanted'): label_model(drawn_votes, np.array([.5, .4]))
    with pytest.raises(ValueError, match='votes: wanted'): label_model(drawn_votes + 1, np.array([.5, .5]))


def test_new_customers_have_no_jump_and_err_as_asked_and_the_first_month_is_the_rule_s_unless_some_is_explored_or_borrowed():
    x, erred = month_of_readings(np.random.default_rng(0), 20_000, .4)
    new = x[:, 1] == 1
    assert not x[new, 0].any() and abs(new.mean() - .1) < .01 and abs(erred[new].mean() - .4) < .03
    found, by_rule = launch(np.random.default_rng(0), 3, 0.)
    assert found.shape == by_rule.shape == (3,) and found[0] == by_rule[0]
    assert launch(np.random.default_rng(0), 1, 1.)[0][0] < by_rule[0]  # all by lot
    assert launch(np.random.default_rng(0), 1, 0., month_of_readings(np.random.default_rng(1)))[0][0] > by_rule[0]
    with pytest.raises(ValueError, match='explore_share'): launch(np.random.default_rng(0), 1, 2.)


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(triplet_exercise.prove()) == 7
