"""Generated from nbs/2_data/15_plots.ipynb by `mlcourse export`; change the notebook instead."""
import matplotlib.pyplot as plt
import numpy as np
import pytest
from mlcourse.data.plots import _tank
from mlcourse.data.plots import bank_axes
from mlcourse.data.plots import bank_exercise
from mlcourse.data.plots import bank_slopes
from mlcourse.data.plots import cycles
from mlcourse.data.plots import drawn_angles
from mlcourse.data.plots import judging_error
from mlcourse.data.plots import median_angle
from mlcourse.data.plots import plot_strips
from mlcourse.data.plots import shared_aspect
from mlcourse.data.plots import sunspots
from mlcourse.data.plots import unit_ratio


def test_the_sunspots_are_the_yearly_record_of_1700_to_1988_with_its_known_extremes():
    years, counts = sunspots()
    np.testing.assert_array_equal(years, np.arange(1700, 1989))
    assert years[counts.argmax()] == 1957 and counts.max() == 190.2  # the strongest cycle on record
    assert years[counts == 0].tolist() == [1711, 1712, 1810]         # the quietest years


def test_the_ruler_reads_a_known_angle_off_the_page_in_a_square_and_in_a_flat_panel_and_leaves_reference_lines_out():
    panel = plt.figure().add_subplot()
    panel.plot([0, 1, 2], [0, 1, 0]); panel.axhline(.5); panel.set(xlim=(0, 2), ylim=(0, 2), box_aspect=1)
    np.testing.assert_allclose(drawn_angles(panel), [45, -45])
    panel.set_box_aspect(np.tan(np.radians(30)))
    np.testing.assert_allclose(drawn_angles(panel), [30, -30])
    with pytest.raises(ValueError, match='at least one line'): drawn_angles(plt.figure().add_subplot())
    plt.close('all')


def test_shapes_worked_by_hand_come_out_and_do_not_depend_on_the_units_the_origin_or_the_direction_of_either_axis():
    x, y = np.array([0., 1., 2.]), np.array([0., 1., 4.])
    assert bank_slopes(x, y) == bank_slopes(x, y, 'as') == 4/2/2  # slopes 1, 3: median and mean 2; ranges 2, 4
    assert unit_ratio(x, y) == 1/2
    x, y = np.arange(4.), np.array([0., 1., 3., 12.])  # slopes 1, 2, 9: median 2, mean 4
    np.testing.assert_allclose([bank_slopes(x, y), bank_slopes(x, y, 'as')], [12/3/2, 12/3/4])
    assert bank_slopes([0, 1, 2, 3], [0, 0, 2, 2], cull=True) == 2/3/2  # one segment counts, the flat ones do not
    rng = np.random.default_rng(0)
    x, y = np.cumsum(rng.uniform(.1, 3, 50)), rng.normal(size=50).cumsum()
    for method in ('ms', 'as'):
        shape = bank_slopes(x, y, method)
        for factor in (1e-6, .3, 7, 1e6):
            np.testing.assert_allclose([bank_slopes(x*factor, y, method), bank_slopes(x, y*factor, method)], shape)
        for u, v in [(x + 1700, y - 5), (x, -y), (-x[::-1], y[::-1])]:
            np.testing.assert_allclose(bank_slopes(u, v, method), shape)
        np.testing.assert_allclose(unit_ratio(x, 10*y, method), unit_ratio(x, y, method)/10)  # this one has units


def test_what_has_no_shape_is_refused_in_one_line_one_point_gaps_unsorted_or_repeated_x_flat_series_other_lengths():
    for x, y, words in [([1], [1], 'at least 2'), ([0, 1, 2], [0, np.nan, 1], 'got 0 in x and 1 in y'),
                        ([0, np.inf], [0, 1], 'got 1 in x and 0 in y'), ([0, 1, 1], [0, 1, 2], 'increases'),
                        ([0, 2, 1], [0, 1, 2], r'increases, got x\[2\]'), ([0, 1, 2], [5, 5, 5], '100% flat'),
                        ([0, 1, 2], [0, 1], 'one length'), (range(5), [0, 0, 0, 0, 1], 'cull=True')]:
        with pytest.raises(ValueError, match=words) as refused: bank_slopes(x, y)
        assert '\n' not in str(refused.value)
    with pytest.raises(ValueError, match="'ms' or 'as'"): bank_slopes([0, 1], [0, 1], 'median')
    assert bank_slopes(range(5), [0, 0, 0, 0, 1], cull=True) == 1/4


def test_bank_axes_reaches_45_degrees_on_random_series_in_roomy_limits_and_strips_keep_it_and_every_point():
    for trial in range(2):
        rng = np.random.default_rng(trial)
        x, y = np.cumsum(rng.uniform(.5, 2, 101)), rng.normal(size=101).cumsum()
        panel = plt.figure(layout='none').add_subplot()
        panel.plot(x, y); panel.set(ylim=(-60, 40))
        bank_axes(panel)
        assert abs(median_angle(drawn_angles(panel)) - 45) < 1
        first, second = plot_strips(x, y, 2).axes
        assert abs(median_angle(drawn_angles(first), drawn_angles(second)) - 45) < 1
        shown = np.vstack([first.lines[0].get_xydata(), second.lines[0].get_xydata()[1:]])  # the joint is in both
        np.testing.assert_array_equal(shown, np.c_[x, y])
        plt.close('all')
    with pytest.raises(ValueError, match='1 to 4 strips'): plot_strips(range(5), range(5), 9)


def test_a_sawtooth_that_climbs_for_3_steps_and_falls_for_7_is_measured_as_such():
    y = np.tile(np.r_[0:9:3, 9:0:-9/7], 6)
    before, peak, after = cycles(np.arange(60), y)
    assert (peak - before == 3).all() and (after - peak == 7).all() and len(peak) == 4
    with pytest.raises(ValueError, match='3 peaks'): cycles(np.arange(20), np.arange(20.))


def test_an_exact_eye_judges_exactly_and_small_errors_grow_as_1_sin_2():
    rng = np.random.default_rng(0)
    draws = rng.normal(size=(2, 20_000))
    assert judging_error(70, draws, lambda angle: 0*angle) < 1e-12
    size = {mid: judging_error(mid, draws, lambda angle: .1 + 0*angle, true_ratio=1.001) for mid in (15, 45, 75)}
    np.testing.assert_allclose([size[15]/size[45], size[75]/size[45]], 1/np.sin(np.radians(30)), rtol=.02)


def test_shared_aspect_makes_equal_slopes_parallel_at_any_length_level_and_limits_and_refuses_log_and_empty_axes():
    for same_y in (True, False):
        panels = plt.figure(layout='none').subplots(1, 3)
        for panel, n, level in zip(panels, (5, 20, 80), (0, 40, -7)):
            panel.plot(np.arange(n), level + 2*np.arange(n))
        panels[2].set_xlim(-30, 100)
        assert np.ptp([median_angle(drawn_angles(panel)) for panel in panels]) > 1
        shared_aspect(panels, same_y=same_y)
        np.testing.assert_allclose([median_angle(drawn_angles(panel)) for panel in panels], 45, atol=1e-6)
        np.testing.assert_allclose([np.ptp(panel.get_ylim()) for panel in panels], np.ptp(panels[0].get_ylim()))
    with pytest.raises(ValueError, match='got none in 1 axes'): shared_aspect([plt.figure().add_subplot()])
    panels[0].invert_yaxis()
    with pytest.raises(ValueError, match='got an inverted one'): shared_aspect(panels)
    panels[0].set_yscale('log')
    with pytest.raises(ValueError, match='got a log axis'): shared_aspect(panels)
    plt.close('all')


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(bank_exercise.prove()) == 6
    x, y = _tank(np.random.default_rng(0), 50)
    np.testing.assert_allclose(bank_exercise.reference(x, y), bank_slopes(x, y, cull=True))
