"""Generated from nbs/2_data/07_transform_at_scale.ipynb by `mlcourse export`; change the notebook instead."""
import duckdb
import hypothesis
import numpy as np
import onnxruntime
import pandas as pd
import pytest
from functools import reduce
from hypothesis import strategies as st
from mlcourse.data.readings import make_customers
from mlcourse.data.transform_at_scale import Moments
from mlcourse.data.transform_at_scale import NUMBERS
from mlcourse.data.transform_at_scale import Prepare
from mlcourse.data.transform_at_scale import Sketch
from mlcourse.data.transform_at_scale import analyze
from mlcourse.data.transform_at_scale import analyze_sql
from mlcourse.data.transform_at_scale import as_numbers
from mlcourse.data.transform_at_scale import as_onnx
from mlcourse.data.transform_at_scale import comoments
from mlcourse.data.transform_at_scale import make_rows
from mlcourse.data.transform_at_scale import merge_exercise
from mlcourse.data.transform_at_scale import parity
from operator import add


def test_without_bursts_the_use_is_the_household_s_a_year_ago_is_twelve_months_before_and_a_row_has_one_label():
    rows, burst = make_rows(50, 3, 6)
    calm, _ = make_rows(50, 3, 6, loss=0., new=0.)
    usage = make_customers(50, 18, 3).usage
    np.testing.assert_allclose(calm['use'].to_numpy().reshape(50, 6), usage[:, 12:], atol=5e-4)
    np.testing.assert_allclose(calm['year_ago'].to_numpy().reshape(50, 6), usage[:, :6], atol=5e-4)
    np.testing.assert_allclose(calm['estimate'][5], usage[0, 14:17].mean(),
                               atol=6e-4)  # the last month of the first household
    assert ((rows['use'] > calm['use']) == burst).all() and 0 < rows['year_ago'].isna().mean() < .4
    with pytest.raises(ValueError, match='at least one'): make_rows(0)


def test_by_hand_a_z_score_a_missing_value_a_boundary_an_unknown_region():
    e = np.e - 1  # log(1 + e) = 1
    raw = pd.DataFrame(dict(use=[0., 0., e, e], year_ago=[0., np.nan, np.nan, e], estimate=[0., e, e, e],
                            region=['b', 'a', 'b', 'c']))
    prepare = Prepare.fit(raw, 2)
    assert prepare.regions == ('b', 'a', 'c') and prepare.boundaries == (0.,)
    np.testing.assert_allclose([prepare.mean, prepare.std], [[.5, .5, .75], [.5, .5, 3**.5/4]])
    features = prepare(raw.assign(region=['c', 'x', 'a', 'b']))
    np.testing.assert_allclose(features['use'], [-1, -1, 1, 1])
    np.testing.assert_allclose(features['year_ago'], [-1, 0, 0, 1])
    assert Prepare.fit(raw[2:]).std[0] == 1.
    assert list(features['region']) == [2, -1, 1, 0] and list(features['bucket']) == [1, 1, 1, 1]
    np.testing.assert_allclose(prepare.matrix(features)[1, 3:], [0, 1, 0, 0, 0])  # an unknown region is no region


def test_parity_names_the_columns_that_differ_counts_a_value_missing_on_one_side_and_not_one_missing_on_both():
    one = pd.DataFrame(dict(a=[1., 2, np.nan, 4], b=[1., 2, 3, 4], c=[1., 1, 1, 1]))
    other = pd.DataFrame(dict(c=[1., 1, 1, 1 + 1e-9], b=[1., 2, np.nan, 4], a=[1.5, 2.5, np.nan, 4]))
    found = parity(one, other)
    assert list(found.index) == ['a', 'b']
    np.testing.assert_allclose(found['share'], [.5, .25])
    assert list(found['largest']) == [.5, np.inf] and parity(one, one).empty
    with pytest.raises(ValueError, match='same columns'): parity(one, other[['a']])


def test_moments_add_up_by_hand_with_an_empty_part_too_and_far_from_zero():
    assert Moments.of([1., 3.]) + Moments.of([8.]) == Moments(3, 4., 26., 1., 8.)
    assert Moments() + Moments.of([2., np.nan]) == Moments.of([2.]) + Moments() == Moments(1, 2., 0., 2., 2.)
    assert Moments() + Moments() == Moments() and np.isnan(Moments().std)
    far = 1e9 + np.arange(10.)
    assert (Moments.of(far[:3]) + Moments.of(far[3:])).std == pytest.approx(far.std())


def test_a_sketch_keeps_its_accuracy_against_numpy_at_every_size_and_refuses_what_it_cannot_hold():
    rng = np.random.default_rng(0)
    for alpha, n in ((.01, 1_000), (.1, 999), (.01, 1)):
        values, q = rng.lognormal(0, 3, n), np.r_[0, .25, .5, .75, 1, rng.uniform(size=30)]
        exact = np.quantile(values, q, method='inverted_cdf')
        sketch = Sketch.of(values, alpha)
        np.testing.assert_allclose([sketch.quantile(p) for p in q], exact, rtol=alpha*1.001)
    assert np.isnan(Sketch.of([np.nan]).quantile(.5)) and sum(Sketch.of([1., np.nan, 3.]).counts.values()) == 2
    with pytest.raises(ValueError, match='above 0'): Sketch.of([1., 0.])
    with pytest.raises(ValueError, match='accuracy'): Sketch.of([1.]) + Sketch.of([1.], .02)


def test_however_rows_are_dealt_to_shards_and_in_whatever_order_the_shards_are_added_the_analysis_is_that_of_all_rows():
    m3 = st.floats(1e-3, 1e6)
    row = st.tuples(m3, st.none() | m3, m3, st.sampled_from('abc'), st.integers(0, 4))


    @hypothesis.settings(max_examples=25, deadline=None, database=None, derandomize=True)
    @hypothesis.given(st.lists(row, min_size=1, max_size=25), st.permutations(range(5)))
    def same_for_any_sharding(rows, order):
        frame = pd.DataFrame(rows, columns=[*NUMBERS, 'region', 'shard']).astype({'year_ago': float})
        whole, parts = analyze(frame), [analyze(frame[frame['shard'] == k]) for k in order]
        merged = reduce(add, parts)
        assert merged.use == whole.use and merged.regions == whole.regions
        for ours, theirs, name in zip(merged.logs, whole.logs, NUMBERS, strict=True):
            assert (ours.n, ours.least, ours.most) == (theirs.n, theirs.least, theirs.most)
            np.testing.assert_allclose([ours.mean, ours.std], [theirs.mean, theirs.std], rtol=1e-9, atol=1e-6)
            if ours.n: np.testing.assert_allclose(ours.mean, np.log1p(frame[name]).mean(), rtol=1e-9)


    same_for_any_sharding()


def test_duckdb_s_analysis_is_ours_with_missing_values_and_of_no_rows_at_all():
    frame = make_rows(200, 1)[0]
    with duckdb.connect() as db:
        db.register('frame', frame)
        theirs, ours = analyze_sql('frame', db), analyze(frame)
        nothing = analyze_sql('(select * from frame where use < 0)', db)
    assert theirs.use == ours.use and theirs.regions == ours.regions
    for a, b in zip(theirs.logs, ours.logs, strict=True):
        np.testing.assert_allclose([a.n, a.mean, a.m2, a.least, a.most], [b.n, b.mean, b.m2, b.least, b.most], rtol=1e-9)
    assert nothing.logs[0] == Moments() and nothing + theirs == theirs


def test_the_graph_equals_the_transform_and_a_logistic_function_with_missing_numbers_an_unknown_region_and_a_value_on_a_boundary():
    some = make_rows(300, 2)[0]
    learned = Prepare.fit(some)
    some.loc[0, 'region'], some.loc[1, 'use'] = 'the moon', learned.boundaries[1]
    w, b = np.random.default_rng(0).normal(size=3 + 4 + len(learned.regions)), .3
    numbers, columns = as_numbers(some, learned.regions), learned.matrix(learned(some))
    assert numbers.shape == (300, 4) and numbers[0, 3] == -1 and np.isnan(numbers[:, 1]).any()
    expected = 1/(1 + np.exp(-columns @ w - b))
    for graph, values in ((as_onnx(w, b, learned), numbers), (as_onnx(w, b), columns.astype('float32'))):
        session = onnxruntime.InferenceSession(graph)
        got = session.run(None, {session.get_inputs()[0].name: values})[0]
        np.testing.assert_allclose(got[:, 0], expected, atol=1e-5)


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message_and_the_six_numbers_are_right_by_hand():
    assert len(merge_exercise.prove()) == 7
    np.testing.assert_allclose(comoments([1., 3.], [0., 4.]), [2, 2, 2, 2, 8, 4])
    np.testing.assert_array_equal(comoments([], []), np.zeros(6))
    np.testing.assert_allclose(merge_exercise.reference(comoments([1.], [0.]), comoments([3.], [4.])), [2, 2, 2, 2, 8, 4])
