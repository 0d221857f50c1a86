"""Generated from nbs/2_data/06_features.ipynb by `mlcourse export`; change the notebook instead."""
import duckdb
import numpy as np
import pandas as pd
import pytest
from mlcourse.data.features import OPERATIONS
from mlcourse.data.features import UNKNOWN_PEOPLE
from mlcourse.data.features import USAGE_SQL
from mlcourse.data.features import Vectoriser
from mlcourse.data.features import bin_columns
from mlcourse.data.features import canny
from mlcourse.data.features import category_rates
from mlcourse.data.features import content_model
from mlcourse.data.features import cross_fit_rates
from mlcourse.data.features import descend
from mlcourse.data.features import edge_histograms
from mlcourse.data.features import entry_features
from mlcourse.data.features import factorise
from mlcourse.data.features import fit_idf
from mlcourse.data.features import fit_scaling
from mlcourse.data.features import hashed_cross
from mlcourse.data.features import make_entries
from mlcourse.data.features import make_notes
from mlcourse.data.features import make_ratings
from mlcourse.data.features import ordered_exercise
from mlcourse.data.features import sobel
from mlcourse.data.features import stem
from mlcourse.data.features import stretch
from mlcourse.data.features import tf_idf
from mlcourse.data.features import usage_features
from mlcourse.data.features import word_vectors
from scipy import ndimage
from sklearn.preprocessing import MinMaxScaler
from sklearn.preprocessing import RobustScaler
from sklearn.preprocessing import StandardScaler
from zlib import crc32


def test_two_entries_by_hand_one_over_the_rollover_one_in_litres_without_a_number_of_people_and_many_for_their_form():
    both = pd.DataFrame(dict(
        region='city', tariff='saver', people=[2, 99], unit=['m3', 'litre'], before=[99_990, 50_000], now=[5, 56_000],
        sent_before=['2025-03-01', '2025-06-20'], sent=['2025-03-31', '2025-07-02']))
    made = entry_features(both)
    np.testing.assert_allclose(np.exp(made['daily_use']), [15/30, 6/12])
    np.testing.assert_allclose(np.exp(made['people']), [2, 2])
    np.testing.assert_allclose(made['season_cos'][1], np.cos(2*np.pi*183/365))  # 2 July is day 183
    raw = entry_features(both, OPERATIONS)
    np.testing.assert_array_equal(raw[['people', 'reading', 'reading_before']], [[2, 5, 99_990], [99, 56_000, 50_000]])
    assert np.isfinite(entry_features(make_entries(300, 1)).to_numpy()).all()
    with pytest.raises(ValueError, match='polish'): entry_features(both, ['polish'])
    many = make_entries(2_000, 3)
    litres = many['unit'] == 'litre'
    used = (many['now'] - many['before']) % 10**5/np.where(litres, 1000, 1)
    days = (pd.to_datetime(many['sent']) - pd.to_datetime(many['sent_before'])).dt.days
    assert days.between(15, 60).all() and set(many['unit']) == {'m3', 'litre'}
    assert .7 < np.median(used/days*30/many['next_use']) < 1.4  # a month is much like the month before
    assert (many['now'] < many['before']).sum() > 9 and (many['people'] == UNKNOWN_PEOPLE).any()
    assert make_entries(50, 1).equals(make_entries(50, 1)) and not make_entries(50, 1).equals(make_entries(50, 2))


def test_a_record_by_hand_the_way_back_and_records_that_do_not_fit():
    vectoriser = Vectoriser.learn([dict(people=2, tariff='saver'), dict(people=1, tariff='garden')], ['people'])
    assert vectoriser.names == ['people', 'tariff=(unseen)', 'tariff=garden', 'tariff=saver']
    np.testing.assert_array_equal(vectoriser.encode([dict(people=3, tariff='saver'), dict(people=4, tariff='solar')]),
                                  [[3, 0, 0, 1], [4, 1, 0, 0]])
    assert vectoriser.decode(np.array([[3., 0, 1, 0]])) == [dict(people=3., tariff='garden')]
    assert vectoriser.encode([]).shape == (0, 4)
    with pytest.raises(ValueError, match='same fields'): Vectoriser.learn([dict(a=1), dict(b=1)], [])
    with pytest.raises(ValueError, match='columns'): vectoriser.decode(np.zeros((2, 3)))


def test_three_customers_by_hand_a_straight_line_a_gap_and_nobody_at_home_at_the_end():
    history = pd.DataFrame(dict(customer=['a']*3 + ['b']*3 + ['c']*2, month=[20, 21, 22, 21, 22, 23, 0, 1],
                                use=[5., 7, 9, 4, np.nan, 6, 3, 3]))
    made = usage_features(history)
    np.testing.assert_allclose(made.loc['a'], [7, 2, 9, 8, 2])
    np.testing.assert_allclose(made.loc['b'], [5, 2**.5, 6, 5, 1])
    np.testing.assert_array_equal(made.loc['c'], [3, 0, 3, np.nan, 0])
    np.testing.assert_allclose(duckdb.sql(USAGE_SQL).df().set_index('customer'), made, atol=1e-12)


def test_scalings_agree_with_scikit_learn_a_constant_column_survives_and_descent_reaches_least_squares():
    rng = np.random.default_rng(0)
    x = rng.gamma(2, size=(50, 3))*[1, 100, 5]
    for kind, theirs in (('range', MinMaxScaler()), ('standard', StandardScaler()), ('robust', RobustScaler())):
        shift, scale = fit_scaling(x, kind)
        np.testing.assert_allclose((x - shift)/scale, theirs.fit_transform(x), atol=1e-12)
    np.testing.assert_array_equal(fit_scaling(np.full((4, 1), 7.))[1], [1])
    x = rng.normal(size=(50, 2))
    losses, weights = descend(x, x @ [2., -1], .1, 200)
    np.testing.assert_allclose(weights[-1], [2, -1], atol=1e-6)
    np.testing.assert_allclose(losses[5], ((x @ weights[5] - x @ [2., -1])**2).mean(), rtol=1e-9)
    with pytest.raises(ValueError, match='unit'): fit_scaling(x, 'unit')


def test_a_value_on_an_edge_opens_its_bin_as_in_pandas_the_hash_is_crc_32_of_the_pair_in_this_order():
    np.testing.assert_array_equal(bin_columns(np.array([-9., 1, 1.5, 2, 99]), [1, 2]).argmax(1), [0, 1, 1, 2, 2])
    x = np.random.default_rng(0).normal(size=100)
    theirs = pd.cut(x, [-np.inf, -1, 0, 1, np.inf], right=False, labels=False)
    np.testing.assert_array_equal(bin_columns(x, [-1, 0, 1]).argmax(1), theirs)
    with pytest.raises(ValueError, match='increase'): bin_columns(x, [1, 0])
    assert crc32(b'123456789') == 0xcbf43926  # the published check value
    assert hashed_cross(['7'], ['May'], 100)[0] == crc32(b'7\tMay') % 100
    one, other = hashed_cross(['a', 'b'], ['b', 'a'], 10**6)
    assert one != other
    assert len(set(hashed_cross(['x']*500, range(500), 64))) == 64  # all columns are used
    with pytest.raises(ValueError, match='lengths'): hashed_cross(['a'], [], 5)


def test_rates_by_hand_and_a_row_s_own_label_does_not_move_its_cross_fitted_rate():
    codes, labels = np.array([0, 0, 0, 1]), np.array([1, 1, 0, 0])
    np.testing.assert_allclose(category_rates(codes, labels, 3, 0), [2/3, 0, 1/2])
    np.testing.assert_allclose(category_rates(codes, labels, 3, 2), [3/5, 1/3, 1/2])
    fold = np.array([0, 1, 1, 0])
    np.testing.assert_allclose(cross_fit_rates(codes, labels, 3, fold, 0), [1/2, 1, 1, 1/2])
    rng = np.random.default_rng(0)
    codes, labels, fold = rng.integers(0, 9, 60), rng.integers(0, 2, 60), np.arange(60) % 5
    before, flipped = cross_fit_rates(codes, labels, 9, fold), labels.copy()
    flipped[7] ^= 1
    assert cross_fit_rates(codes, flipped, 9, fold)[7] == before[7]
    with pytest.raises(ValueError, match='weight'): category_rates(codes, labels, 9, -1)
    with pytest.raises(ValueError, match='folds'): cross_fit_rates(codes, labels, 9, np.zeros(60))


def test_stems_and_two_notes_by_hand_unknown_words_and_words_that_share_their_company():
    idf = fit_idf([['a', 'b'], ['b', 'b']])
    np.testing.assert_allclose(list(idf.values()), [np.log(3/2) + 1, 1])
    np.testing.assert_allclose(tf_idf([['b', 'x'], ['x'], []], idf), [[0, 1], [0, 0], [0, 0]])
    company = [[w, c] for w, c in (('tap', 'wet'), ('faucet', 'wet'), ('bill', 'due'), ('invoice', 'due'))*5]
    vectors = word_vectors(company, ['bill', 'due', 'faucet', 'invoice', 'tap', 'wet'], 4)
    likeness = vectors @ vectors.T
    assert likeness[2, 4] > .99 and likeness[0, 3] > .99 and abs(likeness[0, 4]) < .01
    with pytest.raises(ValueError, match='without'): fit_idf([[], []])
    with pytest.raises(ValueError, match='terms'): word_vectors(company, ['bill'], 4)
    assert [stem(w) for w in ('leaks', 'leaked', 'leaking', 'stopped', 'ponies', 'paying')] == ['leak']*3 + ['stop', 'poni', 'pay']
    assert stem('relocating') == stem('relocates') == 'relocat' and stem('sing') == 'sing' and stem('feed') == 'feed'
    assert stem('saw') != stem('see') and stem('paid') != stem('pay')
    few, about = make_notes(200, 1)
    assert len(few) == len(about) == 200 and set(about) == {0, 1, 2, 3} and make_notes(200, 1)[0] == few
    share_on_topic = np.mean([bool({'tap', 'pipe', 'leak'} & {stem(w) for w in n}) for n, t in zip(few, about) if t == 0])
    assert .2 < share_on_topic < .95


def test_slopes_by_hand_as_scipy_s_an_outline_and_features_that_more_light_leaves_alone():
    ramp = np.tile(np.arange(5.), (5, 1))
    np.testing.assert_array_equal(sobel(ramp)[0][:, 1:-1], 8)  # two pixels apart, weights 1 + 2 + 1
    np.testing.assert_array_equal(sobel(ramp)[1], 0)
    images = np.random.default_rng(0).integers(0, 256, (3, 16, 16))
    for axis, ours in ((2, 0), (1, 1)):
        theirs = ndimage.convolve1d(ndimage.convolve1d(images.astype(float), [1, 0, -1], axis), [1, 2, 1], 3 - axis)
        np.testing.assert_allclose(sobel(images)[ours], theirs)
    assert canny(np.pad(np.ones((8, 8)), 6))[6:14, 9].sum() == 2  # one line at either side
    assert not canny(np.zeros((9, 9)))[2:-2, 2:-2].any()
    np.testing.assert_allclose(edge_histograms(images), edge_histograms(images/2 + 20))
    np.testing.assert_allclose(stretch(images), stretch(images/2 + 20))
    np.testing.assert_allclose(np.linalg.norm(edge_histograms(images), axis=1), 1)
    assert edge_histograms(ramp[None, :4, :4])[0].reshape(4, 4, 8)[..., 1:].sum() == 0  # all slopes to the right
    with pytest.raises(ValueError, match='cells'): edge_histograms(images, 5)
    with pytest.raises(ValueError, match='low'): stretch(images, 60, 50)
    with pytest.raises(ValueError, match='weak'): canny(ramp, weak=.5)


def test_a_table_of_rank_one_is_filled_in_a_column_without_ratings_gets_the_mean_and_content_carries_over():
    rng = np.random.default_rng(0)
    truth = 3 + np.outer(rng.normal(size=40), rng.normal(size=20))
    rated = np.where(rng.uniform(size=truth.shape) < .5, truth, np.nan)
    guess = factorise(rated, 1, .1)
    assert np.sqrt(((guess - truth)**2).mean()) < .05*truth.std()
    rated[:, 3] = np.nan
    np.testing.assert_allclose(factorise(rated)[:, 3], np.nanmean(rated))
    ratings = make_ratings(60, 40, 1)
    assert np.isnan(ratings.rated[:, ratings.new]).all() and ratings.new.sum() == 8
    plain = content_model(np.array([[1., 3, np.nan, np.nan]]), np.array([[0.], [1], [0], [1]]), 0.)
    np.testing.assert_allclose(plain, [[2, 3, 2, 3]])  # mean 2; a weight of 1 for the feature
    with pytest.raises(ValueError, match='tips'): make_ratings(9, 3)


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(ordered_exercise.prove()) == 10
