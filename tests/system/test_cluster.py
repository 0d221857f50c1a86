"A run on a real Ray cluster of several nodes: the report and cache of a local run, whatever dies meanwhile."
import contextlib
import importlib.util
import json
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from harness import command, finish, write_notebook

from mlcourse.workbook import runs
from mlcourse.workbook.cli import main
from mlcourse.workbook.cluster import on_ray

pytestmark = pytest.mark.skipif(importlib.util.find_spec('ray') is None, reason="ray is not installed: pip install 'mlcourse[scale]'")
OFF = dict(MLCOURSE_WARM='off')  # of a notebook that imports nothing, an ordinary kernel starts as soon, and leaves no parent behind


@pytest.fixture(scope='module')
def cluster():
    "A head without a CPU and two nodes with one, on the loopback interface; a node that dies is missed after two seconds."
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER', '0')
        patch.setenv('RAY_USAGE_STATS_ENABLED', '0')
        patch.setenv('MLCOURSE_WARM', 'off')
        folder, size = tempfile.mkdtemp(), 80*2**20  # a short path, as sockets need
        patch.setenv('RAY_TMPDIR', folder)
        (Path(folder)/'ray').mkdir()
        from ray.cluster_utils import Cluster
        quick = dict(health_check_initial_delay_ms=500, health_check_period_ms=500, health_check_timeout_ms=1000, health_check_failure_threshold=3)
        cluster = Cluster(True, head_node_args=dict(num_cpus=0, object_store_memory=size, include_dashboard=False, _system_config=quick))
        for _ in range(2): cluster.add_node(num_cpus=1, object_store_memory=size, wait=False)
        cluster.wait_for_nodes()
        yield cluster
        cluster.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


def processes(name, value, *words):
    "Processes that have a variable of this value in their environment, and one of these words in their command line."
    def fits(process):
        try: return process.environ().get(name) == value and (not words or any(word in ' '.join(process.cmdline()) for word in words))
        except psutil.Error: return False
    return [process for process in psutil.process_iter() if fits(process)]


def notebooks_on_nodes():
    "Processes that execute a notebook on a node of the cluster, and their kernels."
    return processes('RAY_TMPDIR', os.environ['RAY_TMPDIR'], '_execute_alone', 'ipykernel')


def until(true, seconds=60):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, 'waited in vain'
        time.sleep(.05)


def essentials(small):
    "What a report says, without times and memory, which differ from run to run."
    report = json.loads((small/'_build'/'runs'/'quick'/'report.json').read_text())
    return [{k: v for k, v in row.items() if k not in ('seconds', 'peak_mb', 'run', 'cached')} for row in report['notebooks']]


@pytest.fixture
def mixed(small):
    "A project in which one notebook holds, one fails, one loses its kernel and one takes its own process with it."
    nbs = small/'nbs'/'a'
    write_notebook(nbs/'exits.ipynb', 'import os\nos._exit(3)')
    write_notebook(nbs/'parent.ipynb', 'import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nimport time; time.sleep(1); os._exit(0)')
    write_notebook(nbs/'wrong.ipynb', "from mlcourse.workbook.artefacts import save\nfrom mlcourse.workbook.ledger import claim\nsave('word', {'a': 1})",
                   "from mlcourse.workbook.project import root\nspeed = int((root()/'data'/'speed.txt').read_text())",
                   "claim('workbook-small/wrong', 'It is fast', speed > 3, speed=speed)")
    (small/'data').mkdir()
    (small/'data'/'speed.txt').write_text('2')
    return small


def test_the_report_and_the_cache_are_those_of_a_local_run(mixed, cluster):
    status, out, err = finish(command(mixed, 'run', '--engine', 'ray', '--address', cluster.address, env=OFF))
    assert status == 1 and '1 of 4 notebooks passed; 1 of 2 claims held, 0 skipped' in out, out + err
    told = {block.split(':')[0]: block for block in err.strip().split('\n\n')}
    assert set(told) == {'a/exits.ipynb', 'a/parent.ipynb', 'a/wrong.ipynb'}, err  # and nothing that Ray has to say
    assert 'the kernel died' in told['a/exits.ipynb'] and 'cell cell1: import os' in told['a/exits.ipynb']
    assert 'the process that ran it was killed by signal 9, on node' in told['a/parent.ipynb']
    assert 'does not hold: It is fast [speed 2]' in told['a/wrong.ipynb'] and 'cell cell3: claim(' in told['a/wrong.ipynb']
    remote = essentials(mixed)
    assert json.loads((mixed/'_build'/'runs'/'quick'/'a'/'wrong.artefacts'/'word.json').read_text()) == {'a': 1}
    status, out, err = finish(command(mixed, 'run', '--engine', 'local', 'a/fine', env=OFF))
    assert status == 0 and out.splitlines()[1].endswith('cached'), out
    status, out, err = finish(command(mixed, 'run', '--fresh', 'a/fine', 'a/exits', 'a/wrong', env=OFF))
    local = {row['notebook']: row for row in essentials(mixed)}
    assert [row for row in remote if row['notebook'] != 'a/parent.ipynb'] == [row for name, row in local.items() if name != 'a/parent.ipynb']
    folders, mark = set(Path(tempfile.gettempdir()).glob('mlcourse-*')), ('MLCOURSE_TEST', str(mixed))
    (mixed/'data'/'speed.txt').write_text('5')  # a changed course is a bundle of its own
    status, out, err = finish(command(mixed, 'run', '--engine', 'ray', 'a/fine', 'a/wrong', env=OFF | dict([mark])))
    states = {line.split()[0]: line.split()[-1] for line in out.splitlines() if line.startswith('a/')}
    assert status == 0 and not err and states == {'a/fine': 'cached', 'a/wrong': 'run'}, out + err
    until(lambda: not processes(*mark), 10)  # without an address the cluster is this machine, and ends with the run
    assert not [folder for folder in set(Path(tempfile.gettempdir()).glob('mlcourse-*')) - folders if list(folder.glob('session_*'))]


def test_an_address_that_no_cluster_answers_is_refused_in_one_line(small, capsys):
    for address, words in {'127.0.0.1:1': 'no Ray cluster answers at 127.0.0.1:1 (Connection refused): start one there', 'head': 'wants HOST:PORT'}.items():
        assert main(['run', '--engine', 'ray', '--address', address]) in (1, 2)
        error = capsys.readouterr().err.strip()
        assert error.startswith('mlcourse: ') and '\n' not in error and words in error
    assert not list((small/'_build').rglob('fine.*json'))


def test_after_an_interrupt_nothing_is_left_and_the_next_run_goes_on(small, cluster):
    started, gate = small/'started', small/'gate'
    write_notebook(small/'nbs'/'a'/'slow.ipynb', f"from pathlib import Path\nimport time\nPath({str(started)!r}).touch()\n"
                   f"while not Path({str(gate)!r}).exists(): time.sleep(.05)")
    arguments = 'run', '--engine', 'ray', '--address', cluster.address
    process = command(small, *arguments, start_new_session=True, env=OFF)
    until(lambda: process.poll() is not None or started.exists() and (small/'_build'/'runs'/'quick'/'a'/'fine.json').exists())
    with contextlib.suppress(ProcessLookupError): os.killpg(process.pid, signal.SIGINT)
    status, out, err = finish(process)
    assert status == 130, out + err
    assert err.strip() == 'mlcourse: interrupted; what finished is kept, run it again to go on'
    until(lambda: not notebooks_on_nodes(), 15)
    gate.touch()
    status, out, err = finish(command(small, 'run', env=OFF))
    states = {line.split()[0]: line.split()[-1] for line in out.splitlines() if line.startswith('a/')}
    assert status == 0 and states == {'a/fine': 'cached', 'a/slow': 'run'}


def test_a_node_killed_in_the_middle_costs_no_notebook_and_none_is_told_twice(small, cluster):
    names = [f'a/n{i}.ipynb' for i in range(8)]
    for name in names: write_notebook(small/'nbs'/name, f"open({str(small/'began')!r}, 'a').write({name[2:4]!r} + ' ')\nimport time; time.sleep(.5)")
    victim, told, running = sorted(cluster.worker_nodes, key=id)[0], [], []
    def on_result(result):
        told.append(result.notebook)
        if len(told) == 2:  # the next one is executed on each node
            [raylet] = victim.all_processes['raylet']
            until(lambda: len((small/'began').read_text().split()) >= 4)
            running.extend(notebooks_on_nodes())
            os.kill(raylet.process.pid, signal.SIGKILL)
    results = runs.run(small, names, engine=on_ray(cluster.address), on_result=on_result)
    assert [r.notebook for r in results] == sorted(told) == names and all(r.ok for r in results), [r.error for r in results]
    assert running and len(set((small/'began').read_text().split())) == 8
    until(lambda: not notebooks_on_nodes(), 15)
