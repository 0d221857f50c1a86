"""Generated from nbs/2_data/00_readings.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from dataclasses import fields
from mlcourse.data.readings import CAMERAS
from mlcourse.data.readings import Cards
from mlcourse.data.readings import DATASHEET
from mlcourse.data.readings import _blurred
from mlcourse.data.readings import crop_digits
from mlcourse.data.readings import customer_cards
from mlcourse.data.readings import datasheet_facts
from mlcourse.data.readings import handwriting
from mlcourse.data.readings import join_cards
from mlcourse.data.readings import make_cards
from mlcourse.data.readings import make_customers
from mlcourse.data.readings import usage_exercise
from scipy.ndimage import gaussian_filter
from sklearn.datasets import load_digits


def test_every_writer_has_each_digit_and_finds_its_own_examples():
    hand = handwriting()
    assert hand.count.min() >= 4 and hand.count.sum() == len(load_digits().target)
    for writer, digit in ((0, 0), (17, 8), (39, 9)):
        mine = hand.order[hand.first[writer, digit]:][:hand.count[writer, digit]]
        assert (hand.writer[mine] == writer).all() and (hand.digit[mine] == digit).all()
    for digit in range(10):
        assert (np.diff(hand.writer[hand.digit == digit]) >= 0).all()  # in the order of the file
    with pytest.raises(ValueError, match='read-only'): hand.ink[0] = 0
    hand.count.min()


def test_the_blur_agrees_with_scipy_s_gaussian_filter():
    pictures = np.random.default_rng(0).random((3, 12, 20), 'f4')
    all_blurred = _blurred(pictures, np.array([0., .7, 1.6]))
    for picture, blurred, sigma in zip(pictures, all_blurred, (1e-9, .7, 1.6)):
        np.testing.assert_allclose(blurred, gaussian_filter(picture, sigma, mode='nearest', radius=4), atol=1e-5)


def test_the_same_seed_gives_the_same_bytes_however_many_cards_are_made():
    whole = make_cards(130, 3, camera={'phone': .5, 'scanner': .5}, label_noise=.2)
    for n in (1, 63, 64, 65, 130):
        part = make_cards(n, 3, camera={'phone': .5, 'scanner': .5}, label_noise=.2)
        for f in fields(Cards):
            np.testing.assert_array_equal(getattr(part, f.name), getattr(whole, f.name)[:n], f'{f.name}, {n} cards')
    assert (make_cards(64, 4).images != make_cards(64, 3).images).mean() > .9
    whole.images.shape


def test_one_argument_changes_one_thing():
    plain = make_cards(100, 1)
    noisy, old = make_cards(100, 1, label_noise=.4), make_cards(100, 1, camera='old_phone')
    dark = make_cards(100, 1, season='winter')
    np.testing.assert_array_equal(plain.images, noisy.images)
    np.testing.assert_array_equal(plain.digits, noisy.digits)
    for other in (dark, old):
        for same in ('digits', 'labels', 'source', 'writer', 'boxes'):
            np.testing.assert_array_equal(getattr(plain, same), getattr(other, same))
    assert (dark.light < plain.light).all() and (old.blur > plain.blur).all() and not plain.mislabelled.any()


def test_what_the_cards_say_of_themselves_is_so():
    cards = make_cards(200, 2, writers=[3, 7], readings=np.arange(200)*401)
    np.testing.assert_array_equal(cards.readings, np.arange(200)*401)
    np.testing.assert_array_equal(load_digits().target[cards.source], cards.digits)
    np.testing.assert_array_equal(handwriting().writer[cards.source], np.repeat(cards.writer, 5).reshape(-1, 5))
    assert set(cards.writer) == {3, 7}
    assert make_cards(2, readings=[7, 99_999]).digits.tolist() == [[0, 0, 0, 0, 7], [9]*5]
    # twice the light, twice the grey above black; noise has mean 0, so 200 cards suffice
    grey = [make_cards(200, 2, light=light).images.mean() - 255*CAMERAS['phone'].black for light in (.4, .8)]
    np.testing.assert_allclose(grey[1]/grey[0], 2, rtol=.02)


def test_what_cannot_be_used_is_refused_in_one_line_that_names_the_argument():
    refused = dict(n_cards=0, seed=-1, n_digits=10, camera='drone', season={'summer': .5}, label_noise=1.5,
                   noise_kind='odd', writers=[40], written_by=[1], readings=[1, 2, 100_000], light=0, blur=2.)
    for name, value in refused.items():
        with pytest.raises(ValueError, match=f'^{name}: wanted .*, got ') as refusal:
            make_cards(**dict(n_cards=3) | {name: value})
        assert '\n' not in str(refusal.value)
    with pytest.raises(ValueError, match="got 'drone'$"): make_cards(1, camera='drone')
    with pytest.raises(ValueError, match='got both$'): make_cards(1, writers=[1], written_by=[1])


def test_a_crop_is_the_inside_of_its_box_and_other_sizes_agree_with_pillow():
    cards = make_cards(20, 5, camera='scanner')
    x0, y0, x1, y1 = cards.boxes[3, 2]
    np.testing.assert_array_equal(crop_digits(cards)[3*5 + 2], cards.images[3, y0:y1, x0:x1])
    for size in (8, 12, 28, 32):
        for crop, resized in zip(crop_digits(cards), crop_digits(cards, size)):
            pillow = np.asarray(Image.fromarray(crop).resize((size, size), Image.Resampling.BILINEAR))
            np.testing.assert_allclose(resized.astype(int), pillow, atol=1)  # Pillow rounds twice
    with pytest.raises(ValueError, match='size: wanted'): crop_digits(cards, 2)


def test_a_writer_s_ink_shows_on_the_card():
    hand = handwriting()
    order = np.argsort(hand.ink)[[0, 20, 39]]
    darkest = [crop_digits(make_cards(30, writers=[writer], camera='scanner')).min(axis=(1, 2)).mean()
               for writer in order]
    assert darkest[0] > darkest[1] + 10 > darkest[2] + 20
    darkest


def test_taking_cards_apart_and_joining_them_gives_the_same_cards():
    cards = make_cards(12, 6)
    again = join_cards(cards[:5], cards[5], cards[np.arange(12) > 5])
    for f in fields(Cards): np.testing.assert_array_equal(getattr(again, f.name), getattr(cards, f.name))
    with pytest.raises(ValueError, match='cards of one size, got'): join_cards(cards, make_cards(2, n_digits=6))


def test_writers_share_no_handwriting_seeds_do():
    train, test = make_cards(400, 1, writers=range(30)), make_cards(400, 2, writers=range(30, 40))
    assert not set(train.source.ravel()) & set(test.source.ravel())
    assert set(make_cards(400, 1).source.ravel()) & set(make_cards(400, 2).source.ravel())


def test_the_first_customers_and_months_do_not_depend_on_how_many_there_are():
    whole = make_customers(50, 30, 4, six_digits=.3, unit_change=.3, camera_change=.3)
    part = make_customers(7, 13, 4, six_digits=.3, unit_change=.3, camera_change=.3)
    pd.testing.assert_frame_equal(part.frame, whole.frame[:7])
    for name in ('usage', 'readings', 'unit', 'camera'):
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[:7, :13])
    np.testing.assert_array_equal(make_customers(50, 30, 4).usage, whole.usage)  # switches leave the truth alone


def test_a_reading_is_the_volume_so_far_in_the_meter_s_unit_without_the_digits_it_does_not_have():
    some = make_customers(300, 18, 5, six_digits=.5, unit_change=.5, new_unit='gallon', change_month=9)
    volume = some.frame['first_reading'].to_numpy()[:, None] + some.usage.cumsum(1)
    counted = volume*np.where(some.unit == 'gallon', 264.17205236, 1)  # NIST: 1 US gallon is 3.785411784 litres
    numbers = 10**some.frame['meter_digits'].to_numpy()[:, None]
    behind = (counted - some.readings + .01) % numbers  # a meter shows whole units: it is behind by less than one
    assert behind.min() > 0 and behind.max() < 1.02 and (some.readings < numbers).all()
    assert (some.unit[:, :9] == 'm3').all() and .3 < (some.unit[:, 9:] == 'gallon').mean() < .7
    assert some.season[[0, 6, 10]].tolist() == ['winter', 'summer', 'autumn']


def test_customers_that_cannot_be_are_refused_in_one_line_that_names_the_argument():
    refused = dict(n_customers=0, n_months=1.5, seed=-2, first_month=13, season_effect=-1, region_effect=9,
                   six_digits=2, unit_change=-.1, new_unit='pint', camera_change=1.1, new_camera='drone',
                   change_month=-1)
    for name, value in refused.items():
        with pytest.raises(ValueError, match=f'^{name}: wanted .*, got ') as refusal:
            make_customers(**dict(n_customers=3) | {name: value})
        assert '\n' not in str(refusal.value)


def test_a_customer_s_card_carries_the_customer_s_reading_hand_and_camera():
    some = make_customers(60, 4, 1, six_digits=.5, camera_change=.5, new_camera='scanner', change_month=2)
    for n_digits in (5, 6):
        rows, cards = customer_cards(some, 3, n_digits=n_digits, label_noise=.1)
        assert (some.frame['meter_digits'].to_numpy()[rows] == n_digits).all() and set(cards.season) == {'spring'}
        np.testing.assert_array_equal(cards.readings, some.readings[rows, 3])
        np.testing.assert_array_equal(cards.writer, some.frame['writer'].to_numpy()[rows])
        np.testing.assert_array_equal(cards.camera, some.camera[rows, 3])
    with pytest.raises(ValueError, match='n_digits: wanted customers'): customer_cards(some, 3, n_digits=4)
    with pytest.raises(ValueError, match='month: wanted'): customer_cards(some, 4)


def test_the_datasheet_states_what_the_data_say():
    assert datasheet_facts() == DATASHEET


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(usage_exercise.prove()) == 5


def test_the_reference_finds_what_was_used_to_within_the_last_digit_of_the_meter():
    some = make_customers(500, 12, 3, six_digits=.4)
    counted = usage_exercise.reference(some.readings, some.frame['meter_digits'].to_numpy())
    assert (np.abs(counted - some.usage[:, 1:]) < 1).all()
