"""Generated from nbs/2_data/08_feature_selection.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
import pytest
from mlcourse.data.feature_selection import Counted
from mlcourse.data.feature_selection import coverage_score
from mlcourse.data.feature_selection import drop_correlated
from mlcourse.data.feature_selection import exhaustive_selection
from mlcourse.data.feature_selection import f_score
from mlcourse.data.feature_selection import filter_scores
from mlcourse.data.feature_selection import forward_evaluations
from mlcourse.data.feature_selection import forward_selection
from mlcourse.data.feature_selection import held_out_r2
from mlcourse.data.feature_selection import into_bins
from mlcourse.data.feature_selection import lasso
from mlcourse.data.feature_selection import least_squares
from mlcourse.data.feature_selection import make_summer
from mlcourse.data.feature_selection import make_two_meters
from mlcourse.data.feature_selection import mutual_information
from mlcourse.data.feature_selection import paper_and_ink
from mlcourse.data.feature_selection import pick_exercise
from mlcourse.data.readings import make_cards
from sklearn.feature_selection import f_regression
from sklearn.linear_model import Lasso
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mutual_info_score
from sklearn.model_selection import KFold


def test_half_as_much_light_makes_darker_paper_and_the_ink_stays_the_darker_of_the_two():
    bright, dim = (paper_and_ink(make_cards(20, 1, camera='scanner', light=light)) for light in (.8, .4))
    assert bright.shape == (20, 2) and (bright[:, 0] > 1.5*dim[:, 0]).all()
    assert (bright[:, 1] < bright[:, 0]).all() and (dim[:, 1] < dim[:, 0]).all()


def test_by_hand_on_a_line_in_any_unit_and_a_row_does_not_count_as_its_own_neighbour():
    line = np.arange(11.)[:, None]  # every neighbour is 1 away; 2 is the nearest but one at both ends
    np.testing.assert_allclose(coverage_score(line, np.array([[13.], [5.5]]), k=1), [3, .5])
    np.testing.assert_allclose(coverage_score(line, np.array([[13.]]), k=2, quantile=1), [4/2])
    np.testing.assert_allclose(coverage_score(1000*line, np.array([[13_000.]]), k=1), [3])
    with pytest.raises(ValueError, match='columns of known'): coverage_score(line, np.ones((3, 2)))
    with pytest.raises(ValueError, match='k must lie'): coverage_score(line, line, k=11)


def test_twins_go_whatever_their_sign_independent_columns_stay_and_the_first_comer_wins():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 200))
    table = np.c_[a, b, -3*a + 1, a + .1*b]
    assert drop_correlated(table, .9) == [0, 1] and drop_correlated(table[:, ::-1], .9) == [0, 2]
    assert drop_correlated(table[:, :2], .9) == [0, 1]
    with pytest.raises(ValueError, match='constant'): drop_correlated(np.c_[a, np.ones(200)], .9)
    with pytest.raises(ValueError, match='threshold'): drop_correlated(table, 0.)


def test_scores_by_hand_and_by_scikit_learn_and_a_filter_scores_each_column_once():
    rng = np.random.default_rng(0)
    x, target = rng.normal(size=(120, 4)), rng.normal(size=120)
    np.testing.assert_allclose(filter_scores(x, target, f_score), f_regression(x, target)[0])
    assert f_score(np.ones(120), target) == 0
    coin = np.repeat([0, 1], 60)
    assert abs(mutual_information(coin, coin) - 1) < 1e-12 and abs(mutual_information(coin, np.tile([0, 1], 60))) < 1e-12
    bits = mutual_info_score(into_bins(x[:, 0], 8), into_bins(target, 8))/np.log(2)  # theirs is in nats
    assert abs(mutual_information(x[:, 0], target) - bits) < 1e-12
    assert set(np.bincount(into_bins(x[:, 0], 8))) == {15}
    assert list(into_bins(np.arange(5.), 2)) == [0, 0, 1, 1, 1] and list(into_bins(np.array([7, 7, -1]), 2)) == [1, 1, 0]
    score = Counted(f_score); filter_scores(x, target, score); assert score.calls == 4
    with pytest.raises(ValueError, match='target for each'): filter_scores(x, target[1:], f_score)


def test_the_table_knows_nothing_of_july_and_holds_one_pair_of_columns_that_say_exactly_the_same():
    table, july = make_summer(80, 3)
    assert table.shape == (80, 23) and july.shape == (80,) and {d.kind for d in table.dtypes} == {'f'}
    np.testing.assert_allclose(table['total'], 6*table['mean'])
    assert not any(np.array_equal(table[c], july) for c in table)
    assert (table[['standard', 'saver', 'garden']].sum(axis=1) == 1).all() and table.equals(make_summer(80, 3)[0])


def test_counts_and_choices_by_hand_and_the_held_out_score_by_scikit_learn():
    worth = [3, 5, 1, 4]
    evaluate = Counted(lambda columns: sum(worth[c] for c in columns))
    assert forward_selection(evaluate, 4, 3) == [1, 3, 0] and evaluate.calls == forward_evaluations(4, 3) == 9
    evaluate.calls = 0
    assert exhaustive_selection(evaluate, 4, 2) == [1, 3] and evaluate.calls == 6
    rng = np.random.default_rng(0)
    x, fit = rng.normal(size=(53, 3)), Counted(least_squares)
    target = x @ [1, 2, 0] + rng.normal(size=53)
    theirs = [LinearRegression().fit(x[a], target[a]).score(x[b], target[b]) for a, b in KFold(5).split(x)]
    np.testing.assert_allclose(held_out_r2(x, target, fit), np.mean(theirs)); assert fit.calls == 5
    with pytest.raises(ValueError, match='k must lie'): forward_selection(evaluate, 4, 5)
    with pytest.raises(ValueError, match='n_folds'): held_out_r2(x, target, n_folds=1)


def test_the_two_meters_explain_the_bill_and_the_estimate_alone_explains_more_than_either_of_them():
    parts, bill = make_two_meters(400, 5)
    assert parts.shape == (400, 8) and held_out_r2(parts[:, :2], bill) > .98
    alone = [held_out_r2(parts[:, [c]], bill) for c in range(8)]
    assert np.argmax(alone) == 2 and alone[2] > max(alone[:2]) + .1


def test_the_lasso_by_hand_on_one_column_without_a_penalty_and_by_scikit_learn():
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=(90, 6)), rng.normal(size=90)
    x -= x.mean(0); target = x[:, 0] - 2*x[:, 3] + noise; target -= target.mean()
    np.testing.assert_allclose(lasso(np.array([[1.], [-1.]]), np.array([3., -3.]), .5), [2.5])
    np.testing.assert_allclose(lasso(x, target, 0), least_squares(x, target)[1:], atol=1e-7)
    np.testing.assert_allclose(lasso(x, target, .2), Lasso(.2, fit_intercept=False, tol=1e-10).fit(x, target).coef_, atol=1e-6)
    assert not lasso(x, target, 100).any()
    with pytest.raises(ValueError, match='alpha'): lasso(x, target, -1)


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(pick_exercise.prove()) == 9
