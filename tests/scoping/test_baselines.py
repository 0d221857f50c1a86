"""Generated from nbs/1_scoping/04_baselines.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
import pytest
import tempfile
from mlcourse.scoping.baselines import LabelTask
from mlcourse.scoping.baselines import Labels
from mlcourse.scoping.baselines import agreement
from mlcourse.scoping.baselines import bayes_error
from mlcourse.scoping.baselines import bootstrap_scores
from mlcourse.scoping.baselines import broken_budgets
from mlcourse.scoping.baselines import budget
from mlcourse.scoping.baselines import crossover
from mlcourse.scoping.baselines import diagnose
from mlcourse.scoping.baselines import given
from mlcourse.scoping.baselines import item_errors
from mlcourse.scoping.baselines import label_cost_exercise
from mlcourse.scoping.baselines import leaderboard
from mlcourse.scoping.baselines import needed_accuracy
from mlcourse.scoping.baselines import photograph
from mlcourse.scoping.baselines import picture_html
from mlcourse.scoping.baselines import predict_in_requests
from mlcourse.scoping.baselines import published_recipe
from mlcourse.scoping.baselines import route_exercise
from mlcourse.scoping.baselines import schemes
from mlcourse.scoping.baselines import tornado
from mlcourse.scoping.baselines import vote_error
from mlcourse.scoping.baselines import wilson_interval
from mlcourse.workbook.artefacts import load
from scipy import stats
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler


def test_the_recipe_reproduces_the_documented_report_and_a_camera_that_does_nothing_changes_nothing():
    images, labels = load_digits(return_X_y=True)
    images = images.reshape(-1, 8, 8)
    assert abs(published_recipe(images, labels) - .97) < .005
    with pytest.raises(ValueError, match='images'): published_recipe(images, labels[:-1])
    rng = np.random.default_rng(0)
    np.testing.assert_allclose(photograph(images[:5]/16, rng, 0, 0, 0), images[:5]/16, atol=1e-12)
    taken = photograph(images[:50]/16, rng)
    assert taken.shape == (50, 8, 8) and taken.min() >= 0 and taken.max() <= 1
    with pytest.raises(ValueError, match='shape'): photograph(images[0], rng)


def test_a_bootstrap_interval_of_an_accuracy_is_as_wide_as_the_binomial_formula_says_and_order_is_by_score():
    truth = np.arange(400) % 2
    fair = np.where(np.arange(400) < 320, truth, 1 - truth)  # right on 80 %
    accuracy = lambda a, b: float((a == b).mean())
    best, second = leaderboard(accuracy, truth, dict(fair=fair, perfect=truth), 4000)
    assert (best.name, best.low, best.high) == ('perfect', 1., 1.) and second.score == .8
    np.testing.assert_allclose(second.high - second.low, 2*1.96*np.sqrt(.8*.2/400), rtol=.1)
    same = bootstrap_scores(accuracy, truth, fair, 50, 3)
    np.testing.assert_array_equal(same, bootstrap_scores(accuracy, truth, fair, 50, 3))
    with pytest.raises(ValueError, match='one shape'): bootstrap_scores(accuracy, truth, fair[1:])
    with pytest.raises(ValueError, match='at least one'): leaderboard(accuracy, truth, {})


def test_a_right_preparation_gives_the_same_in_requests_of_any_size_a_wrong_one_does_not():
    rows = np.random.default_rng(0).normal(3, 2, (50, 4))
    labels = (rows[:, 0] > 3).astype(int)
    scaler = StandardScaler().fit(rows)
    model = LogisticRegression().fit(scaler.transform(rows), labels)
    whole = model.predict(scaler.transform(rows))
    for size in (1, 7, 50): np.testing.assert_array_equal(predict_in_requests(model, scaler.transform, rows, size), whole)
    wrongly = predict_in_requests(model, StandardScaler().fit_transform, rows, 5)
    assert (wrongly != whole).any()
    with pytest.raises(ValueError, match='at least one'): predict_in_requests(model, scaler.transform, rows, 0)


def test_the_bayes_error_of_known_coins_and_ng_s_example_equal_errors_opposite_diagnoses():
    assert bayes_error(np.array([0., 1., .5, .9])) == (0 + 0 + .5 + (1 - .9))/4
    assert diagnose(.08, .10, .01) == 'bias' and diagnose(.08, .10, .075) == 'variance'
    assert diagnose(.01, .11, .0) == 'variance'
    with pytest.raises(ValueError, match=r'\[0, 1\]'): bayes_error(np.array([1.2]))
    with pytest.raises(ValueError, match='not empty'): bayes_error(np.array([]))
    with pytest.raises(ValueError, match='errors'): diagnose(8., .1, .01)


def test_agreement_agrees_with_a_hand_sum_and_never_passes_that_with_the_majority():
    np.testing.assert_allclose([agreement(p) for p in (0., .5, .7, 1.)], [1., .5, .58, 1.])
    shares = np.linspace(0, 1, 101)
    assert all(agreement(p) <= max(p, 1 - p) + 1e-12 for p in shares)
    with pytest.raises(ValueError, match='share'): agreement(-.1)


def test_a_vote_agrees_with_the_binomial_distribution_and_a_crossover_is_a_root():
    np.testing.assert_allclose(vote_error(.2, 5), stats.binom.sf(2, 5, .2))
    np.testing.assert_allclose(vote_error(np.array([.1, .3]), 3), (stats.binom.sf(1, 3, .1) + stats.binom.sf(1, 3, .3))/2)
    assert vote_error(.3, 1) == .3 and vote_error(.5, 9) == .5
    np.testing.assert_allclose(item_errors(.12).mean(), .12)
    np.testing.assert_allclose(vote_error(crossover(lambda e: vote_error(e, 5), .05), 5), .05)
    with pytest.raises(ValueError, match='odd'): vote_error(.2, 4)
    with pytest.raises(ValueError, match=r'\[0, 1\]'): vote_error(2., 3)
    with pytest.raises(ValueError, match='hard share'): item_errors(.45, .2, .1)
    with pytest.raises(ValueError, match='passes'): crossover(lambda e: 0., .05)


def test_schemes_agree_with_sums_done_by_hand():
    by_name = {s.name: s for s in schemes(np.array([.1, .4]), np.array([0., .2]), 1., 10.)}
    np.testing.assert_allclose(by_name['1 worker'].error, .25)
    np.testing.assert_allclose(by_name['2 workers, then expert'].error, (.01 + .18*0 + .16 + .48*.2)/2)
    np.testing.assert_allclose(by_name['2 workers, then expert'].cost, 2 + 10*(.18 + .48)/2)
    np.testing.assert_allclose(by_name['3 experts'].error, (0 + 3*.04*.8 + .008)/2)
    assert by_name['3 experts'].cost == 30
    with pytest.raises(ValueError, match='per item'): schemes(np.zeros(3), np.zeros(2), 1., 1.)


def test_the_widget_records_keys_buttons_and_seconds_keeps_them_when_made_again_and_has_a_static_view():
    import ipywidgets

    ticks = iter([0., 2., 5., 5.5, 10., 11.])
    items = [picture_html(np.eye(8), f'item {i}', 16) for i in range(3)]
    make = lambda keep=False: LabelTask('tried', 'Which?', items, ['0', '1', 'none'], 2, lambda: next(ticks), lambda: keep)
    task = make()
    controls = task.widget()
    begin, entry, buttons = controls.children[1], controls.children[3], controls.children[4].children
    assert entry.disabled and task.labels() is None
    begin.click()
    entry.value = '1'
    entry.value = 'x'  # no choice: nothing happens
    assert entry.value == '' and task.answers == ['1']
    buttons[2].click(); buttons[0].click()
    assert make().labels() == Labels('you', ('1', 'none', '0'), (2., 3., .5))
    assert entry.disabled and 'Done' in controls.children[5].value
    assert all(isinstance(button, ipywidgets.Button) for button in (begin, *buttons))
    page = make()._repr_html_()
    assert page.count('<img alt="item') == 2 and 'and 1 more' in page
    with pytest.raises(ValueError, match='start'): task.answer('1')
    task.clock = lambda: 0.
    task.start()
    assert task.answers == [] and not task.answer('1') and task.answers == ['1']  # begun again
    with pytest.raises(ValueError, match='wanted one of'): task.answer('7')
    with pytest.raises(ValueError, match='first letters'): LabelTask('t', '?', items, ['malignant', 'missing'])
    with pytest.raises(ValueError, match='at least one'): LabelTask('t', '?', [], ['0', '1'])
    with pytest.raises(ValueError, match='shape'): picture_html(np.zeros(3), '')
    del given[task.key]


def test_answers_are_found_again_by_another_kernel_in_the_learner_s_workspace_only():
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv('MLCOURSE_WORK', folder)
        make = lambda keep: LabelTask('kept', 'Which?', ['a', 'b'], ['0', '1'], keep=lambda: keep)
        for keep in (False, True):
            task = make(keep)
            assert task.labels() is None
            task.start()
            assert not task.answer('1') and task.answer('0')
            del given[task.key]  # as in a new kernel
        assert make(True).labels().answers == ('1', '0') and len(make(True).labels().seconds) == 2
        del given[task.key]
        assert make(False).labels() is None


def test_the_wilson_interval_agrees_with_scipy_s_and_stays_inside_0_1():
    for right, n in [(0, 20), (13, 20), (20, 20), (700, 1000)]:
        theirs = stats.binomtest(right, n).proportion_ci(method='wilson')
        np.testing.assert_allclose(wilson_interval(right, n), [theirs.low, theirs.high], atol=1e-4)
    with pytest.raises(ValueError, match='n_right'): wilson_interval(21, 20)


def test_the_exercise_on_routing_refuses_each_wrong_answer_with_its_own_message():
    assert len(route_exercise.prove()) == 6
    routed, sent = route_exercise.reference(np.array([[3, 3], [1, 7]]), np.array([9, 7]))  # by hand
    assert routed.tolist() == [3, 7] and sent == .5


def test_the_exercise_on_label_cost_refuses_each_wrong_answer_with_its_own_message():
    assert len(label_cost_exercise.prove()) == 5
    assert label_cost_exercise.reference(np.array([1800., 1800.]), np.array([True, False]), 30.) == 30.  # an hour's wage


def test_broken_budgets_name_what_is_missed_by_hand_nan_included():
    rules = dict(min_accuracy=budget(.9, '1', 'because', 'here'), max_latency_ms=budget(50, 'ms', 'because', 'here'))
    assert broken_budgets(dict(accuracy=.9, latency_ms=50), rules) == []
    assert broken_budgets(dict(accuracy=.8, latency_ms=60), rules) == [
        'accuracy is 0.8, min_accuracy is 0.9', 'latency_ms is 60, max_latency_ms is 50 ms']
    assert len(broken_budgets(dict(accuracy=np.nan), rules)) == 1
    assert type(budget(np.float64(2), 'EUR', 'a', 'b')['value']) is float  # fit for JSON
    with pytest.raises(ValueError, match='no budget min_size'): broken_budgets(dict(size=3), rules)
    with pytest.raises(ValueError, match='unit'): budget(3, '', 'a', 'b')


def test_the_needed_accuracy_agrees_with_sums_by_hand_and_with_the_shipped_requirements_a_tornado_is_sorted_by_swing():
    np.testing.assert_allclose(needed_accuracy(.8, .5, 4., .8, .8), (1 - .4/(.8*.4 + .2*4))**.2)
    np.testing.assert_allclose(needed_accuracy(.8, .5, 4., .8, 0., n_digits=1), 1 - .4/4)
    shipped = load('business-case', reference=True)['assumptions']
    names = 'person_minute', 'minutes_to_read', 'minutes_to_correct', 'postage', 'share_noticed'
    np.testing.assert_allclose(needed_accuracy(**{name: shipped[name]['value'] for name in names}),
                               load('requirements', reference=True)['min_accuracy'])
    assert tornado(lambda a=1., b=1.: a + 10*b, dict(a=(0, 2), b=(.5, 1.5))) == [('b', 6., 16.), ('a', 10., 12.)]
    with pytest.raises(ValueError, match='low, high'): tornado(lambda a: a, dict(a=(2, 1)))
