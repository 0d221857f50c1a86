"""What the linter costs beside pandas' describe(): python benchmarks/lint.py [N_ROWS [N_COLUMNS]]

One table of numbers, categories, text and times. Memory is the peak of the whole process above what it held when the table was made.
"""
import resource
import sys
import threading
from pathlib import Path
from time import perf_counter, sleep

import numpy as np
import pandas as pd

from mlcourse.data import lint


def make(n_rows, n_columns, seed=0):
    "Of ten columns: six floats, one with gaps, one integer, one category, one text or time."
    rng, columns = np.random.default_rng(seed), {}
    makers = [lambda: rng.normal(size=n_rows)]*6 + [
        lambda: np.where(rng.uniform(size=n_rows) < .1, np.nan, rng.lognormal(size=n_rows)), lambda: rng.integers(0, 1000, n_rows),
        lambda: pd.Categorical.from_codes(rng.integers(0, 12, n_rows), [f'k{i}' for i in range(12)]),
        lambda: np.array([f'name {i}' for i in range(200)], object)[rng.integers(0, 200, n_rows)]]
    for i in range(n_columns - 1): columns[f'column_{i}'] = makers[i % 10]()
    columns['at'] = pd.Timestamp('2026-01-01', tz='UTC') + pd.to_timedelta(rng.integers(0, 10**7, n_rows), 's')
    return pd.DataFrame(columns).assign(target=rng.uniform(size=n_rows) < .3)


def resident():
    "Bytes that this process holds now, where the system says."
    statm = Path('/proc/self/statm')
    if not statm.exists(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss*1024
    return int(statm.read_text().split()[1])*resource.getpagesize()


def measured(work):
    "Seconds of a call, and by how many bytes the process grew at most."
    before, peak, done = resident(), [0], threading.Event()
    def watch():
        while not done.is_set():
            peak[0] = max(peak[0], resident() - before)
            sleep(.01)
    watcher = threading.Thread(target=watch)
    watcher.start()
    start = perf_counter()
    try: result = work()
    finally:
        seconds = perf_counter() - start
        done.set()
        watcher.join()
    return result, seconds, peak[0]


def main(n_rows=1_000_000, n_columns=50):
    frame, test = make(n_rows, n_columns), make(max(100, n_rows//10), n_columns, 1)
    size = frame.memory_usage(deep=False).sum()
    lint(frame[:1000], 'target')
    print(f'{n_rows:,} rows of {frame.shape[1]} columns, {size/2**20:,.0f} MiB without the texts')
    _, describe, grown = measured(lambda: frame.describe())
    print(f'describe                {describe:7.2f} s   1.0 times  peak {grown/size:5.2f} of the table')
    for name, given in {'lint': {}, 'lint, target': dict(target='target'), 'lint, target and test': dict(target='target', test=test)}.items():
        found, seconds, grown = measured(lambda given=given: lint(frame, **given))
        print(f'{name:22}  {seconds:7.2f} s {seconds/describe:5.1f} times  peak {grown/size:5.2f} of the table; findings: {len(found)}')


if __name__ == '__main__':
    given = sys.argv[1:]
    if len(given) > 2 or any(not v.isdigit() or v == '0' for v in given):
        print(f'usage: python benchmarks/lint.py [N_ROWS [N_COLUMNS]], whole numbers from 1 up; got {" ".join(given)}', file=sys.stderr)
        sys.exit(2)
    main(*map(int, given))
