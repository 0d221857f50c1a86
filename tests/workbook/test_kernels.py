"""Generated from nbs/workbook/10_kernels.ipynb by `mlcourse export`; change the notebook instead."""
import os
import tempfile
from mlcourse.workbook.kernels import OFF
from mlcourse.workbook.kernels import base_folder
from mlcourse.workbook.kernels import container_limits
from mlcourse.workbook.kernels import cores
from mlcourse.workbook.kernels import free_gb
from mlcourse.workbook.kernels import parent_key
from mlcourse.workbook.kernels import why_not
from pathlib import Path


def test_a_container_s_limits_on_memory_and_time_are_seen_in_both_versions_of_control_groups():
    import shutil
    GB = 2**30
    with tempfile.TemporaryDirectory() as folder:
        root, mine = Path(folder)/'cgroup', Path(folder)/'mine'
        def limits(*lines, **files):
            shutil.rmtree(root, ignore_errors=True)
            mine.write_text('\n'.join(lines))
            for name, text in files.items():
                path = root/name.replace('__', '/').replace('DOT', '.')
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return container_limits(root, mine)
        assert limits('0::/') == (float('inf'), float('inf'))
        assert limits('0::/', memoryDOTmax='max', memoryDOTcurrent=f'{GB}', cpuDOTmax='max 100000') == (float('inf'), float('inf'))
        assert limits('0::/a/b', a__memoryDOTmax=f'{4*GB}', a__memoryDOTcurrent=f'{3*GB}', a__memoryDOTstat=f'anon 1\ninactive_file {GB}',
                      a__b__memoryDOTmax='max', a__b__memoryDOTcurrent=f'{GB}', a__b__cpuDOTmax='150000 100000') == (2, 1.5)
        version_1 = dict(memory__memoryDOTlimit_in_bytes=f'{2*GB}', memory__memoryDOTusage_in_bytes=f'{GB}',
                         memory__memoryDOTstat=f'inactive_file {GB/4}\ntotal_inactive_file {GB/2}')
        assert limits('4:memory:/docker/1', '1:cpu:/', **version_1, cpu__cpuDOTcfs_quota_us='300000', cpu__cpuDOTcfs_period_us='100000') == (1.5, 3)
        assert limits('1:cpu:/', cpu__cpuDOTcfs_quota_us='-1', cpu__cpuDOTcfs_period_us='100000') == (float('inf'), float('inf'))
        mine.unlink()
        assert container_limits(root, mine) == (float('inf'), float('inf'))
    assert 1 <= cores() <= os.cpu_count() and free_gb() > 0


def test_the_key_changes_with_what_libraries_read_on_import_not_with_thread_counts_and_an_ordinary_kernel_serves_where_it_must():
    env = dict(HOME='/root')
    assert parent_key(env) == parent_key(env | dict(OMP_NUM_THREADS='1', TF_NUM_INTRAOP_THREADS='1', TERM='x'))
    assert parent_key(env) != parent_key(env | dict(KERAS_BACKEND='torch'))
    assert why_not(dict(PYTHONHASHSEED='0')) and why_not(dict(MLCOURSE_WARM='off')) == OFF
    if hasattr(os, 'getuid'): assert base_folder().stat().st_mode & 0o777 == 0o700
