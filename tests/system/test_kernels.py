"Warm kernels behave as ordinary ones do, from the first message to the exit status, under every tool that starts kernels."
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from harness import write_notebook
from jupyter_client.manager import KernelManager

from mlcourse.workbook import kernels

pytestmark = pytest.mark.skipif(bool(kernels.why_not({})), reason=f'ordinary kernels serve here: {kernels.why_not({})}')
SMALL = 'numpy threadpoolctl ipykernel.kernelapp ipykernel.ipkernel'


@pytest.fixture
def env(monkeypatch):
    "An environment with a parent of its own, of few imports, in a private folder; nothing of it is left."
    folder = Path(tempfile.mkdtemp())  # a short path, as sockets need
    monkeypatch.setenv('XDG_RUNTIME_DIR', str(folder))
    kernels.install_spec()
    yield {k: v for k, v in os.environ.items() if not k.endswith('_NUM_THREADS')} | dict(MLCOURSE_WARM_MODULES=SMALL, MLCOURSE_WARM_IDLE='60')
    for parent in kernels.parents(stop=True):
        with contextlib.suppress(psutil.NoSuchProcess): psutil.Process(parent['pid']).wait(10)
    shutil.rmtree(folder)


class Kernel:
    "A kernel by name, and what code prints in it."

    def __init__(self, env, name='mlcourse-warm', **options):
        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel(env=env, **options)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(60)
        self.process = self.manager.provisioner.process

    def says(self, code, timeout=60):
        said = []
        def hear(message):
            content = message['content']
            said.append(content.get('text') or content.get('evalue') or '')
        self.client.execute_interactive(code, output_hook=hear, timeout=timeout)
        return ''.join(said).strip()

    def __enter__(self): return self

    def __exit__(self, *_):
        self.client.stop_channels()
        if self.manager.has_kernel: self.manager.shutdown_kernel(now=True)


def until(true, seconds=10):
    "Wait for something to become true."
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline: time.sleep(.05)
    return true()


def parent_of(env):
    "The process of the one parent there is."
    [parent] = kernels.parents()
    return psutil.Process(parent['pid'])


def test_a_fork_has_its_own_environment_folder_and_random_numbers(env, tmp_path):
    said = []
    for colour in ('red', 'blue'):
        with Kernel(env | dict(COLOUR=colour, PYTHONPATH=str(tmp_path)), cwd=str(tmp_path)) as kernel:
            assert isinstance(kernel.process, kernels.ForkedKernel)
            said.append(kernel.says('import os, random, sys, numpy as np; print(os.environ["COLOUR"], os.getcwd(), random.random(), np.random.rand(), '
                                    'np.random.seed(1), np.random.rand(), sys.path[0], [m for m in sys.modules if m.startswith("mlcourse")])').split())
    assert [s[:2] for s in said] == [['red', str(tmp_path)], ['blue', str(tmp_path)]]
    assert said[0][2] != said[1][2] and said[0][3] != said[1][3], 'two forks drew the same numbers'
    assert said[0][5] == said[1][5] and said[0][7] == '[]' and said[0][6] in ('', str(tmp_path))


def test_the_debugger_steps_into_libraries_as_in_an_ordinary_kernel(env):
    hidden = ("import os; folders = {os.path.basename(os.path.dirname(f)) for f in get_ipython().kernel._kernel_modules}; "
              "print(*sorted({'numpy', 'threadpoolctl', 'ipykernel'} & folders))")
    with Kernel(env) as warm, Kernel(env, 'python3') as ordinary: assert warm.says(hidden) == ordinary.says(hidden) == 'ipykernel'


def test_interrupt_restart_and_shutdown(env):
    with Kernel(env) as kernel:
        sleeping = kernel.client.execute('import time; time.sleep(60)')
        time.sleep(.5)
        kernel.manager.interrupt_kernel()
        reply = next(m for m in iter(lambda: kernel.client.get_shell_msg(timeout=10), None) if m['parent_header'].get('msg_id') == sleeping)
        assert reply['content']['ename'] == 'KeyboardInterrupt'
        # what reaches a kernel while it drops what was queued behind an error is refused, as by an ordinary one
        assert until(lambda: kernel.client.execute_interactive('pass', timeout=60)['content']['status'] == 'ok'), 'refuses everything after an interrupt'
        assert kernel.says('x = 1; print(x)') == '1' and kernel.manager.is_alive()
        first = kernel.process.pid
        kernel.manager.restart_kernel()
        kernel.client.wait_for_ready(60)
        second = kernel.manager.provisioner.process
        assert second.pid != first and "'x' is not defined" in kernel.says('print(x)')
        kernel.client.stop_channels()
        kernel.manager.shutdown_kernel()
        assert second.returncode == 0
        assert until(lambda: not parent_of(env).children()), 'a zombie or a kernel is left'


@pytest.mark.parametrize('end, status', [('import os; os._exit(3)', 3), ('import os, signal; os.kill(os.getpid(), signal.SIGKILL)', -9), ('exit()', 0)])
def test_exit_status(env, end, status):
    with Kernel(env) as kernel:
        kernel.client.execute(end)
        assert until(lambda: not kernel.manager.is_alive()) and kernel.process.returncode == status
        assert until(lambda: not parent_of(env).children())


def test_what_a_kernel_left_in_its_group_ends_with_it(env):
    with Kernel(env) as kernel:
        pid = int(kernel.says('import subprocess; print(subprocess.Popen(["sleep", "600"]).pid)'))
        kernel.manager.shutdown_kernel()
        assert until(lambda: not psutil.pid_exists(pid))


def test_a_kernel_ends_when_whoever_asked_for_it_is_killed(env):
    code = f'''import os, sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_kernels import Kernel
kernel = Kernel(dict(os.environ))
print(kernel.process.pid, flush=True)
kernel.client.execute('while True: pass')
time.sleep(600)'''
    asker = subprocess.Popen([sys.executable, '-c', code], env=env, stdout=subprocess.PIPE, text=True)
    pid = int(asker.stdout.readline())
    assert psutil.pid_exists(pid)
    asker.kill()
    asker.communicate()
    assert until(lambda: not psutil.pid_exists(pid))


def test_a_kernel_outlives_its_parent_and_the_next_gets_another(env):
    with Kernel(env) as kernel:
        first = parent_of(env)
        first.kill()
        first.wait(10)
        assert kernel.says('print(1 + 1)') == '2'
        with Kernel(env) as other: assert other.says('print(2)') == '2' and parent_of(env).pid != first.pid
        kernel.client.stop_channels()
        kernel.manager.shutdown_kernel()
        assert kernel.process.returncode == 255, 'nobody is left who knows the status'


def test_the_parent_stops_when_idle_on_request_and_when_its_environment_changed(env):
    with Kernel(env | dict(MLCOURSE_WARM_IDLE='1')): idle = parent_of(env)
    assert until(lambda: not idle.is_running()), 'idle for a second'
    with Kernel(env) as kernel:
        asked = parent_of(env)
        kernels.parents(stop=True)
        assert kernels.parents() == [] and asked.is_running() and kernel.says('print(3)') == '3', 'it stays until its kernel has ended'
    assert until(lambda: not asked.is_running())
    folder = kernels.base_folder()/'0123456789abcdef'  # what another environment would be called
    folder.mkdir()
    code = f'from mlcourse.workbook.kernels import serve; serve({str(folder)!r}, ["numpy"])'
    assert subprocess.run([sys.executable, '-c', code], env=env, timeout=30).returncode == 0 and (folder/'socket').exists()
    assert until(lambda: not (folder/'socket').exists(), 20)


def test_the_folder_is_private_and_others_are_refused(env, monkeypatch):
    base = kernels.base_folder()
    assert base.stat().st_mode & 0o777 == 0o700
    with Kernel(env): assert all(p.stat().st_mode & 0o077 == 0 for p in base.iterdir())
    base.chmod(0o755)
    with Kernel(env) as kernel:
        assert isinstance(kernel.process, subprocess.Popen) and 'nobody else can enter' in kernels.why_not(env)
        assert kernel.says('print(4)') == '4'
    base.chmod(0o700)


@pytest.mark.parametrize('name, value, why', [('MLCOURSE_WARM', 'off', 'off'), ('PYTHONHASHSEED', '7', 'PYTHONHASHSEED')])
def test_an_ordinary_kernel_serves_where_a_fork_would_differ(env, name, value, why):
    with Kernel(env | {name: value}) as kernel:
        assert isinstance(kernel.process, subprocess.Popen) and kernel.says('print(5)') == '5' and why in kernels.why_not({name: value})


def test_an_ordinary_kernel_serves_when_memory_is_short_and_says_so(env, monkeypatch):
    monkeypatch.setattr(kernels, 'LEAST_MEMORY_GB', 10**6)
    manager, warned = KernelManager(kernel_name='mlcourse-warm'), []
    monkeypatch.setattr(manager.log, 'warning', lambda text, *values: warned.append(text % values))
    manager.start_kernel(env=env)
    assert isinstance(manager.provisioner.process, subprocess.Popen)
    assert [w for w in warned if w.startswith('ordinary kernel: less than')], warned
    manager.shutdown_kernel(now=True)


THREADS = '''
import os, threadpoolctl, torch, tensorflow as tf
before = {t.name for t in __import__('pathlib').Path('/proc/self/task').iterdir()}
tf.linalg.matmul(tf.ones((600, 600)), tf.ones((600, 600)))
pool = sum((p/'comm').read_text().startswith('tf_') for p in __import__('pathlib').Path('/proc/self/task').iterdir())
print(torch.get_num_threads(), *{i['num_threads'] for i in threadpoolctl.threadpool_info() if 'blas' in i['internal_api'] or 'openmp' == i['internal_api']})
'''


@pytest.mark.parametrize('warm', [True, False], ids=['forked', 'ordinary'])
@pytest.mark.parametrize('given', [1, None], ids=['one-thread', 'all-cores'])
def test_every_library_has_the_threads_its_kernel_was_given(warm, given):
    from mlcourse.workbook.kernels import cores
    from mlcourse.workbook.runs import threads_env
    env = {k: v for k, v in os.environ.items() if not k.endswith('_THREADS')} | (threads_env(given) if given else {})
    if not warm: env['MLCOURSE_WARM'] = 'off'
    kernels.warm_up(env)
    with Kernel(env) as kernel:
        assert isinstance(kernel.process, kernels.ForkedKernel) == warm
        wanted = str(given or cores())
        assert set(kernel.says(THREADS).split()) == {wanted}


def test_two_busy_kernels_do_not_slow_each_other_down(tmp_path):
    from mlcourse.workbook import runs
    (tmp_path/'mlcourse').mkdir()
    (tmp_path/'settings.ini').write_text('[DEFAULT]\nnbs_path = nbs\n')
    work = ('import time\nfrom sklearn.datasets import make_classification\nfrom sklearn.neural_network import MLPClassifier\n'
            'x, y = make_classification(2000, 64, random_state=0)\nMLPClassifier(max_iter=1).fit(x, y)\nstarted = time.perf_counter()\n'
            'MLPClassifier((64, 64), max_iter=20, random_state=0).fit(x, y)\nprint(time.perf_counter() - started)')
    names = [f'a/{name}.ipynb' for name in ('one', 'two')]
    for name in names: write_notebook(tmp_path/'nbs'/name, work)
    def seconds(chosen):
        cells = [json.loads(Path(r.path).read_text())['cells'][-1] for r in runs.run(tmp_path, chosen, fresh=True)]
        return [float(o['text'][0]) for cell in cells for o in cell['outputs'] if o['name'] == 'stdout']
    alone, together = min(seconds(names[:1]) + seconds(names[:1])), min(max(seconds(names)) for _ in range(2))
    assert together < 4*alone, f'{together:.2f} s together, {alone:.2f} s alone'


def test_papermill_nbclient_and_nbmake_get_warm_kernels_by_name(env, tmp_path):
    path = write_notebook(tmp_path/'n.ipynb', 'import os\nprint(open(f"/proc/{os.getppid()}/cmdline").read().replace("\\0", " "))')
    binaries = Path(sys.executable).parent
    commands = {'papermill': [binaries/'papermill', path, tmp_path/'out.ipynb', '-k', 'mlcourse-warm'],
                'jupyter execute': [binaries/'jupyter', 'execute', path, '--kernel_name=mlcourse-warm', f'--output={tmp_path}/out.ipynb'],
                'nbmake': [sys.executable, '-m', 'pytest', '--nbmake', '--nbmake-kernel=mlcourse-warm', '--overwrite', path]}
    for tool, command in commands.items():
        done = subprocess.run([str(part) for part in command], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f'{tool}: {done.stdout}{done.stderr}'
        executed = path if tool == 'nbmake' else tmp_path/'out.ipynb'
        assert 'kernels import serve' in ''.join(json.loads(executed.read_text())['cells'][-1]['outputs'][0]['text']), f'{tool} started an ordinary kernel'


def test_the_parent_has_no_thread_that_a_fork_could_lose():
    kernels.warm_up()
    with Kernel(dict(os.environ)): pass
    for parent in kernels.parents():
        tasks = [(p/'comm').read_text().strip() for p in Path(f"/proc/{parent['pid']}/task").iterdir()]
        assert [t for t in tasks if 'jemalloc' not in t and not t.startswith('python')] == [], tasks
        assert signal.SIGCHLD and len(tasks) <= 2, tasks
