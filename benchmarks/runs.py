"""How fast `mlcourse run` executes notebooks beside nbmake, nbdev_test and papermill: python benchmarks/runs.py [--rounds N] [--quick]

Twelve small notebooks with real imports and real work, the same two cores, everything cold but the warm parent (and that, too, once). Each round takes every
candidate once, in an order that turns with the round; a row shows the median over rounds. The floor is what the cells themselves take, spread over the cores.
"""
import argparse
import contextlib
import fcntl
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil

import mlcourse
from mlcourse.workbook import kernels
from mlcourse.workbook.runs import threads_env

ROOT, WORKERS = Path(mlcourse.__file__).parents[1], 2
OURS, FLOOR, UNCHANGED = 'mlcourse run --fresh', 'floor: the cells alone', 'mlcourse run, nothing changed'
DIGITS = '''
from sklearn.datasets import load_digits
images, labels = load_digits(return_X_y=True)
images = (images/16).astype("float32")
'''
TORCH_FIT = '''
torch.manual_seed(seed)
x, y = torch.tensor(images), torch.tensor(labels)
optimizer, losses = torch.optim.Adam(model.parameters(), 1e-3), []
for step in range(steps):
    batch = torch.randint(len(x), (128,))
    loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
    optimizer.zero_grad(); loss.backward(); optimizer.step()
    losses.append(loss.item())
losses[-1]
'''
KERAS_FIT = '''
keras.utils.set_random_seed(seed)
model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
losses = model.fit(images, labels, batch_size=128, epochs=steps, verbose=0).history['loss']
losses[-1]
'''
CURVE = '''
fig, ax = plt.subplots()
ax.plot(losses)
ax.set(xlabel='step', ylabel='loss, nats');

assert losses[-1] < losses[0]
'''
NOTEBOOKS = {  # name -> its steps, and its cells after the parameters, a blank line between them
    '01_forest': (60, '''
import matplotlib.pyplot as plt
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
''' + DIGITS + '''
train_x, test_x, train_y, test_y = train_test_split(images, labels, random_state=seed)
forest = RandomForestClassifier(steps, random_state=seed).fit(train_x, train_y)
forest.score(test_x, test_y)

fig, ax = plt.subplots()
ax.imshow(forest.feature_importances_.reshape(8, 8))
ax.set(title='what the forest looks at');

assert forest.score(test_x, test_y) > .9
'''),
    '02_perceptron': (400, '''
import matplotlib.pyplot as plt
import torch
from torch import nn
''' + DIGITS + '''
model = nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 10))
''' + TORCH_FIT + CURVE),
    '03_keras_dense': (5, '''
import keras
import matplotlib.pyplot as plt
''' + DIGITS + '''
model = keras.Sequential([keras.layers.Dense(128, activation='relu'), keras.layers.Dense(10, activation='softmax')])
''' + KERAS_FIT + CURVE),
    '04_tables': (600_000, '''
import numpy as np
import pandas as pd
from plotnine import aes, geom_line, ggplot

noise = np.random.default_rng(seed)
sales = pd.DataFrame(dict(day=noise.integers(365, size=steps), shop=noise.integers(40, size=steps), paid=noise.gamma(2, 10, steps)))
shops = pd.DataFrame(dict(shop=range(40), town=noise.choice(['Ulm', 'Bonn', 'Jena'], 40)))

sales = sales.merge(shops, on='shop')
sales.describe()

daily = sales.groupby(['town', 'day'], as_index=False).paid.agg(['sum', 'mean', 'median'])
daily.head()

ggplot(daily, aes('day', 'sum', colour='town')) + geom_line()

assert len(daily) == 3*365
'''),
    '05_logistic': (5, '''
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
''' + DIGITS + '''
scores = {}
for strength in (.01, .1, 1, 10):
    scores[strength] = cross_val_score(LogisticRegression(C=strength, max_iter=200), images, labels, cv=steps)

table = pd.DataFrame(scores).T
table.mean(axis=1)

assert table.mean(axis=1).max() > .9
'''),
    '06_convolution': (100, '''
import pandas as pd
import torch
from plotnine import aes, geom_line, ggplot
from torch import nn
''' + DIGITS + '''
model = nn.Sequential(nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
                      nn.Flatten(), nn.Linear(2048, 10))
''' + TORCH_FIT + '''
ggplot(pd.DataFrame(dict(step=range(steps), loss=losses)), aes('step', 'loss')) + geom_line()

assert losses[-1] < losses[0]
'''),
    '07_keras_convolution': (2, '''
import keras
import pandas as pd
''' + DIGITS + '''
model = keras.Sequential([keras.layers.Reshape((8, 8, 1)), keras.layers.Conv2D(16, 3, activation='relu'), keras.layers.Flatten(),
                          keras.layers.Dense(10, activation='softmax')])
''' + KERAS_FIT + '''
pd.Series(losses)

assert losses[-1] < losses[0]
'''),
    '08_same_gradient': (200, '''
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
import torch

values = np.random.default_rng(seed).normal(size=(steps, 50)).astype('float32')

x = torch.tensor(values, requires_grad=True)
(torch.softmax(x, 1)**2).sum().backward()
x.grad.norm()

t = tf.Variable(values)
with tf.GradientTape() as tape: loss = tf.reduce_sum(tf.nn.softmax(t)**2)
gradient = tape.gradient(loss, t)
tf.norm(gradient)

fig, ax = plt.subplots()
ax.plot(x.grad.numpy().ravel(), gradient.numpy().ravel(), '.')
ax.set(xlabel='PyTorch', ylabel='TensorFlow');

np.testing.assert_allclose(x.grad.numpy(), gradient.numpy(), atol=1e-5)
'''),
    '09_boosting': (10, '''
import matplotlib.pyplot as plt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split
''' + DIGITS + '''
train_x, test_x, train_y, test_y = train_test_split(images, labels % 2, random_state=seed)
trees = steps, 2*steps, 4*steps
scores = [HistGradientBoostingClassifier(max_iter=n, random_state=seed).fit(train_x, train_y).score(test_x, test_y) for n in trees]

fig, ax = plt.subplots()
ax.plot(trees, scores, 'o-')
ax.set(xlabel='trees', ylabel='accuracy');

assert scores[-1] > .9
'''),
    '10_attention': (150, '''
import matplotlib.pyplot as plt
import torch
from torch import nn
''' + DIGITS + '''
class Attends(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.attend, self.out = nn.Linear(8, 32), nn.MultiheadAttention(32, 4, batch_first=True), nn.Linear(32, 10)
    def forward(self, x):
        rows = self.embed(x.view(-1, 8, 8))
        return self.out(self.attend(rows, rows, rows)[0].mean(1))

model = Attends()
sum(p.numel() for p in model.parameters())
''' + TORCH_FIT + CURVE),
    '11_gradient_tape': (300, '''
import matplotlib.pyplot as plt
import tensorflow as tf
''' + DIGITS + '''
weights, bias, losses = tf.Variable(tf.zeros((64, 10))), tf.Variable(tf.zeros(10)), []

@tf.function
def step_once(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, x @ weights + bias))
    for variable, slope in zip((weights, bias), tape.gradient(loss, (weights, bias))): variable.assign_sub(.5*slope)
    return loss

for step in range(steps): losses.append(float(step_once(images, labels)))
losses[-1]
''' + CURVE),
    '12_components': (600, '''
import pandas as pd
import torch
from plotnine import aes, geom_point, ggplot
from sklearn.decomposition import PCA
from torch import nn
''' + DIGITS + '''
components = PCA(30, random_state=seed).fit(images)
components.explained_variance_ratio_.cumsum()

images = components.transform(images).astype('float32')
ggplot(pd.DataFrame(images[:, :2], columns=['first', 'second']), aes('first', 'second')) + geom_point()

model = nn.Linear(30, 10)
''' + TORCH_FIT + '''
assert losses[-1] < losses[0]
''')}
QUICK = '01_forest', '03_keras_dense', '06_convolution', '08_same_gradient'
FIRST_CODE = {  # what is asked of a new kernel, one after the other
    'torch': 'import torch; torch.ones(1)',
    'everything': 'import numpy, pandas, matplotlib.pyplot, plotnine, sklearn.ensemble, torch, tensorflow, keras; torch.ones(1)'}


def make_project(
    folder:Path,     # new
    names:list[str], # of NOTEBOOKS
) -> Path:           # its root
    "A project that mlcourse, nbdev, pytest and papermill all can work on."
    (folder/'nbs').mkdir(parents=True)
    for name in names:
        steps, text = NOTEBOOKS[name]
        written = [cell.strip() for cell in text.split('\n\n') if cell.strip()]
        sources = [f'seed: int = 0  # seeds everything\nsteps: int = {steps}  # of the work below', *written]
        nb = dict(nbformat=4, nbformat_minor=5, metadata=dict(kernelspec=dict(name='python3', display_name='Python 3 (ipykernel)', language='python')), cells=[
            dict(cell_type='code', id=f'cell{i}', source=source, metadata={} if i else dict(tags=['parameters']), outputs=[], execution_count=None)
            for i, source in enumerate(sources)])
        (folder/'nbs'/f'{name}.ipynb').write_text(json.dumps(nb))
    (folder/'nbs'/'curriculum.yml').write_text('{}\n')
    (folder/'settings.ini').write_text('[DEFAULT]\nrepo = small\nlib_name = small\nuser = small\nlib_path = small\nnbs_path = nbs\ndoc_path = _docs\n'
                                       'version = 0.1\nbranch = main\ntst_flags = notest\nrecursive = True\n')
    (folder/'_quarto.yml').write_text('project: {type: website}\n')
    (folder/'pytest.ini').write_text('[pytest]\naddopts = -p no:cacheprovider\n')
    return folder


def timed(
    command:list,  # program of this environment and its arguments
    project:Path,  # where it runs
    env:dict,      # its environment
    wanted:str='', # what it must have printed
) -> float:        # seconds
    "Wall time of a command, which must succeed: a fast failure is no result."
    start = time.perf_counter()
    done = subprocess.run([Path(sys.executable).with_name(command[0]), *command[1:]], cwd=project, env=env, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    seconds = time.perf_counter() - start
    if done.returncode or wanted not in done.stdout: sys.exit(f'{command[0]} ended with {done.returncode}:\n{done.stdout[-3000:]}')
    return seconds


def papermill_loop(project, env):
    "Seconds of papermill over every notebook, two processes at a time."
    names = sorted(p.name for p in (project/'nbs').glob('*.ipynb'))
    (project/'out').mkdir(exist_ok=True)
    start = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool: list(pool.map(lambda n: timed(['papermill', f'nbs/{n}', f'out/{n}', '--no-progress-bar'], project, env), names))
    return time.perf_counter() - start


def stop_parents():
    "End the warm parents of this benchmark, and wait until they are gone."
    for parent in kernels.parents(stop=True):
        with contextlib.suppress(psutil.NoSuchProcess): psutil.Process(parent['pid']).wait(60)


def parent_ready(project, env):
    "Have the command start its warm parent, if there is none, and wait until it has imported everything."
    timed(['mlcourse', 'kernels', '--start'], project, env, 'warm parent')
    kernels.parents()  # answers when it has nothing else to do


def cell_seconds(
    folder:Path,   # of executed copies
) -> list[float]:  # of each cell, seconds by papermill's clock
    "What the cells of executed notebooks took; with a warm parent their imports take nothing."
    notebooks = [json.loads(p.read_text()) for p in sorted(folder.glob('*.ipynb'))]
    return [cell['metadata']['papermill']['duration'] for nb in notebooks for cell in nb['cells']]


def candidates(
    project:Path, # with the notebooks
    env:dict,     # without settings of threads
) -> list:        # functions that take one sample: row -> seconds
    "Everything that is timed in a round."
    n = len(list((project/'nbs').glob('*.ipynb')))
    ours = ['mlcourse', 'run', '--workers', str(WORKERS)]

    def warm():
        parent_ready(project, env)
        seconds = timed([*ours, '--fresh'], project, env, f'{n} of {n} notebooks passed')
        floor = sum(cell_seconds(project/'_build'/'runs'/'quick'))/WORKERS
        return {OURS: seconds, FLOOR: floor, UNCHANGED: timed(ours, project, env, 'cached')}

    def cold():
        stop_parents()
        return {OURS + ', starting the parent': timed([*ours, '--fresh'], project, env, f'{n} of {n} notebooks passed')}

    def peers(note, own):
        return [lambda: {f'pytest --nbmake -n 2{note}': timed(['pytest', '--nbmake', '-n', str(WORKERS), 'nbs'], project, own, f'{n} passed')},
                lambda: {f'nbdev_test --n_workers 2{note}': timed(['nbdev_test', '--n_workers', str(WORKERS)], project, own, 'Success.')},
                lambda: {f'papermill, two processes{note}': papermill_loop(project, own)}]
    return [warm, cold, *peers('', env), *peers(', 1 thread', env | threads_env(1))]


def kernel_seconds(
    name:str, # of a kernel spec
    env:dict, # its environment
) -> dict:    # moment -> seconds since the start; 'shutdown': of the shutdown alone
    "How long one waits for a kernel: for its first answer, and for the results of code. (jupyter_client's wait_for_ready then listens 0.2 s for stragglers.)"
    from jupyter_client.manager import KernelManager
    manager, start, found = KernelManager(kernel_name=name), time.perf_counter(), {}
    manager.start_kernel(env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    client.kernel_info()
    client.get_shell_msg(timeout=60)
    found['ready'] = time.perf_counter() - start
    for what, code in FIRST_CODE.items():
        if client.execute_interactive(code, timeout=120, output_hook=lambda message: None)['content']['status'] != 'ok': sys.exit(f'{name}: {code} failed')
        found[what] = time.perf_counter() - start
    start = time.perf_counter()
    client.stop_channels()
    manager.shutdown_kernel()
    found['shutdown'] = time.perf_counter() - start
    return found


@contextlib.contextmanager
def held(
    path:str, # of a lock file; '' for none
):
    "Hold a lock with which the users of this machine keep out of each other's timings."
    with open(path, 'a') if path else contextlib.nullcontext() as handle:
        if handle: fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def measure(
    names:list[str], # of NOTEBOOKS
    rounds:int,      # samples of every candidate
    lock:str='',     # file to hold while a candidate runs
) -> dict:           # seconds: name -> [s of each round]; kernels: spec -> moment -> [s]
    "Take every sample, interleaved."
    seconds, waits = {}, {}
    say = lambda text: print(text, file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        clean = {k: v for k, v in os.environ.items() if not k.endswith(('_THREADS', '_THREADS_COUNT')) and not k.startswith('MLCOURSE')}
        env = clean | dict(PYTHONPATH=str(ROOT), XDG_RUNTIME_DIR=folder)  # a parent of its own
        os.environ.clear(); os.environ.update(env)
        project = make_project(Path(folder)/'project', names)
        kernels.install_spec()
        try:
            todo = candidates(project, env)
            for turn in range(rounds):
                shift = turn*3 % len(todo)
                for sample in todo[shift:] + todo[:shift]:
                    with held(lock): found = sample()
                    for row, s in found.items(): seconds.setdefault(row, []).append(s)
                    say(f'round {turn + 1}: ' + ', '.join(f'{row} {s:.2f} s' for row, s in found.items()))
                with held(lock):
                    parent_ready(project, env)
                    kernel_seconds('mlcourse-warm', env)
                    for spec in ('mlcourse-warm', 'mlcourse-warm', 'python3')*3:
                        for moment, s in kernel_seconds(spec, env).items(): waits.setdefault(spec, {}).setdefault(moment, []).append(s)
                say(f'round {turn + 1}: kernels, ready after {median(waits["mlcourse-warm"]["ready"]):.2f} s')
        finally: stop_parents()
    return dict(seconds=seconds, kernels=waits)


def goals(
    seconds:dict, # name -> median s
    waits:dict,   # spec -> moment -> median s
) -> list[dict]:  # goal, wanted, measured, met
    "What the runner set out to reach; a peer counts with the faster of its two settings."
    ours = seconds[OURS]
    peer = lambda name: min(s for row, s in seconds.items() if row.startswith(name))
    rows = [('times faster than nbmake', '>= 4', peer('pytest')/ours, 4), ('times faster than nbdev_test', '>= 1.5', peer('nbdev')/ours, 1.5),
            ('times the floor', '<= 1.25', ours/seconds[FLOOR], 1.25),
            ('seconds when nothing changed', '< 2', seconds[UNCHANGED], 2),
            ('seconds to a kernel that has imported everything', '< 0.3', waits['mlcourse-warm']['everything'], .3)]
    return [dict(goal=goal, wanted=wanted, measured=round(value, 3), met=bool(value >= limit if wanted[0] == '>' else value <= limit))
            for goal, wanted, value, limit in rows]


def summary(
    measured:dict, # as measure says
) -> dict:         # about, rows in order of time, kernels, goals
    "Medians, ratios and goals."
    middle = {name: median(s) for name, s in measured['seconds'].items()}
    waits = {spec: {moment: median(s) for moment, s in moments.items()} for spec, moments in measured['kernels'].items()}
    rows = [dict(name=name, median_s=round(s, 3), ratio=round(s/middle[OURS], 3), rounds_s=[round(x, 3) for x in measured['seconds'][name]])
            for name, s in sorted(middle.items(), key=lambda item: item[1])]
    return dict(rows=rows, kernels={spec: {k: round(v, 3) for k, v in moments.items()} for spec, moments in waits.items()}, goals=goals(middle, waits))


def about(names):
    "Where and of what the figures are."
    packages = 'nbmake nbdev papermill pytest-xdist ipykernel jupyter_client torch keras scikit-learn'.split()
    cpu = next((line.split(': ')[1] for line in Path('/proc/cpuinfo').read_text().splitlines() if line.startswith('model name')), platform.machine())
    return dict(when=datetime.now().isoformat(timespec='minutes'), cpu=cpu, cores=sorted(os.sched_getaffinity(0)), python=platform.python_version(),
                notebooks=list(names), workers=WORKERS, packages={p: version(p) for p in packages})


def table(
    result:dict, # summary and about
) -> str:        # lines
    "The figures as text."
    lines = [f"{len(result['about']['notebooks'])} notebooks, {WORKERS} at a time, cores {result['about']['cores']}, {result['about']['cpu']}", '',
             f"{'':44} {'median s':>9} {'ratio':>6}  rounds, s"]
    lines += [f"{r['name']:44} {r['median_s']:9.2f} {r['ratio']:6.2f}  {' '.join(f'{s:.2f}' for s in r['rounds_s'])}" for r in result['rows']]
    lines += ['', f"{'kernel: seconds until':24} {'ready':>7} {'torch':>7} {'all imports':>12}  shutdown, s"]
    lines += [f"{spec:24} {k['ready']:7.3f} {k['torch']:7.3f} {k['everything']:12.3f} {k['shutdown']:9.3f}" for spec, k in result['kernels'].items()]
    return '\n'.join([*lines, '', *(f"{'met' if g['met'] else 'NOT MET':8} {g['measured']:7.2f} {g['goal']}, wanted {g['wanted']}" for g in result['goals'])])


def main():
    parser = argparse.ArgumentParser(description='How fast mlcourse run executes notebooks, beside its peers.')
    parser.add_argument('--rounds', type=int, default=3, metavar='N', help='samples of every candidate (3)')
    parser.add_argument('--quick', action='store_true', help='one round of four notebooks')
    parser.add_argument('--table', type=Path, default=ROOT/'_build/benchmarks/runs.json', metavar='FILE',
                        help='JSON (_build/benchmarks/runs.json); the page on runs shows data/benchmarks/runs.json')
    parser.add_argument('--lock', default='', metavar='FILE', help='hold this lock while a candidate runs; for machines that several people measure on')
    args = parser.parse_args()
    missing = [p for p in ('pytest', 'nbdev_test', 'papermill', 'mlcourse') if not shutil.which(p, path=Path(sys.executable).parent)]
    if missing or args.rounds < 1: parser.error(f"not installed: {', '.join(missing)}" if missing else '--rounds wants a number from 1')
    names = list(QUICK if args.quick else NOTEBOOKS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the warm parents end, too
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:WORKERS])
    result = dict(about=about(names), **summary(measure(names, 1 if args.quick else args.rounds, args.lock)))
    args.table.parent.mkdir(parents=True, exist_ok=True)
    args.table.write_text(json.dumps(result, indent=1) + '\n')
    print(f'{table(result)}\n\n{args.table}')


if __name__ == '__main__': main()
