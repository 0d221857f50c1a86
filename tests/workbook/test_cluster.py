"""Generated from nbs/workbook/13_cluster.ipynb by `mlcourse export`; change the notebook instead."""
import importlib.util
import io
import json
import os
import pytest
import sys
import tempfile
import zipfile
from mlcourse.workbook import runs
from mlcourse.workbook.cluster import _answers
from mlcourse.workbook.cluster import _write_back
from mlcourse.workbook.cluster import bundle
from mlcourse.workbook.cluster import on_ray
from mlcourse.workbook.cluster import unpacked
from mlcourse.workbook.project import Refusal
from mlcourse.workbook.runs import Task
from pathlib import Path


def test_a_bundle_holds_what_a_notebook_needs_and_no_more_and_its_digest_changes_only_with_that():
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)/'course'
        for name in ('nbs/a/b.ipynb', 'nbs/.hidden', 'data/cards.csv', '_build/x', '.git/x', 'requirements.lock', 'envs/.made/e/made', 'envs/e.txt', 'work/x'):
            (project/name).parent.mkdir(parents=True, exist_ok=True)
            (project/name).write_text(name)
        digest, packed = bundle(project)
        names = set(zipfile.ZipFile(io.BytesIO(packed)).namelist())
        assert {n for n in names if n.startswith('project/')} == {f'project/{n}' for n in ('nbs/a/b.ipynb', 'data/cards.csv', 'requirements.lock', 'envs/e.txt')}
        assert 'package/mlcourse/workbook/runs.py' in names and not any('__pycache__' in n for n in names)
        (project/'_build'/'x').write_text('changed')
        os.utime(project/'data'/'cards.csv', (0, 0))
        assert bundle(project) == (digest, packed)
        (project/'data'/'cards.csv').write_text('changed')
        assert bundle(project)[0] != digest


def test_a_node_unpacks_a_bundle_once_and_removes_one_that_nobody_used_for_a_day():
    with tempfile.TemporaryDirectory() as folder:
        base, fetched, packed = Path(folder)/'base', [], io.BytesIO()
        with zipfile.ZipFile(packed, 'w') as archive: archive.writestr('project/x', '1')
        fetch = lambda: fetched.append(1) or packed.getvalue()
        for _ in range(2): assert (unpacked('one', fetch, base)/'project'/'x').read_text() == '1'
        assert len(fetched) == 1
        os.utime(base/'one', (0, 0))
        unpacked('two', fetch, base)
        assert [p.name for p in base.iterdir()] == ['two'] and base.stat().st_mode & 0o077 == 0


def test_without_ray_without_a_port_or_where_nobody_listens_one_line():
    ray = sys.modules.get('ray')
    sys.modules['ray'] = None
    try:
        with pytest.raises(Refusal) as refusal: on_ray()
    finally:
        del sys.modules['ray']
        if ray: sys.modules['ray'] = ray
    assert str(refusal.value) == "--engine ray needs ray: pip install 'mlcourse[scale]'"
    for wrong in ('head', ':6379', 'head:', 'ray://:10001') if importlib.util.find_spec('ray') else ():
        with pytest.raises(Refusal, match=f"wants HOST:PORT, such as 10.0.0.5:6379, got '{wrong}'"): on_ray(wrong)


def test_where_nobody_listens_the_engine_refuses_at_once_with_address_and_advice():
    with pytest.raises(Refusal, match='no Ray cluster answers at 127.0.0.1:1 .*refused.*: start one there with ray start --head') as refusal:
        _answers('127.0.0.1:1')
    assert refusal.value.exit_status == 1 and '\n' not in str(refusal.value)


def test_what_a_node_returns_is_written_as_a_local_run_would_have_left_it():
    with tempfile.TemporaryDirectory() as folder:
        task = Task(Path(folder), 'a/b.ipynb', {}, {}, Path(folder)/'b.ipynb', {'code': '1'}, 1, 1, False, 'run 1')
        there = runs.Result('a/b.ipynb', True, 1., '/elsewhere/b.ipynb', depends={'code': '1'}, run='run of the node')
        assert _write_back(task, dict(copy=b'{}', result=json.dumps(vars(there)).encode(), made={'cards/manifest.json': b'1'}, trouble='')) == ''
        assert (Path(folder)/'b.artefacts'/'cards'/'manifest.json').read_bytes() == b'1'
        kept = runs.earlier_result(task.out, task.depends)
        assert (kept.path, kept.run) == (str(task.out), 'run 1') and task.out.read_bytes() == b'{}'
