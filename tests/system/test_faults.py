"What goes wrong in one notebook costs no other: one fault each, what is said about it, what is left of it, and the run after it."
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

import psutil
import pytest
from harness import command, finish, write_notebook

from mlcourse.workbook import kernels

pytestmark = pytest.mark.skipif(sys.platform != 'linux', reason='processes are looked up and killed as Linux knows them')
COUNTS = dict.fromkeys(('tried', 'reported', 'lost', 'orphans'), 0)
MOST_MB = 400  # resident, of the runner and its workers; a worker without any output takes about 100


def until(true, seconds=30):
    "What a function returns, as soon as it is true."
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, 'waited in vain'
        time.sleep(.02)
    return found


@pytest.fixture(scope='module')
def warm():
    "The environment of a warm parent of its own, of few imports, so that the user's is left alone; at the end, the counts."
    with tempfile.TemporaryDirectory() as folder:  # mode 0700, and a path short enough for sockets
        env = dict(XDG_RUNTIME_DIR=folder, MLCOURSE_WARM_MODULES='numpy ipykernel.kernelapp')
        yield env
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.cwd().startswith(folder): process.kill()
    print('\nfaults: {tried} tried, {reported} reported, {lost} results lost, {orphans} orphans'.format(**COUNTS))


class Course:
    "A small project: a/fine and a/other, which are well, and what a test adds."
    well = 'a/fine', 'a/other'

    def __init__(self, folder, env):
        self.folder, self.env, self.results = folder, env, folder/'_build'/'runs'/'quick'
        self.add('a/other', 'other = seed + 1')

    def add(self, name, *sources):
        "Write a notebook whose cells know the project's folder."
        return write_notebook(self.folder/'nbs'/f'{name}.ipynb', f'from pathlib import Path\nfolder = Path({str(self.folder)!r})', *sources)

    def waiting(self, name, *after):
        "Write a notebook that notes its start and waits for the file `gate`."
        return self.add(name, "import time\nwith open(folder/'started', 'a') as f: f.write('x')\nwhile not (folder/'gate').exists(): time.sleep(.02)", *after)

    def start(self, *arguments, **env):
        "mlcourse run."
        return command(self.folder, 'run', *arguments, env=self.env | env)

    def started(self):
        "Wait until the waiting notebook waits."
        return until((self.folder/'started').exists)

    def kept(self, name):
        "The result that lies there, or {}."
        with contextlib.suppress(OSError, ValueError): return json.loads((self.results/f'{name}.json').read_text())
        return {}

    def processes(self):
        "Processes that have to do with this project, except warm parents and this one."
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                cwd = process.cwd()
                about = [cwd, *process.cmdline(), *process.environ().values()]
                if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid() or cwd.startswith(self.env['XDG_RUNTIME_DIR']): continue
                if any(str(self.folder) in text for text in about): found.append(process)
        return found

    def of(self, name):
        "The worker and the kernel of a notebook that runs: both work in its scratch folder."
        inside = [p for p in self.processes() if p.cwd() == str(self.results/f'{name}.scratch')]
        [worker] = [p for p in inside if 'run' in p.cmdline()]
        [kernel] = [p for p in inside if p != worker]
        return worker, kernel

    def ends_clean(self):
        "Nothing of the project runs on, after some seconds' grace."
        try: until(lambda: not self.processes(), 8)
        except AssertionError:
            left = self.processes()
            COUNTS['orphans'] += len(left)
            raise AssertionError(f'left behind: {left}') from None

    def none_lost(self, names=well):
        "The notebooks that were well have their results."
        lost = [name for name in names if not (self.kept(name).get('ok') and json.loads((self.results/f'{name}.ipynb').read_text())['cells'])]
        COUNTS['lost'] += len(lost)
        assert not lost

    def completes(self, **states):
        "A run over everything passes; notebooks of folder a/ were run or taken from the cache as told."
        status, out, err = finish(self.start())
        seen = {line.split()[0]: line.split()[-1] for line in out.splitlines() if line.startswith('a/')}
        assert status == 0 and not err and seen == {f'a/{name}': state for name, state in states.items()}
        self.ends_clean()

    def fails(self, process, words, cell='', name='a/faulty'):
        "A run says in one line why one notebook failed, and in which cell; nothing else is lost and nothing left."
        status, out, err = finish(process, 60)
        head, *rest = err.strip().splitlines()
        assert status == 1 and head.startswith(f'{name}.ipynb: ') and words in head, err
        assert len(rest) == 1 + bool(cell) and rest[-1] == f"  executed copy: {self.results/f'{name}.ipynb'}", err
        assert not cell or cell in rest[0], err
        assert f'{len(self.well)} of {len(self.well) + 1} notebooks passed' in out
        COUNTS['reported'] += 1
        self.none_lost()
        self.ends_clean()
        assert json.loads((self.results/'report.json').read_text())['ok'] is False

    def mended(self, name='a/faulty'):
        "Once its notebook is mended, that one runs, and only that one."
        self.add(name, 'mended = True')
        self.completes(fine='cached', other='cached', **{name.removeprefix('a/'): 'run'})


@pytest.fixture
def course(small, warm):
    COUNTS['tried'] += 1
    made = Course(small, warm)
    yield made
    for process in made.processes():
        with contextlib.suppress(psutil.Error): process.kill()


def test_a_killed_worker(course):
    course.waiting('a/faulty')
    process = course.start()
    course.started()
    course.of('a/faulty')[0].kill()
    course.fails(process, 'the process that ran it was killed by signal 9')
    course.mended()


def test_a_killed_runner(course):
    course.waiting('a/slow')
    process = course.start()
    course.started()
    until(lambda: all(map(course.kept, course.well)))
    process.kill()
    assert process.wait(10) == -signal.SIGKILL  # the shell reports that
    course.none_lost()
    course.ends_clean()
    (course.folder/'gate').touch()
    course.completes(fine='cached', other='cached', slow='run')
    COUNTS['reported'] += 1


def test_a_killed_warm_parent(course, warm):
    if kernels.why_not(warm): pytest.skip(kernels.why_not(warm))
    course.waiting('a/slow', 'after = 1')
    process = course.start('--workers', '1')
    course.started()
    listed, _ = command(course.folder, 'kernels', env=warm).communicate()
    os.kill(int(listed.split('warm parent ')[1].split(':')[0]), signal.SIGKILL)
    (course.folder/'gate').touch()
    status, out, err = finish(process)
    assert status == 0 and '3 of 3 notebooks passed' in out and not err, out + err
    COUNTS['reported'] += 1
    course.none_lost([*course.well, 'a/slow'])
    course.ends_clean()
    course.completes(fine='cached', other='cached', slow='cached')


@pytest.mark.parametrize('kernel, end', [
    ('off', 'os.kill(os.getpid(), signal.SIGKILL)'),
    ('warm', 'os.kill(os.getppid(), signal.SIGKILL); time.sleep(1); os._exit(1)'),  # and the warm parent with it
], ids=['ordinary', 'with its parent'])
def test_a_kernel_killed_as_the_system_does_when_memory_is_out(course, kernel, end):
    course.add('a/faulty', 'import os, signal, time', end)
    course.fails(course.start(MLCOURSE_WARM=kernel), 'the kernel died (killed, out of memory or os._exit)', 'cell cell3: os.kill(')
    course.mended()


def test_memory_that_a_limit_refuses(course):
    course.add('a/faulty', 'import resource\nresource.setrlimit(resource.RLIMIT_AS, (8*2**30, 8*2**30))\nblocks = bytearray(16*2**30)')
    course.fails(course.start(), 'MemoryError', 'cell cell2: blocks = bytearray')
    course.mended()


SLEEPER = "[sys.executable, '-c', 'import time; time.sleep(600)', str(folder)], stdout=subprocess.DEVNULL"
LEFT = {
    'traced': f'subprocess.Popen({SLEEPER})\nsubprocess.Popen({SLEEPER}, start_new_session=True)',
    'untraced': f'subprocess.Popen({SLEEPER}, start_new_session=True, env={{}})\n'
                'if not os.fork():\n    os.setsid()\n    os.closerange(0, 3)\n    time.sleep(600)',
}

@pytest.mark.parametrize('kernel', ['warm', 'off'])
@pytest.mark.parametrize('start', ['traced', 'untraced'])
def test_children_left_in_the_background(course, kernel, start):
    course.add('a/leaves', 'import os, subprocess, sys, time', LEFT[start])
    status, out, err = finish(course.start(MLCOURSE_WARM=kernel))
    assert status == 0 and '3 of 3 notebooks passed' in out and not err, out + err
    COUNTS['reported'] += 1
    course.ends_clean()
    course.none_lost([*course.well, 'a/leaves'])
    course.completes(fine='cached', other='cached', leaves='cached')


@contextlib.contextmanager
def most_resident(process):
    "The most memory that the runner and its workers hold, in MB, sampled."
    peak, done = [0], threading.Event()
    def sample():
        while not done.wait(.05):
            with contextlib.suppress(psutil.Error):
                runner = psutil.Process(process.pid)
                for p in (runner, *(c for c in runner.children(recursive=True) if 'run' in c.cmdline())): peak[0] = max(peak[0], p.memory_info().rss//2**20)
    thread = threading.Thread(target=sample)
    thread.start()
    try: yield peak
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize('printing', ["for _ in range(10**7): print('x'*99)", "print('x'*2*10**8)"], ids=['line by line', 'at once'])
def test_a_cell_that_prints_a_gigabyte(course, printing):
    course.add('a/faulty', f"{printing}\n(folder/'ended').touch()")
    process = course.start('--timeout', '12')
    with most_resident(process) as peak: course.fails(process, 'the cell printed more than 5 MB', 'print(')
    assert 'for' not in printing or not (course.folder/'ended').exists(), 'nobody stopped it'
    assert peak[0] < MOST_MB and (course.results/'a'/'faulty.ipynb').stat().st_size < 10**7
    course.mended()


def test_a_cell_that_waits_for_input(course):
    course.add('a/faulty', "answer = input('continue? ')")
    course.fails(course.start(), 'the cell asks for input(), and nobody can answer here', 'cell cell2: answer = input(')
    course.mended()


def test_an_endless_cell(course):
    course.add('a/faulty', 'while True: pass')
    course.fails(course.start('--timeout', '3'), 'the cell did not end within its time limit', 'cell cell2: while True')
    course.mended()


def test_a_damaged_cache_entry(course):
    course.completes(fine='run', other='run')
    for damage in ('', '{"notebook": 3', '[]', '{}', '\0'*100):
        (course.results/'a'/'fine.json').write_text(damage)
        assert finish(course.start('--explain'))[1].splitlines() == ['a/fine: never ran', 'a/other: cached']
    course.completes(fine='run', other='cached')
    COUNTS['reported'] += 1
    course.none_lost()


@pytest.fixture
def full_disk(course):
    "A file system of 2 MB under _build."
    (course.folder/'_build').mkdir()
    if os.getuid() or subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', course.folder/'_build'], capture_output=True).returncode:
        pytest.skip('only root may mount a small file system')
    yield course
    until(lambda: not subprocess.run(['umount', course.folder/'_build']).returncode)


def test_a_full_disk_while_a_notebook_is_written(full_disk):
    course = full_disk
    course.add('a/faulty', 'small = 1')
    course.completes(faulty='run', fine='run', other='run')
    before = (course.results/'a'/'faulty.ipynb').read_text()
    course.add('a/faulty', "print('x'*3*10**6)")
    course.fails(course.start(), 'No space left on device')
    assert (course.results/'a'/'faulty.ipynb').read_text() == before, 'what an earlier run left is damaged'
    course.add('a/faulty', 'small = 1')
    course.completes(faulty='cached', fine='cached', other='cached')


def test_a_disk_that_a_notebook_fills(full_disk):
    course = full_disk
    course.completes(fine='run', other='run')
    course.add('a/faulty', "import contextlib\nwith contextlib.suppress(OSError): (folder/'_build'/'fills').write_bytes(bytes(3*10**6))")
    status, out, err = finish(course.start())
    assert status == 1 and 'No space left on device' in err and len(err.strip().splitlines()) <= 3, err
    course.ends_clean()
    (course.folder/'_build'/'fills').unlink()
    course.none_lost()
    course.mended()


def test_a_clock_that_was_moved_back(course):
    course.completes(fine='run', other='run')
    tomorrow = time.time() + 86400
    for path in (*course.results.rglob('*'), *(course.folder/'nbs').rglob('*')): os.utime(path, (tomorrow, tomorrow))
    course.completes(fine='cached', other='cached')
    course.add('a/other', 'other = seed + 2')
    course.completes(fine='cached', other='run')
    COUNTS['reported'] += 1


def test_a_notebook_edited_while_it_runs(course):
    course.waiting('a/edited', 'version = 1\nversion')
    process = course.start()
    course.started()
    course.waiting('a/edited', 'version = 2\nversion')
    (course.folder/'gate').touch()
    assert finish(process)[0] == 0
    copy = course.results/'a'/'edited.ipynb'
    assert 'version = 1' in copy.read_text() and 'version = 2' not in copy.read_text()
    course.none_lost([*course.well, 'a/edited'])
    course.completes(edited='run', fine='cached', other='cached')
    assert 'version = 2' in copy.read_text()
    COUNTS['reported'] += 1


def test_a_module_edited_during_the_run(course):
    module = course.folder/'mlcourse'/'small.py'
    module.parent.mkdir()
    module.write_text('version = 1\n')
    course.waiting('a/user', "import mlcourse\nmlcourse.__path__.append(str(folder/'mlcourse'))\nfrom mlcourse.small import version\nversion")
    process = course.start()
    course.started()
    module.write_text('version = 2\n')
    (course.folder/'gate').touch()
    assert finish(process)[0] == 0
    explained, _ = command(course.folder, 'run', 'a/user', '--explain', env=course.env).communicate()
    assert 'a/user: failed last time, or something changed while it ran' in explained
    COUNTS['reported'] += 1
    course.none_lost()
    course.completes(user='run', fine='cached', other='cached')
    course.completes(user='cached', fine='cached', other='cached')


def test_two_runners_on_one_cache(course):
    course.waiting('a/shared')
    first, second = course.start(), course.start()
    course.started()
    until(lambda: all(map(course.kept, course.well)))
    (course.folder/'gate').touch()
    for process in (first, second):
        status, out, err = finish(process)
        assert status == 0 and '3 of 3 notebooks passed' in out and not err
    COUNTS['reported'] += 1
    assert (course.folder/'started').read_text() == 'x', 'one of the two waits and takes the result of the other'
    for name in ('report', 'ledger'): json.loads((course.results/f'{name}.json').read_text())
    course.none_lost([*course.well, 'a/shared'])
    course.completes(shared='cached', fine='cached', other='cached')


@pytest.mark.parametrize('ends', ['runs', 'waits'])
def test_one_of_two_runners_is_interrupted(course, ends):
    course.waiting('a/shared')
    first = course.start()
    course.started()
    second = course.start('a/shared')
    until(lambda: psutil.Process(second.pid).children())  # its worker, which waits for the place
    interrupted, other = (first, second) if ends == 'runs' else (second, first)
    until(lambda: all(map(course.kept, course.well)))
    interrupted.send_signal(signal.SIGINT)
    status, _, err = finish(interrupted)
    assert status == 130 and err.strip() == 'mlcourse: interrupted; what finished is kept, run it again to go on', err
    COUNTS['reported'] += 1
    (course.folder/'gate').touch()
    status, out, err = finish(other)
    assert status == 0 and not err, out + err
    course.none_lost([*course.well, 'a/shared'])
    course.completes(shared='cached', fine='cached', other='cached')
