"""Generated from nbs/2_data/11_versioning_and_lineage.ipynb by `mlcourse export`; change the notebook instead."""
import pytest
import tempfile
from contextlib import closing
from mlcourse.data.versioning_and_lineage import LazyFiles
from mlcourse.data.versioning_and_lineage import READS
from mlcourse.data.versioning_and_lineage import Store
from mlcourse.data.versioning_and_lineage import add_record
from mlcourse.data.versioning_and_lineage import broken
from mlcourse.data.versioning_and_lineage import changes
from mlcourse.data.versioning_and_lineage import commit
from mlcourse.data.versioning_and_lineage import common_ancestor
from mlcourse.data.versioning_and_lineage import cut
from mlcourse.data.versioning_and_lineage import digest
from mlcourse.data.versioning_and_lineage import get_parts
from mlcourse.data.versioning_and_lineage import history_of
from mlcourse.data.versioning_and_lineage import log_run
from mlcourse.data.versioning_and_lineage import merge_rows
from mlcourse.data.versioning_and_lineage import open_lineage
from mlcourse.data.versioning_and_lineage import put_parts
from mlcourse.data.versioning_and_lineage import recompute
from mlcourse.data.versioning_and_lineage import records
from mlcourse.data.versioning_and_lineage import trace_exercise
from mlcourse.data.versioning_and_lineage import walk
from pathlib import Path


def test_a_store_keeps_equal_contents_once_gives_them_back_and_refuses_what_was_changed_behind_its_back():
    with tempfile.TemporaryDirectory() as name:
        store = Store(Path(name))
        address = store.put(b'abc')
        assert store.put(b'abc') == address == digest(b'abc') and store.addresses() == [address] and store.size() == 3
        (Path(name)/address[:2]/address[2:]).write_bytes(b'abd')
        with pytest.raises(ValueError, match='^object ba7816bf8f01: wanted content with this sha256, got a52d159f262b; fetch'): store.get(address)
        with pytest.raises(ValueError, match='no file'): store.get(digest(b'never put'))
        assert store.put(b'abc') == address and store.get(address) == b'abc'  # put again, it is whole again
        assert address == 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'  # as NIST publishes it


def test_chunks_join_to_the_content_an_edit_leaves_the_others_as_they_were_and_a_harmed_part_is_refused():
    text = b''.join(b'row %d\n' % i for i in range(1000))
    for by_content in (True, False):
        assert b''.join(cut(text, 32, by_content)) == text and cut(b'', 32, by_content) == []
    assert [len(chunk.splitlines()) for chunk in cut(text, 300, False)] == [300, 300, 300, 100]
    edited = text.replace(b'row 500\n', b'row 500, corrected\n')
    assert len(set(cut(edited, 32)) - set(cut(text, 32))) <= 2 and len(set(cut(b'new\n' + text, 32)) - set(cut(text, 32))) <= 2
    assert cut(text, 1) == text.splitlines(keepends=True)
    with pytest.raises(ValueError, match='got 0'): cut(text, 0)
    with tempfile.TemporaryDirectory() as name:
        store = Store(Path(name))
        listed = put_parts(store, [b'abc', b'', b'de', b'abc'])
        assert get_parts(store, listed) == b'abcdeabc' and len(store.addresses()) == 4 and get_parts(store, put_parts(store, [])) == b''
        (Path(name)/digest(b'de')[:2]/digest(b'de')[2:]).write_bytes(b'ed')
        with pytest.raises(ValueError, match='sha256'): get_parts(store, listed)


def test_a_commit_with_two_parents_has_both_in_its_history_once_each_and_a_part_that_is_not_in_the_store_is_refused():
    with tempfile.TemporaryDirectory() as name:
        store = Store(Path(name))
        part = store.put(b'table')
        root = commit(store, dict(data=part), note='root')
        left, right = (commit(store, dict(data=part), [root], note) for note in ('left', 'right'))
        both = commit(store, dict(data=part), [left, right], 'both')
        assert list(history_of(store, both)) == [both, left, right, root] and history_of(store, left)[left]['note'] == 'left'
        assert common_ancestor(store, left, right) == root and common_ancestor(store, both, right) == right
        assert commit(store, dict(data=part), note='root') == root
        with pytest.raises(ValueError, match='no file'): commit(store, dict(data=digest(b'elsewhere')))
        with pytest.raises(ValueError, match='common ancestor'): common_ancestor(store, both, commit(store, {}))


def test_a_file_is_fetched_once_equal_files_once_together_and_a_wrong_one_is_refused_and_not_kept():
    with tempfile.TemporaryDirectory() as name:
        server, asked = dict(a=b'1', b=b'22', same=b'1'), []
        lazy = LazyFiles({k: digest(v) for k, v in server.items()}, lambda k: asked.append(k) or server[k], Store(Path(name)))
        assert asked == [] and [lazy['a'], lazy['a'], lazy['same']] == [b'1', b'1', b'1'] and asked == ['a']
        (Path(name)/digest(b'1')[:2]/digest(b'1')[2:]).write_bytes(b'harmed')
        assert lazy['same'] == b'1' == lazy['a'] and asked == ['a', 'same']
        server['b'] = b'33'
        for _ in range(2):
            with pytest.raises(ValueError, match='b: wanted content with sha256 785f3ec7eb32'): lazy['b']
        assert asked == ['a', 'same', 'b', 'b'] and lazy.cache.addresses() == [digest(b'1')]
        with pytest.raises(ValueError, match="'c'"): lazy['c']


def test_only_a_new_content_or_new_code_is_computed_and_equal_contents_once():
    cache, items = {}, dict(a=b'1', b=b'22', c=b'1')
    assert recompute(items, len, 'v1', cache) == (dict(a=1, b=2, c=1), ['a', 'b'])
    assert recompute(items | dict(b=b'333'), len, 'v1', cache) == (dict(a=1, b=3, c=1), ['b'])
    assert recompute(items, lambda content: -len(content), 'v2', cache) == (dict(a=-1, b=-2, c=-1), ['a', 'b'])
    assert recompute(items, len, 'v1', cache)[1] == [] and recompute({}, len, 'v1', cache) == ({}, [])


def test_every_way_in_which_a_cell_and_a_row_can_be_changed_by_none_one_or_both_is_merged_as_by_hand():
    base = {k: dict(x=1, y=1) for k in 'abcdefg'}
    ours = base | dict(a=dict(x=2, y=1), b=dict(x=2, y=1), c=dict(x=2, y=1), e=dict(x=5, y=1), new=dict(x=7, y=7), both=dict(x=8, y=1))
    theirs = base | dict(a=dict(x=1, y=3), b=dict(x=2, y=1), c=dict(x=3, y=4), f=dict(x=6, y=1), both=dict(x=8, y=2))
    for gone in 'dg': del ours[gone]
    for gone in 'de': del theirs[gone]
    theirs['g'] = dict(x=9, y=1)
    merged, conflicts = merge_rows(base, ours, theirs)
    assert merged == dict(a=dict(x=2, y=3), b=dict(x=2, y=1), c=dict(x=2, y=4), e=dict(x=5, y=1), f=dict(x=6, y=1), g=dict(x=9, y=1),
                          new=dict(x=7, y=7), both=dict(x=8, y=1))
    assert set(conflicts) == {('c', 'x'), ('e', '*'), ('g', '*'), ('both', 'y')} and conflicts['c', 'x'] == (1, 2, 3)
    assert merge_rows(base, base, theirs) == (theirs, {}) == merge_rows(base, theirs, base) and merge_rows(base, ours, ours) == (ours, {})
    assert merge_rows({}, {}, {}) == ({}, {}) and changes(base, base) == {}
    assert changes(base, ours)['d', 'x'] == (1, None) and changes(base, ours)['new', 'y'] == (None, 7) and len(changes(base, ours)) == 12
    with pytest.raises(ValueError, match='same columns'): merge_rows(base, base, {'a': dict(x=1)})


def test_two_runs_are_walked_both_ways_a_cycle_ends_and_the_artifact_whose_content_was_changed_is_named():
    with tempfile.TemporaryDirectory() as name, closing(open_lineage()) as db:
        store = Store(Path(name))
        raw, clean, model = (add_record(db, 'Artifact', kind, kind, store.put(kind.encode()), dict(source='north'))
                             for kind in ('raw', 'clean', 'model'))
        project = add_record(db, 'Context', 'project', 'bills')
        assert add_record(db, 'Context', 'project', 'bills') == project
        log_run(db, 'validate', 'v', [raw], [clean], project); log_run(db, 'train', 't', [clean], [model], project)
        assert walk(db, 'model') == ['clean', 'raw'] and walk(db, 'raw', back=False) == ['clean', 'model'] and walk(db, 'raw') == []
        db.execute("insert into Type(name, type_kind) values('mlmd.Train', 0)")  # such as MLMD brings along
        found = records(db)
        assert len(found) == 9 and found['ExecutionType'] == ['train', 'validate'] and found['Event'][0] == ('train t', READS, 'clean clean')
        assert [len(found[k]) for k in ('Event', 'Attribution', 'Association')] == [4, 3, 2] and broken(db, store) == []
        (Path(name)/digest(b'clean')[:2]/digest(b'clean')[2:]).write_bytes(b'dirty')
        assert broken(db, store) == ['clean']
        log_run(db, 'feedback', 'f', [model], [raw], project)
        assert walk(db, 'model') == ['clean', 'raw']
        with pytest.raises(ValueError, match="'nothing'"): walk(db, 'nothing')


def test_the_exercise_refuses_each_wrong_answer_with_its_own_message():
    assert len(trace_exercise.prove()) == 8
