"""Generated from nbs/1_scoping/02_feasibility_and_value.ipynb by `mlcourse export`; change the notebook instead."""
import itertools
import matplotlib.pyplot as plt
import numpy as np
import pytest
import statsmodels.api as sm
import tempfile
import torch
from mlcourse.scoping.feasibility_and_value import ARROWS
from mlcourse.scoping.feasibility_and_value import Canvas
from mlcourse.scoping.feasibility_and_value import Design
from mlcourse.scoping.feasibility_and_value import Guess
from mlcourse.scoping.feasibility_and_value import Project
from mlcourse.scoping.feasibility_and_value import Target
from mlcourse.scoping.feasibility_and_value import Task
from mlcourse.scoping.feasibility_and_value import addition_columns
from mlcourse.scoping.feasibility_and_value import archetype_exercise
from mlcourse.scoping.feasibility_and_value import business_results
from mlcourse.scoping.feasibility_and_value import canvas_figure
from mlcourse.scoping.feasibility_and_value import canvas_html
from mlcourse.scoping.feasibility_and_value import cost_curve
from mlcourse.scoping.feasibility_and_value import cumulative_value
from mlcourse.scoping.feasibility_and_value import draw_durations
from mlcourse.scoping.feasibility_and_value import draw_guesses
from mlcourse.scoping.feasibility_and_value import fermi
from mlcourse.scoping.feasibility_and_value import first_under_noise
from mlcourse.scoping.feasibility_and_value import fit_power
from mlcourse.scoping.feasibility_and_value import flywheel
from mlcourse.scoping.feasibility_and_value import forecast
from mlcourse.scoping.feasibility_and_value import gpu_hours
from mlcourse.scoping.feasibility_and_value import held_out_matrix
from mlcourse.scoping.feasibility_and_value import judge
from mlcourse.scoping.feasibility_and_value import labels_needed
from mlcourse.scoping.feasibility_and_value import learning_curve
from mlcourse.scoping.feasibility_and_value import make_histories
from mlcourse.scoping.feasibility_and_value import mlp_flops
from mlcourse.scoping.feasibility_and_value import nearest
from mlcourse.scoping.feasibility_and_value import permutation_p
from mlcourse.scoping.feasibility_and_value import price_threshold
from mlcourse.scoping.feasibility_and_value import rate
from mlcourse.scoping.feasibility_and_value import saving_per_card
from mlcourse.scoping.feasibility_and_value import schedule
from mlcourse.scoping.feasibility_and_value import selective_error
from mlcourse.scoping.feasibility_and_value import simulate_profits
from mlcourse.scoping.feasibility_and_value import threshold_exercise
from mlcourse.scoping.feasibility_and_value import undominated
from mlcourse.scoping.feasibility_and_value import variance_shares
from pathlib import Path
from pydantic import ValidationError
from sklearn.linear_model import Ridge
from sklearn.neighbors import NearestNeighbors
from torch.utils.flop_counter import FlopCounterMode


def test_the_front_equals_a_comparison_pair_by_pair_and_the_queue_by_value_per_month_is_the_best_of_all_orders():
    rng = np.random.default_rng(0)
    points = rng.integers(0, 6, (40, 2)).astype(float)
    beats = lambda a, b: (a >= b).all() and (a > b).any()
    assert undominated(points).tolist() == [not any(beats(q, p) for q in points) for p in points]
    table = np.array([[1., 2.], [2., 1.], [1., 1.], [2., 1.]])
    assert undominated(table).tolist() == [True, True, False, True]  # equals stay
    with pytest.raises(ValueError, match='shape'): undominated(np.arange(3.))
    queue = [Project(str(i), *rng.uniform([1e4, .2, 1], [2e5, 1, 9])) for i in range(6)]
    best = max(itertools.permutations(queue), key=lambda order: cumulative_value(order, 60))
    assert list(best) == sorted(queue, key=rate, reverse=True)  # Smith's rule: no order of 720 does better
    np.testing.assert_allclose(cumulative_value([Project('a', 1200., 1., 2.), Project('b', 2400., .5, 3.)], 10), 800 + 500)
    np.testing.assert_allclose(first_under_noise([Project('a', 1e5, .9, 3), Project('b', 1e5, .9, 3)]), .5, atol=.03)
    assert first_under_noise([Project('a', 1e5, .9, 3), Project('b', 1e4, .9, 3)], noise=0.).tolist() == [1., 0.]
    with pytest.raises(ValueError, match='none'): first_under_noise([])


def test_the_saving_agrees_with_a_hundred_cards_counted_by_hand_and_a_share_above_one_is_refused():
    # 80 of 100 cards by machine save 80; 8 of them are wrong: 2 noticed cost 1 each, 6 unnoticed cost 5 each
    np.testing.assert_allclose(saving_per_card(1., 5., .8, .1, .25), (80 - 2*1 - 6*5)/100)
    np.testing.assert_allclose(simulate_profits(0., 1., 5., .8, .1, .25, 400_000).mean(), .48, atol=.01)
    assert simulate_profits(.3, 1., 5., 0., .1, .5, 10).tolist() == [-.3]*10  # none by machine, all paid
    with pytest.raises(ValueError, match=r'\[0, 1\]'): saving_per_card(1., 5., 1.2, .1, .5)


def test_the_utility_of_a_design_agrees_with_a_hundred_answers_counted_by_hand_and_with_its_simulation():
    silent, suggesting = Design(1., 5.), Design(1., 5., look=.5, noticed=.75)
    np.testing.assert_allclose(silent.utility(.9), (100 - 10*5)/100)
    np.testing.assert_allclose(suggesting.utility(.8), (100 - 50 - 15*1 - 5*5)/100)
    for design in (silent, suggesting):
        np.testing.assert_allclose(design.simulate(.8, 200_000).mean(), design.utility(.8), atol=.02)
    with pytest.raises(ValueError, match=r'\[0, 1\]'): Design(look=2.)


def test_the_exercise_on_archetypes_answers_each_of_the_six_confusions_with_its_own_message():
    assert len(archetype_exercise.prove()) == 6


def test_the_cost_curve_agrees_with_four_cases_counted_by_hand_and_is_lowest_at_the_price_threshold_for_calibrated_draws():
    probs, labels = np.array([.1, .4, .6, .9]), np.array([0, 1, 0, 1])
    np.testing.assert_allclose(cost_curve(probs, labels, 1., 10., np.array([0., .5, .95])), [2/4, 11/4, 20/4])
    probs = np.random.default_rng(0).uniform(size=200_000)
    labels = (np.random.default_rng(1).uniform(size=200_000) < probs).astype(int)
    thresholds = np.linspace(.01, .99, 99)
    np.testing.assert_allclose(thresholds[cost_curve(probs, labels, 1., 4., thresholds).argmin()],
                               price_threshold(1., 4.), atol=.03)
    with pytest.raises(ValueError, match='positive'): price_threshold(0., 1.)
    with pytest.raises(ValueError, match='shape'): cost_curve(probs, labels[:-1], 1., 4., thresholds)


def test_the_exercise_on_prices_refuses_each_wrong_answer_with_its_own_message():
    assert len(threshold_exercise.prove()) == 6


def test_the_matrix_predicts_as_scikit_learn_s_ridge_regression_does_fold_by_fold():
    rng = np.random.default_rng(0)
    inputs, folds = rng.normal(size=(60, 4)), np.arange(60) % 3
    labels = (inputs[:, 0] + rng.normal(size=60) > 0).astype(int)
    matrix = held_out_matrix(inputs, folds, 2.)
    for fold in range(3):
        ridge = Ridge(2.).fit(inputs[folds != fold], labels[folds != fold])
        np.testing.assert_allclose((matrix@labels)[folds == fold], ridge.predict(inputs[folds == fold]))
    assert permutation_p(matrix, (inputs[:, 0] > 0).astype(int))[1] == .005  # the least that 199 shuffles can give
    assert permutation_p(np.zeros((60, 60)), labels)[1] == 1.  # same answer for all: every shuffle does as well
    with pytest.raises(ValueError, match='folds'): held_out_matrix(inputs, np.zeros(60))


def test_a_pure_decay_is_carried_on_exactly_and_the_interval_of_a_line_agrees_with_statsmodels():
    np.testing.assert_allclose(forecast(.4*.5**np.arange(5)[None], 2), [[.4*.5**6]*3])
    np.testing.assert_allclose(forecast(np.array([[4., 3., 2.]]), 1, decay=False), [[1.]*3], atol=1e-9)
    history = make_histories(1, 8)
    fitted = sm.OLS(history[0], sm.add_constant(np.arange(8.))).fit()
    expected = fitted.get_prediction([[1., 9.]]).conf_int(obs=True, alpha=.1)[0]
    np.testing.assert_allclose(forecast(history, 2, decay=False)[0, [0, 2]], expected)
    with pytest.raises(ValueError, match='positive'): forecast(np.zeros((1, 4)))
    with pytest.raises(ValueError, match='at least 3'): forecast(np.ones((1, 2)))


def test_the_nearest_image_equals_scikit_learn_s_neighbours_and_errors_count_only_among_answers():
    rng = np.random.default_rng(0)
    inputs, references = rng.normal(size=(50, 7)), rng.normal(size=(90, 7))
    distance, index = NearestNeighbors(n_neighbors=1).fit(references).kneighbors(inputs)
    np.testing.assert_array_equal(nearest(inputs, references)[0], index[:, 0])
    np.testing.assert_allclose(nearest(inputs, references)[1], distance[:, 0])
    assert selective_error(np.array([True, False, False, True]), np.array([True, True, True, False])) == (1/3, .75)
    with pytest.raises(ValueError, match='none'): selective_error(np.ones(2, bool), np.zeros(2, bool))
    with pytest.raises(ValueError, match='one width'): nearest(inputs, references[:, :3])


def test_the_columns_of_95_17_are_those_that_one_writes_and_more_digits_than_columns_are_refused():
    columns = addition_columns(np.array([95]), np.array([17]), 3)
    assert columns[0].tolist() == [[5, 7, 0, 2, 1], [9, 1, 1, 1, 1], [0, 0, 1, 1, 0]]
    a, b = np.random.default_rng(0).integers(0, 1000, (2, 500))
    digits = addition_columns(a, b, 4)
    np.testing.assert_array_equal(digits[:, :, 3]@10**np.arange(4), a + b)
    with pytest.raises(ValueError, match='up to 2 digits'): addition_columns(np.array([100]), np.array([1]), 2)


def test_a_pure_power_law_is_recovered_and_its_inverse_gives_the_size_back():
    sizes = np.array([10, 100, 1000])
    a, b = fit_power(sizes, 2*sizes**-.5)
    np.testing.assert_allclose([a, b, labels_needed(2*400**-.5, a, b)], [2, .5, 400])
    # half the error takes 2**(1/.5) times the labels
    np.testing.assert_allclose(labels_needed(.01, 2., .5)/labels_needed(.02, 2., .5), 4)
    apart = np.repeat(np.eye(3), 20, axis=0)  # three classes that nothing can confuse
    assert learning_curve(apart, np.repeat(np.arange(3), 20), [30, 40], 3).tolist() == [0., 0.]
    with pytest.raises(ValueError, match='sizes'): learning_curve(apart, np.zeros(60), [60])
    with pytest.raises(ValueError, match='positive'): fit_power([1, 2], [.1, 0.])
    with pytest.raises(ValueError, match='positive'): labels_needed(0., 1., 1.)


def test_each_cut_arrow_holds_still_exactly_what_it_should_and_nothing_else():
    x = np.random.default_rng(0).normal(size=(300, 5))
    y = (x[:, 0] > 0).astype(int)
    runs = {cut: flywheel(x, y, cut, bearable=.5, first_labels=10) for cut in (None, *ARROWS)}
    assert np.ptp(runs['users bring labels'][:, 2]) == 0 and np.ptp(runs['users bring labels'][:, 0]) == 0
    assert np.ptp(runs['labels improve the model'][:, 0]) == 0 and np.ptp(runs['labels improve the model'][:, 2]) > 0
    assert np.ptp(runs['the model draws users'][:, 1]) == 0 and np.ptp(runs['the model draws users'][:, 2]) > 0
    first, second = runs[None][:2]
    np.testing.assert_allclose(second[1], first[1]*(1 + 1.5*(first[0] - .5)))
    with pytest.raises(ValueError, match='cut'): flywheel(x, y, 'marketing')


def test_draws_keep_their_range_nine_times_in_ten_a_product_its_median_and_equal_factors_equal_shares():
    ten = Guess(10., 2., 'pieces', 'an example')
    drawn = draw_guesses(dict(ten=ten), 100_000)['ten']
    np.testing.assert_allclose([(drawn < ten.low).mean(), (drawn > ten.high).mean()], .05, atol=.004)
    np.testing.assert_allclose(np.quantile(fermi(dict(a=ten, b=ten), 100_000), [.05, .5, .95]),
                               [100/2**2**.5, 100, 100*2**2**.5], rtol=.03)  # two factors of 2 make 2**sqrt(2), not 4
    assert variance_shares(dict(a=ten, b=Guess(1., 2., '', ''))) == dict(a=.5, b=.5)
    # a factor of 4 has twice the logarithm of a factor of 2, hence four times the variance
    np.testing.assert_allclose(variance_shares(dict(a=ten, b=Guess(1., 4., '', '')))['b'], .8)
    with pytest.raises(ValueError, match='factor'): Guess(1., .5, '', '')
    with pytest.raises(ValueError, match='none'): fermi({})
    with pytest.raises(ValueError, match='above 1'): variance_shares(dict(a=Guess(1., 1., '', '')))


def test_a_step_of_a_small_network_is_counted_as_worked_out_by_hand():
    assert mlp_flops([3, 4, 2], 5) == 2*5*3*4*2 + 2*5*4*2*3  # first layer twice, second three times
    network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    with FlopCounterMode(display=False) as counter: network(torch.ones(5, 3)).sum().backward()
    assert counter.get_total_flops() == mlp_flops([3, 4, 2], 5)
    np.testing.assert_allclose(gpu_hours(3600e12, 1e13, .1), 1.)
    with pytest.raises(ValueError, match='inputs and outputs'): mlp_flops([3], 5)
    with pytest.raises(ValueError, match='utilisation'): gpu_hours(1., 1., 0.)


def test_a_plan_worked_by_hand_where_two_branches_meet_the_longer_counts_a_triangle_s_mean_is_that_of_its_corners():
    plan = [Task('a', 1, 2, 6, 1, 'us'), Task('b', 1, 3, 5, 1, 'us', ('a',)), Task('c', 1, 5, 9, 1, 'us', ('a',)),
            Task('d', 1, 1, 4, 1, 'us', ('b', 'c'))]
    starts, ends = schedule(plan, {t.name: np.float64(t.likely) for t in plan})
    assert (starts['b'], starts['d'], ends['d']) == (2, 7, 8)
    drawn = draw_durations(plan, 100_000)
    np.testing.assert_allclose([drawn[t.name].mean() for t in plan], [3, 3, 5, 2], atol=.02)
    assert (schedule(plan, drawn)[0]['d'] == np.maximum(*(schedule(plan, drawn)[1][name] for name in 'bc'))).all()
    with pytest.raises(ValueError, match="waits for 'c'"): schedule(plan[:2] + plan[3:], drawn)
    with pytest.raises(ValueError, match='likely'): Task('e', 2, 1, 3, 1, 'us')


def test_the_results_agree_with_a_case_worked_by_hand_draws_with_single_numbers_and_a_missing_assumption_is_named():
    case = dict(cards_per_year=1000., minutes_to_read=1., person_minute=1., share_by_machine=.8, card_error=.1,
                share_noticed=.25, minutes_to_correct=4., postage=1., person_months=2., person_month=10., upkeep=1.,
                server_year=5., labels_on_clean_digits=50., label_factor=2., test_cards=10., gpu_hours=3., gpu_hour=2.,
                peak_share=.5, busy_hour=.2, photo_kb=100., link_kb_per_s=100., patience_s=3.)
    out = business_results(case, 1.)
    np.testing.assert_allclose([out['value_per_year'], out['money_data'], out['money_once'], out['money_per_year'],
                                out['net'], out['latency_s']], [480, 2*(20 + 10), 20 + 60 + 6, 15, 480 - 15 - 86, 2])
    np.testing.assert_allclose(out['throughput_peak'], 1000*.5/20*.2/3600)
    columns = business_results({k: np.array([v, v]) for k, v in case.items()}, 1.)
    assert all((columns[k] == out[k]).all() for k in out)
    del case['postage']
    with pytest.raises(ValueError, match="'postage' is missing"): business_results(case)


def test_the_canvas_refuses_what_is_missing_and_a_problem_phrased_as_a_solution_and_judges_by_its_targets():
    example = dict(
        title='Tea', problem='The tea in the office kitchen is cold by ten, which annoys thirty people.',
        without_ml=['a thermos'], product='A kettle that heats when somebody comes',
        system='A sensor, a forecast, a switch', value='thirty warm cups',
        cost='one week of work', assumed=['they drink it'], risks=['fire'], decision='buy it',
        milestones=[dict(name='first', week=1, targets=[
            dict(metric='recall', kind='ML', unit='', at_least=.9),
            dict(metric='delay', kind='software', unit='s', at_most=2),
            dict(metric='warm cups', kind='business', unit='cups', at_least=25)])])
    rows = judge(Canvas(**example), {'recall': .95, 'delay': 3., 'warm cups': 25})
    assert [row['met'] for row in rows] == [True, False, True] and rows[1]['wanted'] == '≤ 2 s'
    for field in example:
        with pytest.raises(ValidationError, match=field): Canvas(**{k: v for k, v in example.items() if k != field})
    with pytest.raises(ValidationError, match='names a solution'):
        Canvas(**example | dict(problem='We lack a neural network that keeps the tea warm.'))
    with pytest.raises(ValidationError, match='without_ml'): Canvas(**example | dict(without_ml=[]))
    only_ml = [dict(name='first', week=1, targets=[dict(metric='recall', kind='ML', unit='', at_least=.9)])]
    with pytest.raises(ValidationError, match='no software metric'): Canvas(**example | dict(milestones=only_ml))
    with pytest.raises(ValidationError, match='one of at_least'): Target(metric='recall', kind='ML', unit='')
    with pytest.raises(ValueError, match="measured 'delay'"): judge(Canvas(**example), {'recall': 1.})


def test_the_page_holds_every_word_of_the_canvas_escapes_it_loads_nothing_the_figure_becomes_a_pdf_of_one_page():
    example = Canvas(
        title='Tea & co', problem='The tea in the office kitchen is cold by ten < eleven.', without_ml=['a thermos'],
        product='A kettle that heats when somebody comes', system='A sensor, a forecast, a switch', value='thirty cups',
        cost='one week of work', assumed=['they drink it'], risks=['fire'], decision='buy it',
        milestones=[dict(name='first', week=2, targets=[
            dict(metric='recall', kind='ML', unit='', at_least=.9),
            dict(metric='delay', kind='software', unit='s', at_most=2),
            dict(metric='warm cups', kind='business', unit='cups', at_least=25)])])
    page = canvas_html(example, {'EUR a year': '99'}, {'A picture': '<svg xmlns="http://www.w3.org/2000/svg"></svg>'})
    for text in ('Tea &amp; co', 'ten &lt; eleven', 'a thermos', 'week 2: first', 'recall ≥ 0.9; delay ≤ 2 s',
                 'A picture', 'buy it', 'EUR a year'): assert text in page
    assert 'http' not in page.replace('http://www.w3.org/2000/svg', '') and '<script' not in page
    assert '{' not in page.split('</style>')[1]
    with pytest.raises(ValueError, match='less text'):
        canvas_figure(example.model_copy(update=dict(risks=['fire']*40)), {}, {})
    figure = canvas_figure(example, {'EUR a year': '99'}, {'A picture': lambda ax: ax.plot([1, 2])})
    with tempfile.TemporaryDirectory() as folder:
        figure.savefig(Path(folder)/'page.pdf')
        assert (Path(folder)/'page.pdf').read_bytes()[:5] == b'%PDF-'
    plt.close('all')
    written = ' '.join(text.get_text() for text in figure.texts)
    assert 'a thermos' in written and 'cold by ten' in written
