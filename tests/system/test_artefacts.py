"What ships for learners who skip a chapter is what that chapter makes."
import json
from pathlib import Path

from mlcourse.workbook import runs
from mlcourse.workbook.artefacts import decode, load
from mlcourse.workbook.exercises import difference


def test_every_shipped_artefact_is_what_its_notebook_makes_by_default(project):
    manifest = json.loads((project/'data'/'artefacts'/'manifest.json').read_text())
    assert 'requirements' in manifest
    makers = sorted({f"{entry['made_by']}.ipynb" for entry in manifest.values()})
    folder = lambda result: Path(result.path).with_suffix('.artefacts')
    results = runs.run(project, makers)
    without = [r.notebook for r in results if not folder(r).exists()]  # run elsewhere, or by an earlier version
    if without: results += runs.run(project, without, fresh=True)
    for r in results: assert r.ok, f'{r.notebook}: {r.error}'
    folders = {r.notebook: folder(r) for r in results}
    for name, entry in manifest.items():
        made, path = folders[f"{entry['made_by']}.ipynb"]/entry['file'], project/'data'/'artefacts'/entry['file']
        shipped = load(name, reference=True)  # refuses a wrong hash
        departs = difference(shipped, decode(made.suffix, made.read_bytes()))  # to five digits: another processor rounds otherwise
        assert departs is None, f"{path} differs from what {entry['made_by']} makes ({departs}); ship it anew"
