"""Generated from nbs/2_data/01_sources.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
import pandas as pd
import pytest
from itertools import product
from mlcourse.data.readings import crop_digits
from mlcourse.data.readings import handwriting
from mlcourse.data.readings import make_cards
from mlcourse.data.sources import DISCOUNT
from mlcourse.data.sources import GRID
from mlcourse.data.sources import NEXT
from mlcourse.data.sources import Source
from mlcourse.data.sources import answers
from mlcourse.data.sources import collect_in_rounds
from mlcourse.data.sources import confirm_rounds
from mlcourse.data.sources import equivalent_labels
from mlcourse.data.sources import fit_reader
from mlcourse.data.sources import grid_return
from mlcourse.data.sources import imitate
from mlcourse.data.sources import plan_sources
from mlcourse.data.sources import policy_gradient
from mlcourse.data.sources import quadrant
from mlcourse.data.sources import read_digits
from mlcourse.data.sources import reader_curve
from mlcourse.data.sources import scans
from mlcourse.data.sources import shared_out
from mlcourse.data.sources import sources_exercise
from mlcourse.data.sources import spoil_labels
from mlcourse.data.sources import strokes
from mlcourse.data.sources import threshold_for
from sklearn.datasets import load_breast_cancer
from sklearn.datasets import load_digits
from sklearn.linear_model import Ridge


def test_an_edge_lands_in_its_cell_and_direction_brightness_does_not_matter_and_the_fit_is_scikit_learn_s():
    edge = np.zeros((1, 16, 16)); edge[:, :4, 2:] = 100  # dark left, light right, in the top left cell and beyond
    np.testing.assert_allclose(strokes(edge)[0, 0]**2, 8/(8 + 8 + 24 + 5), atol=.1)
    assert strokes(edge)[0, :8].argmax() == 0  # direction 0: brighter to the right
    slanted = np.add.outer(np.arange(16), 2*np.arange(16))[None]*5.  # between directions 0 and 1
    shares = strokes(slanted)[0, 40:48]**2  # a cell without border
    turn = np.arctan2(1, 2)/(2*np.pi)*8
    np.testing.assert_allclose(shares[:2]/shares.sum(), [1 - turn, turn], atol=1e-5)
    cards = make_cards(60, 1)
    pictures, digits = crop_digits(cards)//2, cards.digits.ravel()
    np.testing.assert_allclose(strokes(pictures.astype(float)*2 + 7), strokes(pictures), atol=1e-3)
    reader = fit_reader(strokes(pictures), digits, penalty=2.)
    theirs = Ridge(2.).fit(strokes(pictures), np.eye(10)[digits])
    np.testing.assert_allclose(reader[:-1], theirs.coef_.T, atol=1e-4)
    read, margin = read_digits(reader, strokes(pictures))
    assert (read == theirs.predict(strokes(pictures)).argmax(1)).all() and (margin >= 0).all()
    twice = np.r_[np.arange(300), np.flatnonzero(digits == 3)]  # all threes doubled: equal_digits does not notice
    np.testing.assert_allclose(*(fit_reader(strokes(pictures)[rows], digits[rows], True, penalty)
                                 for rows, penalty in ((np.arange(300), 1e-3), (twice, 1e-3*len(twice)/300))), rtol=.02, atol=.02)
    with pytest.raises(ValueError, match='16, 16'): strokes(np.zeros((3, 64)))
    with pytest.raises(ValueError, match='wanted features'): fit_reader(np.zeros((3, 2)), np.zeros(4, int))


def test_texts_and_pixels_are_unstructured_tables_are_not_whatever_the_number_of_columns_and_the_border_is_a_time():
    notes = pd.DataFrame(dict(id=range(3), note=['the meter is behind the washing machine']*3))
    assert quadrant(notes) == ('unstructured', 'small') and quadrant(notes[['id']]) == ('structured', 'small')
    pixels, table = load_digits(as_frame=True).data, load_breast_cancer(as_frame=True).data  # 64 and 30 columns
    assert quadrant(pixels)[0] == 'unstructured' and quadrant(table)[0] == 'structured'
    photographs = pd.DataFrame(crop_digits(make_cards(60, 1), 8).reshape(300, -1))  # the light makes all pixels alike
    assert quadrant(photographs)[0] == 'unstructured'
    mixed_up = pixels.iloc[:, np.random.default_rng(0).permutation(64)]
    assert quadrant(mixed_up)[0] == 'structured'  # no neighbours, no picture: a person could not read it either
    assert quadrant(table, 3600*8/569)[1] == 'small' and quadrant(table, 3600*8/568)[1] == 'big'
    with pytest.raises(ValueError, match='rows and columns'): quadrant(table.head(0))


def test_noise_is_as_much_as_asked_a_curve_rises_and_falls_with_noise_and_the_equivalent_undoes_it():
    rng = np.random.default_rng(0)
    spoiled = spoil_labels(np.repeat(np.arange(10), 500), .3, rng)
    assert abs((spoiled != np.repeat(np.arange(10), 500)).mean() - .3) < .03
    assert (spoil_labels(np.arange(10), 1., rng) != np.arange(10)).all() and set(spoiled) == set(range(10))
    cards = make_cards(150, 2)
    both = strokes(crop_digits(cards)), cards.digits.ravel()
    clean, dirty = (reader_curve(both, both, (20, 100, 400), share) for share in (0., .4))
    assert (np.diff(clean) > .05).all() and (clean > dirty).all()
    np.testing.assert_allclose(equivalent_labels(clean[1], (20, 100, 400), clean), 100)
    np.testing.assert_allclose(equivalent_labels(.6, (10, 1_000), np.array([.5, .7])), 100)  # half way: 10**2
    assert np.isnan(equivalent_labels(.8, (10, 1_000), np.array([.5, .7])))
    with pytest.raises(ValueError, match='share'): spoil_labels(np.arange(3), 1.1, rng)
    with pytest.raises(ValueError, match='sizes'): reader_curve(both, both, (10, 10_000))


def test_scans_are_dark_on_light_keep_flat_areas_and_belong_to_the_writers_asked_for():
    images, digits = scans(range(40))
    assert images.shape == (1_797, 16, 16) and images.dtype == np.uint8 and images.max() == 255
    np.testing.assert_allclose(images.mean((1, 2)), 255 - load_digits().images.mean((1, 2))*255/16, atol=6)
    assert len(scans([3])[1]) + len(scans([4])[1]) == len(scans([3, 4])[1]) == (np.isin(handwriting().writer, [3, 4])).sum()
    np.testing.assert_allclose(images[:, 0].mean(1), 255 - load_digits().images[:, 0].mean(1)*255/16, atol=4)  # the border too
    with pytest.raises(ValueError, match='writers'): scans([40])


def test_the_threshold_is_the_lowest_that_a_person_would_accept_in_five_answers_ties_included():
    margins, right = np.array([.9, .5, .7, .7, .2]), np.array([True, False, True, False, True])
    assert threshold_for(margins, right, .9) == .9 and threshold_for(margins, right, .6) == .2  # 3 of 5
    assert threshold_for(margins, right, .66) == .7  # 2 of 3; of the two at .7 one alone would be 2 of 2
    assert threshold_for(margins, ~right, .98) == np.inf
    one = np.eye(3, 10), np.array([0, 1, 5])  # a reader that looks at the largest entry
    reader = np.vstack([np.eye(10), np.zeros(10)])
    assert answers(reader, (np.eye(10)[:3]*[[1], [2], [3]], one[1]), 2.) == dict(accuracy=2/3, precision=.5, recall=1/3)
    assert np.isnan(answers(reader, (np.eye(10)[:3], one[1]), 5.)['precision'])


def test_without_a_source_nothing_is_learned_all_typed_is_all_learned_and_only_right_answers_are_confirmed():
    cards = make_cards(200, 4)
    data = strokes(crop_digits(cards)), cards.digits.ravel()
    parts = [(data[0][i::4], data[1][i::4]) for i in range(4)]
    rows, digits = confirm_rounds(*parts[:2], [parts[2]]*2, parts[3], confirm=False)
    assert len(digits) == 0 and rows[0] == rows[2]
    rows, digits = confirm_rounds(*parts[:2], [parts[2]], parts[3], confirm=False, asked=1.)
    assert (digits == parts[2][1]).all() and rows[1]['n_labels'] == 250
    rows, digits = confirm_rounds(*parts[:2], [(parts[2][0], (parts[2][1] + 1) % 10)], parts[3], precision=.5)
    assert 0 < rows[1]['n_labels'] < 75  # where nearly every answer is wrong, nearly nothing is confirmed
    with pytest.raises(ValueError, match='asked'): confirm_rounds(*parts[:2], [], parts[3], asked=2.)


def test_the_planner_finds_what_trying_every_set_finds_spends_nothing_on_nothing_and_refuses_a_debt():
    rng = np.random.default_rng(5)
    for _ in range(60):
        offers = [Source(str(i), *rng.integers(1, 30, 3), rng.choice([.5, 1.])) for i in range(7)]
        money, days = rng.integers(0, 90), rng.integers(5, 30)
        sets = [[o for o, taken in zip(offers, row) if taken] for row in product([0, 1], repeat=7)]
        allowed = [s for s in sets if sum(o.price for o in s) <= money and all(o.days <= days for o in s)]
        plan = plan_sources(offers, money, days)
        assert plan in allowed and sum(o.labels*o.worth for o in plan) == max(sum(o.labels*o.worth for o in s) for s in allowed)
    assert plan_sources([Source('a', 5, 1, 1)], 0, 9) == [] and plan_sources([], 9, 9) == []
    assert [s.name for s in plan_sources([Source('dear', 5, 3, 1), Source('cheap', 5, 2, 1)], 4, 9)] == ['cheap']
    with pytest.raises(ValueError, match='0 or more'): plan_sources([Source('debt', 1, -1, 1)], 5, 5)


def test_rounds_spend_the_budget_begin_with_the_plan_and_go_where_the_errors_and_the_traffic_are():
    assert list(shared_out(10, np.array([.5, .26, .24]))) == [6, 2, 2] and list(shared_out(3, np.array([0, 1]))) == [0, 3]
    cards = make_cards(300, 6)
    easy = strokes(crop_digits(cards)), cards.digits.ravel()
    hard = easy[0][:, ::-1], easy[1]  # every picture upside down, so to speak
    reader, log = collect_in_rounds([easy, hard, hard], np.array([.5, .5, 0.]), np.array([1., 0, 0]), 1_200, 4)
    assert log.sum() == 1_200 and list(log[0]) == [300, 0, 0] and (log[:, 2] == 0).all()
    assert log[1, 1] > 1.5*log[1, 0]  # it has not yet seen any of the hard ones
    one, log = collect_in_rounds([easy, hard], np.array([.5, .5]), np.array([1., 0]), 400, 1)
    np.testing.assert_allclose(one, fit_reader(easy[0][:400], easy[1][:400])); assert log.tolist() == [[400, 0]]
    with pytest.raises(ValueError, match='a round'): collect_in_rounds([easy], np.ones(1), np.ones(1), 100, 5)
    with pytest.raises(ValueError, match='too few'): collect_in_rounds([easy], np.ones(1), np.ones(1), 9_000, 1)
    with pytest.raises(ValueError, match='positive share'): shared_out(5, np.zeros(3))


def test_the_grid_stops_at_its_walls_an_expert_s_return_is_the_sum_by_hand_and_both_agents_reach_it():
    assert NEXT[0].tolist() == [0, 1, 5, 0] and NEXT[24].tolist() == [19, 24, 24, 23]
    expert = np.eye(4)[[1 if cell % GRID < GRID - 1 else 2 for cell in range(25)]]  # right, then down
    by_hand = np.mean([DISCOUNT**(8 - cell//5 - cell % 5 - 1) for cell in range(24)])
    np.testing.assert_allclose(grid_return(expert), by_hand)
    told = imitate(60, 1)
    assert told.shape == (60,) and told[0] < .4*by_hand and told[-1] > .95*by_hand
    steps, returns = policy_gradient(.8*by_hand, 6., 2)
    assert steps[0] == 0 and returns[-1] >= .8*by_hand > returns[-2] and (np.diff(steps) > 0).all()
    np.testing.assert_allclose(returns[0], grid_return(np.full((25, 4), .25)))
    with pytest.raises(ValueError, match='sum to 1'): grid_return(np.ones((25, 4)))
    with pytest.raises(ValueError, match='positive'): policy_gradient(.5, 0.)


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(sources_exercise.prove()) == 7
