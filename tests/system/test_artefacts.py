"What ships for learners who skip a chapter is what that chapter makes."
import json
import os
import subprocess
import sys
from pathlib import Path

from mlcourse.workbook.artefacts import decode, load
from mlcourse.workbook.exercises import difference


def test_every_shipped_artefact_is_what_its_notebook_makes_by_default(project, tmp_path):
    manifest = json.loads((project/'data'/'artefacts'/'manifest.json').read_text())
    assert 'requirements' in manifest
    env = os.environ | {'MLCOURSE_WORK': str(tmp_path/'work'), 'MLCOURSE_ROOT': str(project)}
    for notebook in sorted({entry['made_by'] for entry in manifest.values()}):
        subprocess.run([Path(sys.executable).with_name('papermill'), '--no-progress-bar', project/'nbs'/f'{notebook}.ipynb', tmp_path/'out.ipynb'],
                       cwd=tmp_path, env=env, check=True, capture_output=True)
    for name, entry in manifest.items():
        made, path = tmp_path/'work'/'artefacts'/entry['file'], project/'data'/'artefacts'/entry['file']
        shipped = load(name, reference=True)  # refuses a wrong hash
        departs = difference(shipped, decode(made.suffix, made.read_bytes()))  # to five digits: another processor rounds otherwise
        assert departs is None, f"{path} differs from what {entry['made_by']} makes ({departs}); ship it anew"
