"""Where the time of a run on a Ray cluster goes: python benchmarks/cluster.py [--notebooks N] [--seconds S] [--nodes K] [--count M] [--table FILE]

First N notebooks of S seconds on 1 to K nodes of one CPU each, then one tiny notebook over M seeds on all of them. All nodes share this machine:
notebooks that sleep show how the engine scales, those that compute cannot be faster than its cores, and no network is measured.
"""
import argparse
import json
import os
import platform
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter, time


def write_project(folder, sources):
    "A course of small notebooks: name -> code."
    (folder/'nbs').mkdir(parents=True)
    (folder/'nbs'/'curriculum.yml').write_text('{}\n')
    for name, source in sources.items():
        cells = [dict(cell_type='code', id=f'cell{i}', source=text, metadata=dict(tags=['parameters']) if not i else {}, outputs=[], execution_count=None)
                 for i, text in enumerate(['seed: int = 0  # varies', source])]
        kernel = dict(name='python3', display_name='Python 3 (ipykernel)', language='python')
        (folder/'nbs'/name).write_text(json.dumps(dict(nbformat=4, nbformat_minor=5, metadata=dict(kernelspec=kernel), cells=cells)))
    return folder


def loops_in(seconds):
    "How many rounds of a cell's loop, whose variables are global, this machine does in so many seconds, undisturbed."
    rounds, start = 1_000_000, perf_counter()
    exec(f'total = 0\nfor i in range({rounds}): total += i*i', {})
    return round(rounds*seconds/(perf_counter() - start))


def seconds_of(stamp):
    "A time that papermill wrote, as time.time() tells it."
    return datetime.fromisoformat(stamp if '+' in stamp else f'{stamp}+00:00').timestamp()


def measured(project, names, points, address, workers):
    "One run: wall seconds, what happened once, and for each notebook when what happened."
    from mlcourse.workbook import runs
    from mlcourse.workbook.cluster import on_ray
    once, each = {}, []
    def on_times(task, times):
        if task is None: once.update(times)
        else: each.append((task, times))
    start = time()
    results = runs.run(project, names, given=points, workers=workers, fresh=True, engine=on_ray(address, on_times))
    wall, failed = time() - start, [r for r in results if not r.ok]
    if failed: raise SystemExit(f'{len(failed)} of {len(results)} failed, the first: {failed[0].error}')
    return wall, once, each


def parts_of(task, times):
    "Seconds that one notebook spent in each part of the engine."
    nb = json.loads(task.out.read_text())
    began = seconds_of(nb['metadata']['papermill']['start_time'])
    cells = [cell['metadata']['papermill'] for cell in nb['cells']]
    first, last = seconds_of(cells[0]['start_time']), seconds_of(cells[-1]['end_time'])
    return {'waiting for a node': times['began'] - times['submitted'], 'finding the bundle': times['unpacked'] - times['began'],
            'process and imports': began - times['unpacked'], 'kernel start': first - began, 'cells': last - first,
            'kernel end, result': times['executed'] - last, 'way back': times['received'] - times['executed'],
            'writing': times['written'] - times['received']}


def scaling(folder, cluster, add_node, n_nodes, n_notebooks, seconds):
    "Wall time against the number of nodes: a row for each number and kind of notebook."
    codes = {'sleep': f'import time; time.sleep({seconds})', 'compute': f'total = 0\nfor i in range({loops_in(seconds)}): total += i*i'}
    projects = {kind: write_project(folder/kind, {f'n{i}.ipynb': code for i in range(n_notebooks)}) for kind, code in codes.items()}
    names, rows = [f'n{i}.ipynb' for i in range(n_notebooks)], []
    print(f'\n{n_notebooks} notebooks of {seconds:g} s, one at a time on each node of 1 CPU\n'
          'nodes  kind     wall s  connect s   rest s  cells alone s  longest wait for a worker s  rest of the engine s a notebook')
    for nodes in range(1, n_nodes + 1):
        add_node()
        if nodes == 1: measured(write_project(folder/'first', {'n.ipynb': 'seed'}), ['n.ipynb'], {}, cluster.address, 1)  # starts the warm parent there
        for kind, project in projects.items():
            wall, once, each = measured(project, names, {}, cluster.address, nodes)
            parts = [parts_of(*one) for one in each]
            waits = [p['waiting for a node'] for p in parts]
            lost = [sum(p.values()) - p['cells'] - wait for p, wait in zip(parts, waits)]
            row = dict(nodes=nodes, kind=kind, wall_s=wall, connect_s=once['connected']['seconds'], cells_alone_s=-(-n_notebooks//nodes)*seconds,
                       longest_wait_s=max(waits), engine_s_a_notebook=median(lost))
            rows.append(row)
            print(f"{nodes:5}  {kind:7}{wall:8.1f}{row['connect_s']:11.1f}{wall - row['connect_s']:9.1f}{row['cells_alone_s']:15.1f}"
                  f'{max(waits):29.1f}{median(lost):34.2f}', flush=True)
    return rows


def sweep(folder, cluster, n_nodes, count):
    "One tiny notebook over many seeds, part by part."
    project = write_project(folder/'sweep', {'tiny.ipynb': 'seed**2'})
    wall, once, each = measured(project, ['tiny.ipynb'], [{'seed': seed} for seed in range(count)], cluster.address, n_nodes)
    parts = [parts_of(*one) for one in each]
    whole = sum(sum(p.values()) for p in parts)
    found = dict(count=count, nodes=n_nodes, wall_s=wall, connect_s=once['connected']['seconds'], shipped_bytes=once['shipped']['bytes'],
                 ship_s=once['shipped']['seconds'], parts=[dict(part=part, median_s=median(p[part] for p in parts), largest_s=max(p[part] for p in parts),
                                                                share=sum(p[part] for p in parts)/whole) for part in parts[0]])
    print(f'\na tiny notebook over {count} seeds on {n_nodes} nodes: {wall:.1f} s, {count/wall*60:.0f} a minute\n'
          f"once: connecting {found['connect_s']:.2f} s, packing and shipping {found['shipped_bytes']//1024} KiB {found['ship_s']:.2f} s\n"
          f'{"part":22}{"median s":>9}{"largest s":>10}{"share":>7}')
    for p in found['parts']: print(f"{p['part']:22}{p['median_s']:9.3f}{p['largest_s']:10.3f}{p['share']:7.1%}")
    return found


def main(n_notebooks=6, seconds=5., n_nodes=3, count=1000, table=None):
    os.environ['RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER'], os.environ['RAY_USAGE_STATS_ENABLED'] = '0', '0'
    folder = Path(tempfile.mkdtemp())
    (folder/'ray').mkdir()
    os.environ['RAY_TMPDIR'] = str(folder)
    import ray
    from mlcourse.workbook.kernels import cores
    from ray.cluster_utils import Cluster
    store = dict(object_store_memory=80*2**20)
    start = perf_counter()
    cluster = Cluster(True, head_node_args=dict(num_cpus=0, include_dashboard=False, **store))
    about = dict(when=datetime.now().isoformat(timespec='minutes'), ray=ray.__version__, python=platform.python_version(), cores=cores(),
                 kernels='ordinary' if os.environ.get('MLCOURSE_WARM') == 'off' else 'warm', notebooks=n_notebooks, seconds=seconds)
    print(f"Ray {about['ray']}, Python {about['python']}, {about['cores']} cores, {about['kernels']} kernels; head started in {perf_counter() - start:.1f} s")
    try:
        found = dict(about=about, scaling=scaling(folder, cluster, lambda: cluster.add_node(num_cpus=1, **store), n_nodes, n_notebooks, seconds))
        if count: found['sweep'] = sweep(folder, cluster, n_nodes, count)
    finally:
        cluster.shutdown()
        shutil.rmtree(folder, ignore_errors=True)
    if table:
        table.parent.mkdir(parents=True, exist_ok=True)
        rounded = json.loads(json.dumps(found), parse_float=lambda number: round(float(number), 4))
        table.write_text(json.dumps(rounded, indent=1) + '\n')


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('--notebooks', type=int, default=6, metavar='N', help='notebooks of each kind (6)')
    parser.add_argument('--seconds', type=float, default=5., metavar='S', help='what the cells of one take (5)')
    parser.add_argument('--nodes', type=int, default=3, metavar='K', help='nodes at most (3)')
    parser.add_argument('--count', type=int, default=1000, metavar='M', help='seeds of the sweep (1000); 0: no sweep')
    parser.add_argument('--table', type=Path, metavar='FILE', help='JSON; the page on the cluster shows data/benchmarks/cluster.json')
    given = parser.parse_args()
    if min(given.notebooks, given.nodes) < 1 or given.count < 0 or given.seconds < 0: parser.error('wants numbers from 1 up')
    main(given.notebooks, given.seconds, given.nodes, given.count, given.table)
