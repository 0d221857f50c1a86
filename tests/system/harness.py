"Small projects to run and break, and the command as a user types it."
import json
import os
import subprocess
import sys
from pathlib import Path

MLCOURSE = Path(sys.executable).with_name('mlcourse')


def write_notebook(
    path:Path,          # where
    *sources:str,       # its code cells after the parameters cell
    parameters:str|None='seed: int = 0  # seeds everything', # None: no parameters cell
) -> Path:              # the same
    "A small notebook."
    cells = [(parameters, ['parameters'])] if parameters is not None else []
    cells += [(source, []) for source in sources]
    nb = dict(nbformat=4, nbformat_minor=5, metadata=dict(kernelspec=dict(name='python3', display_name='Python 3 (ipykernel)', language='python')), cells=[
        dict(cell_type='code', id=f'cell{index}', source=source, metadata=dict(tags=tags) if tags else {}, outputs=[], execution_count=None)
        for index, (source, tags) in enumerate(cells)])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(nb))
    return path


def command(
    project:Path,    # root of the project it works on
    *arguments:str,  # of mlcourse
    **options,       # of subprocess.Popen
) -> subprocess.Popen:
    "The command `mlcourse` as a user starts it, its output caught as text."
    env = {k: v for k, v in os.environ.items() if not k.startswith('MLCOURSE_')} | options.pop('env', {})
    return subprocess.Popen([MLCOURSE, *arguments], cwd=project, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def finish(process, timeout=120):
    "Exit status, stdout and stderr of a command, which never shows a traceback."
    out, err = process.communicate(timeout=timeout)
    assert 'Traceback' not in out + err, out + err
    return process.returncode, out, err
