"""Generated from nbs/5_deployment/07_drift.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
import pytest
from mlcourse.deployment.drift import accuracy_without_labels
from mlcourse.deployment.drift import black_box_shift_estimation
from mlcourse.deployment.drift import chi2_test
from mlcourse.deployment.drift import contract_breaches
from mlcourse.deployment.drift import drifting_angle
from mlcourse.deployment.drift import every
from mlcourse.deployment.drift import first_bad_step
from mlcourse.deployment.drift import ks_test
from mlcourse.deployment.drift import mmd_test
from mlcourse.deployment.drift import never
from mlcourse.deployment.drift import page_hinkley
from mlcourse.deployment.drift import psi
from mlcourse.deployment.drift import psi_p_value
from mlcourse.deployment.drift import reweight
from mlcourse.deployment.drift import run_policy
from mlcourse.deployment.drift import suddenness
from mlcourse.deployment.drift import turning_world
from mlcourse.deployment.drift import when_below
from scipy import stats


def test_the_world_turns_its_rule_without_moving_its_inputs_and_slides_its_inputs_without_changing_its_rule():
    def world(angle, slide=0.): return turning_world(angle, 40_000, np.random.default_rng(0), slide=slide)
    (still, labels), (turned, turned_labels) = world(0), world(90)
    np.testing.assert_array_equal(still, turned)
    assert abs(np.corrcoef(still[:, 0], labels)[0, 1]) > .6 > .02 > abs(np.corrcoef(still[:, 0], turned_labels)[0, 1])
    slid, slid_labels = world(0, slide=2.)
    np.testing.assert_allclose(slid.mean(0), [0, 2], atol=.02)
    np.testing.assert_array_equal(labels, slid_labels)


def test_a_policy_is_asked_after_scoring_and_a_retrained_model_serves_from_the_next_month_on():
    months = [(np.full(1, month), None) for month in range(5)]
    fit, accuracy = lambda x, y: int(x[0]), lambda model, x, y: 1 - .1*(x[0] - model)
    got, when = run_policy(months, 0, fit, accuracy, every(2))
    np.testing.assert_allclose(got, [1, .9, .9, .8, .9])  # by hand: models of month 0, 0, 1, 1, 3
    assert when == [1, 3]
    assert run_policy(months, 0, fit, accuracy, when_below(1., .15))[1] == [2]
    np.testing.assert_allclose(run_policy(months, 0, fit, accuracy, never)[0], [1, .9, .8, .7, .6])
    with pytest.raises(ValueError, match='at least 1 month'): every(0)
    with pytest.raises(ValueError, match='at least one month'): run_policy([], 0, fit, accuracy, never)


def test_the_ks_statistic_equals_scipy_s_with_ties_too_and_its_p_value_comes_within_0_03():
    rng = np.random.default_rng(0)
    for n, m in ((60, 90), (500, 500), (1000, 200)):
        for old, new in ((rng.normal(size=(n, 4)), rng.normal(.1, 1, size=(m, 4))), (rng.poisson(2, (n, 4)), rng.poisson(2, (m, 4)))):
            D, p = ks_test(old, new)
            theirs = [stats.ks_2samp(old[:, j], new[:, j]) for j in range(4)]
            np.testing.assert_allclose(D, [t.statistic for t in theirs], atol=1e-12)
            np.testing.assert_allclose(p, [t.pvalue for t in theirs], atol=.03)
    np.testing.assert_allclose(ks_test([1., 2, 3], [4., 5, 6])[0], 1)  # no overlap
    with pytest.raises(ValueError, match='not finite'): ks_test([1., np.nan], [1.])


def test_chi_square_equals_scipy_s_contingency_test_survives_empty_categories_and_refuses_an_empty_row():
    for counts in ([[30, 20, 50], [25, 40, 35]], [[5, 0, 9, 1], [3, 4, 12, 0]]):
        theirs = stats.chi2_contingency(counts, correction=False)
        np.testing.assert_allclose(chi2_test(*counts), [theirs.statistic, theirs.pvalue])
    assert chi2_test([3, 0, 5], [6, 0, 10]) == (0, 1)
    with pytest.raises(ValueError, match='none of them empty'): chi2_test([1, 2], [0, 0])


def test_psi_is_what_two_hand_counted_bins_give_symmetric_in_its_bins_and_finite_where_a_bin_is_empty():
    old, new = np.arange(8.), np.array([0., 1, 2, 3, 3, 3, 3, 4])
    p, q = np.array([4.5, 4.5])/9, np.array([7.5, 1.5])/9  # the median 3.5 halves the old values; 7 and 1 of the new
    np.testing.assert_allclose(psi(old, new, n_bins=2), ((q - p)*np.log(q/p)).sum())
    assert psi(old, old) == 0 and np.isfinite(psi(old, old + 100))
    np.testing.assert_allclose(psi_p_value(.2, 100, 100), stats.chi2.sf(10, 9))
    with pytest.raises(ValueError, match='finite'): psi(old, [])


def test_suddenness_is_1_for_a_step_and_width_over_length_for_a_ramp():
    np.testing.assert_allclose(suddenness(np.r_[np.zeros(10), np.ones(10)]), 1)
    np.testing.assert_allclose(suddenness(np.arange(33.)), 3/30)
    with pytest.raises(ValueError, match='at least 6'): suddenness([1, 2, 3])


def test_bisection_finds_each_bad_step_of_any_pipeline_in_at_most_log2_steps_1_comparisons():
    for n_steps in (1, 2, 6, 7, 100):
        good = [0]*n_steps
        for bad_from in [*range(n_steps), None]:
            after = [int(bad_from is not None and i >= bad_from) for i in range(n_steps)]
            found, n_compared = first_bad_step(good, after, lambda a, b: a != b)
            assert found == bad_from and n_compared <= np.ceil(np.log2(n_steps + 1))
    with pytest.raises(ValueError, match='as many outputs'): first_bad_step([1], [1, 2], max)


def test_shift_estimation_undoes_a_known_confusion_exactly_re_weighting_is_bayes_rule_bad_input_is_refused():
    confusion = np.array([[80, 10], [20, 90]])
    np.testing.assert_allclose(black_box_shift_estimation(confusion, [24, 76]), [.2, .8])  # .8·.2 + .1·.8 = .24
    np.testing.assert_allclose(black_box_shift_estimation(confusion, [0, 9]), [0, 1])      # never negative
    np.testing.assert_allclose(reweight([[.5, .5]], [.5, .5], [.2, .8]), [[.2, .8]])
    np.testing.assert_allclose(reweight([[.3, .7]], [.4, .6], [.4, .6]), [[.3, .7]])
    with pytest.raises(ValueError, match='every true class'): black_box_shift_estimation([[1, 0], [1, 0]], [1, 1])
    with pytest.raises(ValueError, match='positive'): reweight([[.5, .5]], [0, 1], [.5, .5])


def test_a_contract_breach_is_named_by_column_and_value_and_harmless_changes_pass():
    contract = {'digit': range(9), 'unit': ['m³']}
    assert contract_breaches(contract, {'digit': range(10), 'unit': ['m³']}) == ["column 'digit' will hold 9, never seen in training"]
    assert contract_breaches(contract, {'digit': range(9)}) == ["column 'unit' is no longer sent"]
    assert contract_breaches(contract, {'digit': range(5), 'unit': ['m³'], 'colour': ['red']}) == []


def test_page_hinkley_alarms_where_a_hand_made_sum_crosses_its_threshold_and_starts_anew():
    values = [0.]*10 + [1.]*10
    # after k ones the mean is k/(10 + k): each adds 1 - mean; .909 + .833 + .769 + .714 = 3.226 is the first sum above 3
    assert page_hinkley(values, threshold=3, delta=0, min_instances=1, alpha=1) == [13]  # then all starts anew, with ones alone
    assert page_hinkley([0.]*500 + [1.]*500) and page_hinkley([1.]*500 + [0.]*500) == []
    assert drifting_angle('recurring', 6, 2, 2, np.random.default_rng(0)).tolist() == [0, 0, 60, 60, 0, 0]
    with pytest.raises(ValueError, match='sudden'): drifting_angle('brutal', 6, 2, 2, np.random.default_rng(0))


def test_mmd2_equals_the_sum_over_pairs_written_out_p_is_smallest_for_distant_windows_and_shapes_are_checked():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(5, 3)), rng.normal(1, 1, (7, 3))
    both = np.r_[x, y]
    gaps = np.linalg.norm(both[:, None] - both[None], axis=-1)
    width = np.sort(gaps.ravel())[(144 - 1)//2]  # of two in the middle the lower
    k = np.exp(-gaps**2/(2*width**2))
    by_hand = (k[:5, :5].sum() - 5)/20 + (k[5:, 5:].sum() - 7)/42 - 2*k[:5, 5:].mean()
    np.testing.assert_allclose(mmd_test(x, y)[0], by_hand, atol=1e-5)
    assert mmd_test(rng.normal(size=(50, 4)), rng.normal(3, 1, (50, 4)))[1] == .01
    with pytest.raises(ValueError, match='wanted'): mmd_test(x, y[:, :2])


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(accuracy_without_labels.prove()) >= 5
