"""Generated from nbs/2_data/05_leakage.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
import pandas as pd
import pytest
from itertools import combinations
from mlcourse.data.leakage import FAULTS
from mlcourse.data.leakage import Finding
from mlcourse.data.leakage import as_numbers
from mlcourse.data.leakage import as_of_exercise
from mlcourse.data.leakage import auc
from mlcourse.data.leakage import binary_labels
from mlcourse.data.leakage import check_target
from mlcourse.data.leakage import clean_case
from mlcourse.data.leakage import column_auc
from mlcourse.data.leakage import cross_validate
from mlcourse.data.leakage import encode
from mlcourse.data.leakage import explained_by_shift
from mlcourse.data.leakage import find_changed
from mlcourse.data.leakage import find_identifiers
from mlcourse.data.leakage import find_late
from mlcourse.data.leakage import find_leaks
from mlcourse.data.leakage import find_proxies
from mlcourse.data.leakage import find_repeats
from mlcourse.data.leakage import find_split_faults
from mlcourse.data.leakage import join_as_of
from mlcourse.data.leakage import make_drips
from mlcourse.data.leakage import oversample
from mlcourse.data.leakage import plant
from mlcourse.data.leakage import scale
from mlcourse.data.leakage import select
from mlcourse.data.leakage import share_sd
from mlcourse.data.leakage import split_groups
from mlcourse.data.leakage import split_rows
from sklearn.feature_selection import SelectKBest
from sklearn.feature_selection import f_classif
from sklearn.linear_model import LinearRegression
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler


def test_a_household_is_the_same_however_the_table_is_drawn_and_only_a_drip_is_corrected():
    world = make_drips(400, 3)
    on_the_day, later = world.extract(0), world.extract(60)
    for name in world.frame: assert on_the_day[name].equals(later[name])
    assert (later['calls'] >= on_the_day['calls']).all() and (later['plumber_eur'] >= on_the_day['plumber_eur']).all()
    backdated = world.events[world.events['known'] - world.events['happened'] >= 30]
    assert set(backdated['customer']) == set(world.frame['customer'][world.drips])
    assert make_drips(400, 3).frame.equals(world.frame) and make_drips(400, 3, 0.).drips.sum() == 0
    with pytest.raises(ValueError, match='at least 10'): make_drips(3)
    with pytest.raises(ValueError, match='share'): make_drips(30, share=1.5)


def test_each_clock_takes_the_event_that_a_person_would_take_from_four():
    rows = pd.DataFrame(dict(customer=['a', 'a', 'b'], day=[50, 9, 50]))
    events = pd.DataFrame(dict(customer=['a']*4, happened=[10, 40, 50, 60], known=[12, 45, 70, 65], v=[1., 2, 3, 4]))
    np.testing.assert_array_equal(join_as_of(rows, events)['v'], [2, np.nan, np.nan])  # 3 was not yet known
    np.testing.assert_array_equal(join_as_of(rows, events, 'happened')['v'], [3, np.nan, np.nan])
    np.testing.assert_array_equal(join_as_of(rows, events, 'none')['v'], [4, 4, np.nan])
    assert list(join_as_of(rows, events)['day']) == [50, 9, 50]
    with pytest.raises(ValueError, match='clock'): join_as_of(rows, events, 'recent')
    with pytest.raises(ValueError, match='happened'): join_as_of(rows, events.drop(columns='happened'))


def test_only_what_was_written_after_the_day_is_late_and_dates_are_compared_as_dates():
    day = pd.Timestamp('2026-03-01') + pd.to_timedelta([0, 10, 20, 30], 'D')
    frame = pd.DataFrame(dict(day=day, v=1., w=2., v_known=day - pd.Timedelta('1D'), w_known=day[::-1], born=day[0]))
    found = find_late(frame, 'day', dict(v='v_known', w='w_known'))
    assert [(f.column, f.severity, f.evidence) for f in found] == [('w', 'error', dict(share_late=.5))]
    assert [f.column for f in find_late(frame.assign(repaired=day[-1]), 'day')] == ['w_known', 'repaired']
    assert str(found[0]).startswith('error: w: known too late (share_late 0.5)')
    with pytest.raises(ValueError, match="'z'"): find_late(frame, 'z')
    with pytest.raises(ValueError, match='severity'): Finding('f', 'c', 'fatal', {}, 'r')


def test_the_area_agrees_with_scikit_learn_and_a_column_s_with_its_best_direction():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 300)
    rough = (labels + rng.normal(0, 1, 300)).round(1)
    np.testing.assert_allclose(auc(rough, labels), roc_auc_score(labels, rough))
    np.testing.assert_allclose(column_auc(-rough, labels), roc_auc_score(labels, rough))
    assert column_auc(np.where(labels == 1, 5., np.nan), labels) == 1.  # filled in only where the answer is yes
    assert column_auc(np.array(['yes' if y else f'no{i % 3}' for i, y in enumerate(labels)]), labels) > .99
    assert column_auc(np.array([f'id{i}' for i in range(300)]), labels) < .6  # unseen values say nothing
    with pytest.raises(ValueError, match='both classes'): auc(rough, np.ones(300))


def test_a_copy_is_a_suspect_a_noisy_feature_is_not_and_a_change_that_favours_neither_outcome_is_none():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 1_000)
    frame = pd.DataFrame(dict(y=labels, near=labels + rng.normal(0, .2, 1_000), fair=labels + rng.normal(0, .6, 1_000)))
    assert [f.column for f in find_proxies(frame, 'y')] == ['near'] and not find_proxies(frame, 'y', ignore=['near'])
    frame['odd'] = rng.normal(size=1_000)
    # near changed for the ones, fair for all, odd for half of each
    seen = frame.assign(near=frame['near'] - labels, fair=frame['fair'] + 1, odd=frame['odd'] + rng.integers(0, 2, 1_000))
    assert [(f.column, f.evidence) for f in find_changed(frame, seen, 'y')] == \
        [('near', dict(changed_if_1=1., changed_if_0=0.))]
    with pytest.raises(ValueError, match='same rows'): find_changed(frame, seen[1:], 'y')
    for fault, bad in dict(absent=frame[['near']], constant=frame.assign(y=1), missing=frame.assign(y=np.nan)).items():
        with pytest.raises(ValueError, match=fault): find_proxies(bad, 'y')
    with pytest.raises(ValueError, match='two values'): binary_labels(frame.assign(y=range(1_000)), 'y')


def test_the_check_of_the_target_refuses_each_of_four_faults_and_passes_the_table_without_them():
    frame = make_drips(1_500, 5).frame.assign(drips=make_drips(1_500, 5).drips)
    frame = frame.assign(ratio=np.log(frame['use']/frame['year_ago']))
    assert check_target(frame, 'drips', ['customer']) is None
    faults = {'absent': frame.drop(columns='drips'), 'constant': frame.assign(drips=False),
              'copy of the target': frame.assign(found=np.where(frame['drips'], 'no', 'yes')),
              'shift -1': frame.assign(drips=np.roll(frame['drips'], -1)),
              'shift 2': frame.assign(drips=np.roll(frame['drips'], 2))}
    for fault, bad in faults.items():
        with pytest.raises(ValueError, match=fault): check_target(bad, 'drips', ['customer'])
    x = frame[['ratio', 'people']].to_numpy()
    with pytest.raises(ValueError, match='as many labels'): explained_by_shift(x, np.zeros(3))
    by_sklearn = [len(x)*LinearRegression().fit(x, y).score(x, y)
                  for y in (np.roll(frame['drips'].astype(float), -s) for s in range(-2, 3))]
    ours = explained_by_shift(as_numbers(frame[['ratio', 'people']]), frame['drips'].to_numpy().astype(int))
    np.testing.assert_allclose(list(ours.values()), by_sklearn, rtol=1e-6)
    assert as_numbers(frame[['region']]).shape == (1_500, 4) and as_numbers(frame[['customer']]).shape == (1_500, 0)


def test_row_numbers_copies_and_careless_splits_are_found_and_chance_agreement_is_not():
    rng = np.random.default_rng(2)
    n = 600
    frame = pd.DataFrame(dict(
        y=np.repeat(rng.integers(0, 2, n//20), 20), number=np.arange(n), name=[f'C{i:04d}' for i in range(n)],
        meter=rng.choice(10**6, n, replace=False), people=rng.integers(1, 5, n), use=rng.normal(size=n)))
    assert [(f.column, f.severity) for f in find_identifiers(frame, 'y')] == [('number', 'error'), ('name', 'error')]
    unrelated = frame.assign(y=rng.permutation(frame['y']))
    assert [f.severity for f in find_identifiers(unrelated, 'y')] == ['warning', 'warning']
    assert not find_repeats(frame[['y', 'people']])  # eight kinds of rows must repeat
    copied = pd.concat([frame, frame[:60].assign(number=range(n, n + 60))], ignore_index=True)
    assert not find_repeats(copied) and find_repeats(copied, ['number'])[0].severity == 'warning'
    last = np.arange(len(copied)) >= n
    assert find_repeats(copied, ['number'], last)[0].evidence['test_rows_in_training'] == 1.
    assert [f.fault for f in find_split_faults(copied, last, 'name', 'number')] == ['group on both sides']
    assert [f.fault for f in find_split_faults(copied, ~last, None, 'number')] == ['training after the test']
    with pytest.raises(ValueError, match='is_test'): find_split_faults(copied, np.zeros(660, bool))


def test_each_step_agrees_with_scikit_learn_or_a_value_worked_by_hand_and_inside_a_fold_sees_only_training_rows():
    rng = np.random.default_rng(3)
    x, labels = rng.normal(3, 2, (60, 30)), rng.integers(0, 2, 60)
    np.testing.assert_allclose(scale(x, labels)[1](x), StandardScaler().fit_transform(x))
    kept = SelectKBest(f_classif, k=5).fit(x, labels).get_support()
    np.testing.assert_allclose(np.sort(select(x, labels, 5)[1](x), axis=1), np.sort(x[:, kept], axis=1))
    rate = encode(np.array([[0.], [0], [2]]), np.array([0, 1, 1]))[1]
    np.testing.assert_allclose(rate(np.array([[0.], [1], [2]])), [[.5], [2/3], [1]])
    rows = oversample(x, np.arange(60) % 4 == 0)[0]
    assert len(rows) == 90 and (rows % 4 == 0).sum() == 45 and set(rows) == set(range(60))
    seen = []
    def spy(x, labels):
        seen.append(len(x))
        return np.arange(len(x)), lambda new: new
    x, labels = np.random.default_rng(0).normal(size=(50, 2)), np.arange(50) % 2
    for inside in (True, False): cross_validate(x, labels, spy, KNeighborsClassifier(1), inside)
    assert seen == [40]*5 + [50]
    with pytest.raises(ValueError, match='as many labels'):
        cross_validate(x, labels[1:], spy, KNeighborsClassifier(1), True)


def test_the_deviation_agrees_with_all_splits_of_six_rows_and_a_stratified_split_holds_its_shares():
    labels = np.array([1, 1, 0, 0, 0, 0])
    every = [labels[list(rows)].mean() for rows in combinations(range(6), 2)]
    np.testing.assert_allclose(share_sd(6, 2, 1/3), np.std(every))
    labels, rng = np.arange(200) % 5 == 0, np.random.default_rng(0)
    for _ in range(20):
        held = split_rows(labels, .3, rng, stratify=True)
        assert held[labels].sum() == 12 and held.sum() == 60
    assert split_rows(labels, .3, rng).sum() == 60
    counts = [split_rows(np.arange(10) < 3, .5, rng, True)[:3].sum() for _ in range(400)]
    assert set(counts) == {1, 2} and abs(np.mean(counts) - 1.5) < .15  # 1.5 of three: either, equally often
    with pytest.raises(ValueError, match='test_share'): split_rows(labels, 0., rng)
    with pytest.raises(ValueError, match='1 to n'): share_sd(10, 11, .5)


def test_every_group_is_in_one_part_in_about_its_share_and_impossible_shares_are_refused():
    parts = split_groups([7, 3, 3, 5, 1, 9, 9], dict(train=.6, validation=.2, test=.2), np.random.default_rng(0))
    assert [len(part) for part in parts.values()] == [3, 1, 1] and sorted(sum(parts.values(), [])) == [1, 3, 5, 7, 9]
    assert all(part == sorted(part) for part in parts.values())
    assert split_groups('abcd', dict(a=.5, b=.5), np.random.default_rng(1)) != \
        split_groups('abcd', dict(a=.5, b=.5), np.random.default_rng(2))
    with pytest.raises(ValueError, match='sum to 1, got 0.9'):
        split_groups('abcd', dict(a=.5, b=.4), np.random.default_rng(0))
    with pytest.raises(ValueError, match='none for b'): split_groups('ab', dict(a=.9, b=.1), np.random.default_rng(0))


def test_every_planted_fault_is_found_in_one_table_the_clean_one_passes_and_misuse_is_refused():
    case = clean_case(700, 42)
    assert find_leaks(**case) == []
    for fault in FAULTS: assert fault in {f.fault for f in find_leaks(**plant(fault, case, 42))}, fault
    assert find_leaks(**plant('outcome proxy', case, 42) | dict(seen=None, ignore=['hours'])) == []
    with pytest.raises(ValueError, match='wanted one of'): plant('gremlins', case)
    with pytest.raises(ValueError, match='strength'): plant('identifier', case, strength=0.)
    with pytest.raises(ValueError, match="'when'"): find_leaks(case['frame'], 'drips', time='when')
    with pytest.raises(ValueError, match='absent'): find_leaks(case['frame'], 'leaks')
    with pytest.raises(ValueError, match='wanted time'): find_leaks(**case | dict(time=None))
    both = case['frame'].assign(row=np.arange(700), status=case['frame']['drips'])
    severities = [f.severity for f in find_leaks(both, 'drips')]
    assert severities == sorted(severities) and 'error' in severities


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(as_of_exercise.prove()) == 7
