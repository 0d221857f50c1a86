"""Generated from nbs/2_data/03_validation.ipynb by `mlcourse export`; change the notebook instead."""
import json
import numpy as np
import pandas as pd
import pytest
from dataclasses import replace
from mlcourse.data.validation import Column
from mlcourse.data.validation import binned_shares
from mlcourse.data.validation import distances
from mlcourse.data.validation import fill_defaults
from mlcourse.data.validation import find_anomalies
from mlcourse.data.validation import generate_rows
from mlcourse.data.validation import infer_schema
from mlcourse.data.validation import jensen_shannon
from mlcourse.data.validation import l_infinity
from mlcourse.data.validation import read_table
from mlcourse.data.validation import readings_day
from mlcourse.data.validation import schema_changes
from mlcourse.data.validation import schema_on
from mlcourse.data.validation import schema_to_json
from mlcourse.data.validation import two_sample_auc
from mlcourse.data.validation import widen_exercise
from scipy.spatial.distance import jensenshannon


def test_a_schema_drawn_by_hand_and_each_kind_of_anomaly_counted_by_hand():
    table = pd.DataFrame(dict(a=[1, 2, 9], b=[.5, np.nan, 2.], c=['x', 'y', 'x'], d=[[1], [1, 2], [3]]))
    assert infer_schema(table) == dict(a=Column('int', low=1, high=9), b=Column('float', optional=True, low=.5, high=2.),
                                       c=Column('text', domain=('x', 'y')), d=Column('int', valency=(1, 2), low=1, high=3))
    assert infer_schema(table, max_domain=1)['c'] == Column('text') and find_anomalies(table, infer_schema(table)) == []
    bad = pd.DataFrame(dict(a=['1', None, 10], c=['x', 'z', 'z'], d=[[1, 2, 3], [0], [2]], e=[0, 0, 0]), dtype=object)
    assert [(a.column, a.kind, a.rows) for a in find_anomalies(bad, infer_schema(table))] == [
        ('a', 'out of range', 1), ('a', 'unexpected null', 1), ('a', 'wrong type', 1), ('b', 'missing column', 3),
        ('c', 'new category', 2), ('d', 'out of range', 1), ('d', 'wrong valency', 1), ('e', 'unexpected column', 3)]
    assert find_anomalies(pd.DataFrame(dict(b=[1])), dict(b=Column('float', high=1.))) == []  # an int where a float may stand
    with pytest.raises(ValueError, match='at least one value'): infer_schema(pd.DataFrame(dict(a=[None])))


def test_distances_by_hand_against_scipy_and_their_limits():
    assert l_infinity(['a', 'a', 'b', 'b'], ['a', 'c', 'c', 'b']) == .5 and l_infinity(['a'], ['a']) == 0
    p, q = np.array([.5, .5, 0]), np.array([.25, .25, .5])
    np.testing.assert_allclose(jensen_shannon(p, q), jensenshannon(p, q, base=2)**2)
    np.testing.assert_allclose(jensen_shannon(np.array([1., 0]), np.array([0, 1.])), 1.)
    assert jensen_shannon(p, p) == 0
    one, other = binned_shares(np.arange(10.), np.array([-5., 4.5, 99., 99.]), n_bins=2)
    np.testing.assert_array_equal([one, other], [[.5, .5], [.25, .75]])  # -5 joins the first bin; the edge is 4.5
    one = pd.DataFrame(dict(k=['a', 'b'], v=[1., 2.]))
    assert distances(one, one, dict(k='text', v='float')) == dict(k=0., v=0.)
    with pytest.raises(ValueError, match='both sides'): l_infinity([], ['a'])
    with pytest.raises(ValueError, match='finite'): binned_shares(np.array([1., np.nan]), np.ones(2))


def test_a_day_of_readings_is_the_same_for_the_same_seed_and_half_of_it_is_typed_nearly_always_rightly():
    day = readings_day(2_000, 5)
    assert day.equals(readings_day(2_000, 5)) and not day.equals(readings_day(2_000, 6))
    typed = day['typed'].dropna().astype(int)
    assert abs(len(typed)/2_000 - .5) < .05 and .005 < (typed != day['reading'][typed.index]).mean() < .04
    assert day.drop(columns='typed').notna().all().all() and typed.between(0, 99_999).all()


def test_a_shift_is_seen_none_is_not_and_widths_must_agree():
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(400, 2)), rng.normal(size=(400, 2))
    assert abs(two_sample_auc(one, other) - .5) < .07 and two_sample_auc(one, other + 3) > .95
    with pytest.raises(ValueError, match='equal width'): two_sample_auc(one, other[:, :1])


def test_every_rule_once_widened_and_once_narrowed():
    column = Column('int', True, False, (1, 2), ('a', 'b'), 0, 9, None, ('serving',))
    wide = dict(type='float', required=False, optional=True, valency=(0, 3), domain=('a', 'b', 'c'), low=None, high=10, not_in=('serving', 'test'))
    for rule, value in wide.items():
        wider = replace(column, **{rule: value})
        [change], [back] = schema_changes(dict(k=column), dict(k=wider)), schema_changes(dict(k=wider), dict(k=column))
        assert change.compatible and not back.compatible and change.edit.startswith(rule), rule
    assert schema_changes(dict(k=column), dict(k=replace(column, default=3)))[0].compatible
    assert schema_changes(dict(k=column), dict(k=column)) == []
    assert [(c.column, c.edit) for c in schema_changes(dict(k=column), dict(j=column))] == [('j', 'added'), ('k', 'removed')]


def test_the_reader_the_imputer_and_the_generator_obey_a_small_schema():
    small = dict(k=Column('text', optional=True, domain=('a', 'b'), default='a'), n=Column('int', optional=True, low=0, high=5),
                 v=Column('float', low=-1., high=1.), d=Column('int', valency=(1, 3), low=7, high=9))
    rows = generate_rows(small, 60, 1)
    assert len(rows) == 60 and find_anomalies(rows, small) == [] and rows['k'].isna().any() and rows['n'].isna().any()
    assert {len(cell) for cell in rows['d']} == {1, 2, 3}
    table = read_table('k,n,v\na,3,.5\n,,1\n', small)
    assert table['n'].tolist()[0] == 3 and table['n'].isna().tolist() == [False, True] and table['v'].tolist() == [.5, 1.]
    assert fill_defaults(table, small)['k'].tolist() == ['a', 'a'] and fill_defaults(table, small)['n'].isna().sum() == 1
    assert table['k'].isna().sum() == 1  # the original is left alone
    assert fill_defaults(table, dict(n=Column('int', default=0)))['n'].isna().sum() == 1  # not optional: an empty cell is a fault
    with pytest.raises(ValueError, match='n: wanted int'): read_table('n\n3.5\n', small)
    with pytest.raises(ValueError, match="without rules: .'z'"): read_table('z\n1\n', small)
    with pytest.raises(ValueError, match='allows 2'): generate_rows(dict(k=Column('text', domain=('a', 'b'))), 9)


def test_a_schema_survives_json_and_a_day_finds_its_version():
    one, two = dict(k=Column('text', domain=('a', 'b'), not_in=('serving',))), dict(k=Column('int', low=0, valency=(1, 2)))
    versions = json.loads(json.dumps({'2026-01-01': schema_to_json(two), '2025-01-01': schema_to_json(one)}))
    assert schema_on(versions, '2025-12-31') == one and schema_on(versions, '2026-01-01') == two == schema_on(versions, '2030-01-01')
    with pytest.raises(ValueError, match='first one is of 2025-01-01'): schema_on(versions, '2024-12-31')


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(widen_exercise.prove()) == 7
