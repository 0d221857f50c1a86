"""Generated from nbs/2_data/04_mistakes.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
import pandas as pd
import pytest
from mlcourse.data.mistakes import DISTRICTS
from mlcourse.data.mistakes import FAULTS
from mlcourse.data.mistakes import Report
from mlcourse.data.mistakes import assert_replicable
from mlcourse.data.mistakes import clean_table
from mlcourse.data.mistakes import find_codes
from mlcourse.data.mistakes import find_disagreement
from mlcourse.data.mistakes import find_gaps
from mlcourse.data.mistakes import find_mixed_units
from mlcourse.data.mistakes import find_outliers
from mlcourse.data.mistakes import find_overlap
from mlcourse.data.mistakes import find_population
from mlcourse.data.mistakes import find_reversals
from mlcourse.data.mistakes import find_same_columns
from mlcourse.data.mistakes import find_text_faults
from mlcourse.data.mistakes import find_time_faults
from mlcourse.data.mistakes import find_unreplayable
from mlcourse.data.mistakes import hunt_exercise
from mlcourse.data.mistakes import line_faults
from mlcourse.data.mistakes import lint
from mlcourse.data.mistakes import plant
from mlcourse.data.mistakes import report_of
from mlcourse.data.mistakes import sample_rows
from mlcourse.data.mistakes import target_numbers
from scipy.stats import ks_2samp


def test_the_same_seed_makes_the_same_table_its_cards_are_read_by_day_and_a_table_of_a_few_rows_is_refused():
    table = clean_table(300, 5)
    assert table.equals(clean_table(300, 5)) and not table.equals(clean_table(300, 6)) and table.shape == (300, 20)
    assert table['read_at'].dt.hour.between(7, 21).all() and not table.isna().any().any() and table['customer'].is_unique
    assert .1 < table['disputed'].mean() < .45
    with pytest.raises(ValueError, match='20 rows'): clean_table(5)


def test_a_step_that_draws_without_a_seed_is_refused_a_seeded_one_is_not_and_neither_is_asked_of_what_is_no_def():
    def seeded(frame): return frame.sample(frac=1, random_state=0)
    def noisy(frame): return frame.assign(noise=__import__('numpy').random.rand(len(frame)))
    frame = pd.DataFrame(dict(x=range(30)))
    with pytest.raises(AssertionError, match='^error: noisy: drawn without a seed.*') as raised:
        assert_replicable(frame, seeded, noisy)
    assert 'seeded:' not in str(raised.value)
    with pytest.raises(ValueError, match='wanted a def'): find_unreplayable(dict(same=lambda frame: frame), frame)


def test_shared_rows_are_found_by_key_by_index_and_by_content_and_fresh_rows_are_not():
    table = clean_table(200, 1)
    train, test = table[:120], table[100:]
    for key, where in (('customer', 'customer'), (None, '(index)')):
        [finding] = find_overlap(train, test, key)
        assert finding.column == where and finding.evidence['test_rows_shared'] == .2
    assert find_overlap(train, test.reset_index(drop=True))[0].column == '(whole row)'
    fresh = table[120:]
    assert find_overlap(train, fresh) == find_overlap(train, fresh, 'customer') == find_overlap(train, fresh.reset_index(drop=True)) == []
    with pytest.raises(ValueError, match="'card'"): find_overlap(train, test, 'card')


def test_gaps_are_counted_a_telling_one_is_told_from_a_random_one_stand_ins_are_found_and_true_zeros_pass():
    rng = np.random.default_rng(0)
    y = rng.uniform(size=1000) < .4
    frame = pd.DataFrame(dict(y=y, told=np.where(y & (rng.uniform(size=1000) < .5), np.nan, 1.),
        chance=np.where(rng.uniform(size=1000) < .2, np.nan, 1.),
        zero=np.where(np.arange(1000) < 9, 0, rng.normal(4, .4, 1000)),
        nines=np.where(np.arange(1000) < 9, 999, rng.integers(1, 90, 1000)),
        counts=rng.poisson(1., 1000), amounts=rng.exponential(size=1000).round(2),
        wide=np.where(np.arange(1000) < 5, 0, rng.lognormal(size=1000))))
    found = {(f.column, f.fault): f for f in find_gaps(frame, 'y')}
    assert set(found) == {('told', 'missing values'), ('chance', 'missing values'), ('zero', 'stand-in number'), ('nines', 'stand-in number')}
    told, chance = (found[name, 'missing values'].evidence for name in ('told', 'chance'))
    assert told['share'] == frame['told'].isna().mean() and told['z_of_target'] > 10 > 4 > abs(chance['z_of_target'])
    assert found['told', 'missing values'].remedy == 'keep a flag' and found['zero', 'stand-in number'].evidence['share'] == .009
    assert target_numbers(frame.assign(y=np.where(y, 'yes', 'no')), 'y').sum() == y.sum() and target_numbers(frame, None) is None
    with pytest.raises(ValueError, match='absent'): find_gaps(frame, 'z')


def test_a_lone_row_is_found_on_either_side_and_skewed_columns_short_ones_and_constant_ones_pass():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(dict(normal=rng.normal(size=500), skewed=rng.lognormal(size=500), flat=1., text='a'))
    assert find_outliers(frame) == [] and find_outliers(frame[:10]) == []
    [finding] = find_outliers(frame.assign(normal=np.where(np.arange(500) == 7, -60, frame['normal'])))
    assert finding.column == 'normal' and finding.evidence['rows'] == 1 and finding.evidence['value'] == -60
    [finding] = find_outliers(pd.DataFrame(dict(x=np.r_[np.arange(-50, 51), 400.5])))
    np.testing.assert_allclose(finding.evidence['times_next'], 400/101)  # by hand: median 0.5; twice the quartiles' distance, 101, exceeds the next one's
    recurring = np.where(np.arange(1000) < 4, -999, rng.normal(size=1000))  # stands in for something: find_gaps reports it
    assert find_outliers(pd.DataFrame(dict(x=recurring))) == [] and len(find_gaps(pd.DataFrame(dict(x=recurring)))) == 1
    with pytest.raises(ValueError, match='above 1'): find_outliers(frame, times=1)


def test_each_fault_of_form_is_found_once_at_the_right_column_and_clean_columns_pass():
    table, n = clean_table(400, 2), 400
    faults = lambda found: [(f.fault, f.column) for f in found]
    assert find_time_faults(table) == find_mixed_units(table) == find_text_faults(table) == find_disagreement(table, table, 'customer') == []
    assert faults(find_time_faults(table.assign(sent_at=table['sent_at'].dt.tz_localize(None)))) == [('naive timestamps', 'sent_at')]
    assert faults(find_time_faults(table.assign(read_at=table['read_at'] + pd.Timedelta(hours=9)))) == [('time zone shift', 'read_at')]
    mixed = np.where(np.arange(n) < 60, table['pipe_cm']/2.54, table['pipe_cm'])
    [finding] = find_mixed_units(table.assign(pipe_cm=mixed))
    assert find_mixed_units(table.assign(pipe_cm=np.where(np.arange(n) < 60, table['pipe_cm']/2, table['pipe_cm']))) == []  # two sizes, no unit
    assert finding.column == 'pipe_cm' and abs(finding.evidence['factor'] - 2.54) < .1 and finding.evidence['share_low'] == .15
    day_first, month_first = (table['billed_on'].dt.strftime(order) for order in ('%d/%m/%Y', '%m/%d/%Y'))
    texts = dict(bill_eur=table['bill_eur'].astype(str).str.replace('.', ','), garden_m2=table['garden_m2'].astype(str),
                 billed_on=day_first.where(np.arange(n) < 200, month_first), tariff=[f'0{i % 40 + 10}' for i in range(n)],
                 phone=np.where(np.arange(n) < 6, [f'X{i}' for i in range(n)], table['phone']))
    assert faults(find_text_faults(table.assign(**texts))) == [('day and month swapped', 'billed_on'), ('decimal comma', 'bill_eur'),
                                                            ('number as code', 'garden_m2'), ('rare levels', 'phone')]
    radio = table[['customer', 'usage_m3']].assign(usage_m3=table['usage_m3']*np.where(np.arange(n) < 40, 1000, 1.01))
    [finding] = find_disagreement(table, radio, 'customer')
    np.testing.assert_allclose([finding.evidence['share'], finding.evidence['median_ratio']], [.1, 1000])
    with pytest.raises(ValueError, match='repeats'): find_disagreement(table, pd.concat([table, table]), 'customer')
    with pytest.raises(ValueError, match='above 1'): find_mixed_units(table, {'none': 1.})
    with pytest.raises(ValueError, match='at least 1'): find_text_faults(table, rare=0)
    with pytest.raises(ValueError, match="'card'"): find_disagreement(table, table, 'card')


def test_codes_with_holes_are_found_dense_ones_by_their_target_and_counts_steps_and_prices_pass():
    rng, n = np.random.default_rng(0), 1000
    area = rng.integers(1, 13, n)
    frame = pd.DataFrame(dict(district=DISTRICTS[area - 1], people=rng.integers(1, 7, n), watts=100*rng.integers(1, 12, n),
                              price=rng.gamma(3, 200, n).round(), share=rng.uniform(size=n), area=area,
                              yes=rng.uniform(size=n) < .5 + .3*np.cos(2.4*area)))
    assert [f.column for f in find_codes(frame)] == ['district']
    assert [f.column for f in find_codes(frame, 'yes')] == ['district', 'area']
    assert find_codes(frame.assign(yes=frame['people'] > 3), 'yes')[0].column == 'district'  # a straight line explains people
    with pytest.raises(ValueError, match='absent'): find_codes(frame, 'no')


def test_a_shifted_column_and_a_changed_mixture_are_found_samples_of_one_population_are_not():
    rng = np.random.default_rng(0)
    draw = lambda n, shift, p: pd.DataFrame(dict(
        x=rng.normal(shift, 1, n), kind=pd.Categorical(rng.choice(['a', 'b'], n, p=[p, 1 - p]), ['a', 'b', 'c'])))
    assert find_population(draw(500, 0, .5), draw(500, 0, .5)) == []
    assert [f.column for f in find_population(draw(500, 0, .5), draw(500, 1, .9))] == ['x', 'kind']
    one, two = pd.DataFrame(dict(x=np.arange(100.))), pd.DataFrame(dict(x=np.arange(50, 150.)))
    assert find_population(one, two)[0].evidence['distance'] == .5  # by hand: half of each lies beyond the other
    one, two = draw(300, 0, .5), draw(200, .6, .5)
    np.testing.assert_allclose(find_population(one, two)[0].evidence['distance'], ks_2samp(one['x'], two['x']).statistic)
    with pytest.raises(ValueError, match='rows in both'): find_population(one, two[:0])


def test_a_line_passes_each_fault_of_a_line_is_named_and_a_reversal_is_found_for_numbers_and_for_two_values():
    x = np.arange(12.)
    wave = np.cos(2*x)
    assert line_faults(x, 2*x + wave) == [] and line_faults(x, (x - 5)**2 + wave) == ['bends']
    assert line_faults(x, 2*x + wave + 90*(x == 4)) == ['one row stands out'] and line_faults([1, 1, 1, 1, 1, 9], [1, 2, 3, 4, 5, 6]) == ['one row decides']
    with pytest.raises(ValueError, match='not constant'): line_faults(np.ones(9), x[:9])
    rng = np.random.default_rng(0)
    group, inner = rng.integers(0, 3, 900), rng.normal(size=900)
    frame = pd.DataFrame(dict(kind=group.astype(str), x=inner - 3*group, z=inner,
                              y=2*inner + 6*group + rng.normal(size=900), text='a'))
    [finding] = find_reversals(frame, 'y')
    assert finding.column == 'x' and finding.evidence['t_pooled'] < 0 < finding.evidence['t_within'] and 'kind' in finding.remedy
    assert [f.column for f in find_reversals(frame.assign(y=frame['y'] > 6), 'y')] == ['x'] and find_reversals(frame, 'text') == []
    with pytest.raises(ValueError, match='absent'): find_reversals(frame, 'w')


def test_the_linter_is_called_by_its_short_name_and_a_name_that_the_chapter_lacks_is_refused_as_everywhere():
    import mlcourse.data
    assert (mlcourse.data.lint.__module__, mlcourse.data.lint.__name__) == ('mlcourse.data.mistakes', lint.__name__)
    with pytest.raises(AttributeError, match="'mlcourse.data' has no attribute 'polish'"): getattr(mlcourse.data, 'polish')  # noqa: B009


def test_all_faults_at_once_are_found_with_no_other_a_clean_table_passes_copies_and_constants_are_found_and_rows_are_sampled_in_blocks():
    key = lambda faults: {(FAULTS[f], f) for f in faults}
    assert lint(**plant(n=500, seed=3)) == []
    assert report_of(lint(**plant(FAULTS, 800, 4))).pairs == key(FAULTS)
    dirty = plant(['outlier', 'decimal comma'], 500, 6)
    found = lint(**dirty)
    assert report_of(found).pairs == key(['outlier', 'decimal comma']) and [f.severity for f in found] == ['error', 'warning']
    assert report_of(lint(dirty['frame'], key='customer', ignore=['flow_l'])).pairs == key(['decimal comma'])
    with pytest.raises(ValueError, match='wanted faults'): plant(['gremlins'])
    with pytest.raises(ValueError, match='strength'): plant(strength=2)
    with pytest.raises(ValueError, match='key by which'): lint(dirty['frame'], source=dirty['source'])
    with pytest.raises(ValueError, match="'price'"): lint(dirty['frame'], 'price')
    frame = pd.DataFrame(dict(a=np.arange(50.)**2, b=32 + 1.8*np.arange(50.)**2, c=7, d=list('xy')*25, e=list('xy')*25,
                              f=np.arange(50.)))
    assert [(f.fault, f.column) for f in find_same_columns(frame)] == [('constant column', 'c'), ('copied column', 'e'), ('copied column', 'b')]
    with pytest.raises(ValueError, match='alike'): find_same_columns(frame, 1.)
    rows = sample_rows(1_000_000, 5_000)
    assert len(rows) == len(set(rows)) == 5_000 and rows[0] == 0 and rows[-1] == 999_999 and list(sample_rows(4, 9)) == [0, 1, 2, 3]
    assert (np.diff(rows) == 1).sum() == 4_990
    a, b = Report(frozenset({('x', 'outlier'), ('y', 'outlier')})), Report(frozenset({('x', 'outlier')}))
    assert abs(a.f1(b) - 2/3) < 1e-12 and a != b and a == a and Report(frozenset()) == Report(frozenset())
    with pytest.raises(ValueError, match='at least 1'): sample_rows(10, 0)


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(hunt_exercise.prove()) == 6
    assert Report([('a', 'outlier')]).f1(Report(frozenset({('a', 'outlier')}))) == 1 and 'columns a' in repr(Report([('a', 'outlier')]))
