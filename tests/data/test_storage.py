"""Generated from nbs/2_data/10_storage.ipynb by `mlcourse export`; change the notebook instead."""
import numpy as np
import pandas as pd
import psycopg
import pytest
import shutil
import tempfile
from mlcourse.data.storage import BlockStore
from mlcourse.data.storage import FeatureStore
from mlcourse.data.storage import Link
from mlcourse.data.storage import PLACES
from mlcourse.data.storage import grade
from mlcourse.data.storage import parse_record
from mlcourse.data.storage import place_exercise
from mlcourse.data.storage import postgres_folder
from mlcourse.data.storage import private_postgres
from mlcourse.data.storage import read_lake
from pathlib import Path


def test_the_rate_is_that_of_one_request_times_k_until_the_link_is_full():
    link = Link(.009, 1_000_000)
    np.testing.assert_allclose([link.rate(k, 1_000) for k in (1, 4, 10, 50)], [100, 400, 1_000, 1_000])
    assert Link(.01).rate(7, 10**9) == pytest.approx(700)
    assert Link(0., 1e9).fetch(b'abc') == b'abc'
    with pytest.raises(ValueError, match='n_parallel'): link.rate(0, 1)


def test_any_node_may_go_a_spoilt_copy_is_passed_over_and_two_neighbours_take_a_block_with_them():
    data = bytes(range(256))*40
    for lost in range(4):
        with tempfile.TemporaryDirectory() as at:
            store = BlockStore(at, block_size=1_000)
            store.put('a', data)
            assert store.holds().sum() == 2*11
            shutil.rmtree(store.nodes[lost])
            assert store.get('a') == data
            assert store.repair() > 0 and (store.holds().sum(0) == 2).all() and store.repair() == 0
            next(store.nodes[lost - 1].iterdir()).write_bytes(b'spoilt')
            assert store.get('a') == data
    with tempfile.TemporaryDirectory() as at:
        store = BlockStore(at, block_size=1_000)
        store.put('a', data)
        for lost in (1, 2): shutil.rmtree(store.nodes[lost])
        with pytest.raises(FileNotFoundError, match='no good copy'): store.get('a')
    with pytest.raises(ValueError, match='n_replicas'): BlockStore('x', 2, 3)


def test_a_private_postgresql_counts_inside_its_block_and_is_gone_after_it():
    if postgres_folder() is None:
        with pytest.raises(FileNotFoundError, match='apt install postgresql'), private_postgres(): pass
    else:
        with private_postgres() as address, psycopg.connect(address) as db:
            assert db.execute('select 6*7').fetchone() == (42,) and 'host=127.0.0.1' in address
        with pytest.raises(psycopg.OperationalError): psycopg.connect(address)


def test_a_record_is_read_or_refused_with_its_reason_and_a_fault_names_its_line():
    assert parse_record('{"house": 1, "day": 0, "reading": 99999, "office": "x"}') == dict(house=1, day=0, reading=99999)
    for line, why in (('{', 'not JSON'), ('{"house": 1, "day": 366, "reading": 5}', 'day: wanted 0 to 365, got 366'), ('7', 'house: wanted a whole'),
                      ('{"house": 1, "day": 1, "reading": true}', 'got True'), ('{"house": 1, "day": 1}', 'reading: wanted a whole number, got None')):
        with pytest.raises(ValueError, match=why): parse_record(line)
    assert parse_record('{"house": 1, "day": 1}', optional=['reading'])['reading'] is None
    with tempfile.TemporaryDirectory() as at:
        Path(at, 'a.jsonl').write_text('{"house": 1, "day": 1, "reading": 2}\nx\n')
        assert read_lake(at) == ([dict(house=1, day=1, reading=2)], ['a.jsonl:2: not JSON'])


def test_a_row_gets_what_was_known_on_its_day_the_service_the_latest_and_only_readers_anything():
    history = pd.DataFrame(dict(customer=['a', 'a', 'b'], known=[20, 10, 5], value=[2., 1., 9.]))
    with tempfile.TemporaryDirectory() as at:
        store = FeatureStore(at)
        store.write('use', history, owner='office', readers=['drips'], about='m³ a month')
        rows = pd.DataFrame(dict(customer=['a', 'b', 'a', 'a', 'c'], day=[20, 4, 19, 9, 99]), index=[7, 8, 9, 10, 11])
        joined = FeatureStore(at).as_of(rows, ['use'], 'drips')
        np.testing.assert_array_equal(joined['use'], [2, np.nan, 1, np.nan, np.nan])
        assert list(joined.index) == [7, 8, 9, 10, 11] and list(joined['day']) == [20, 4, 19, 9, 99]
        assert store.online('use', 'a', 'office') == 2 and store.online('use', 'z', 'drips') is None
        with pytest.raises(PermissionError, match='ask office'): store.history('use', 'adverts')
        with pytest.raises(PermissionError, match='ask office'): store.online('use', 'a', 'adverts')
        with pytest.raises(PermissionError, match='owned by office'): store.write('use', history, owner='x', readers=[], about='')
        with pytest.raises(ValueError, match='known'): store.write('v', history.drop(columns='known'), owner='x', readers=[], about='')
        store.write('litres', history.assign(value=1_000*history['value']), owner='office', readers=[], about='litres a month')
        store.write('other', history.assign(value=[9., 9., 2.]), owner='office', readers=[], about='falls where the others rise')
        assert store.near_duplicates() == [('litres', 'other'), ('litres', 'use'), ('other', 'use')]


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message_and_grading_puts_an_answer_beside_the_key():
    assert len(place_exercise.prove()) == 12
    graded = grade(lambda assets: ['lake']*len(assets))
    assert list(graded['answer']) == ['lake']*12 and (graded['answer'] == graded['key']).sum() == 2
    assert set(graded['key']) == set(PLACES)
