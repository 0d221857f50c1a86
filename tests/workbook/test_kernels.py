"""Generated from nbs/workbook/10_kernels.ipynb by `mlcourse export`; change the notebook instead."""
import os
from mlcourse.workbook.kernels import OFF
from mlcourse.workbook.kernels import base_folder
from mlcourse.workbook.kernels import parent_key
from mlcourse.workbook.kernels import why_not


def test_the_key_changes_with_what_libraries_read_on_import_not_with_thread_counts_and_an_ordinary_kernel_serves_where_it_must():
    env = dict(HOME='/root')
    assert parent_key(env) == parent_key(env | dict(OMP_NUM_THREADS='1', TF_NUM_INTRAOP_THREADS='1', TERM='x'))
    assert parent_key(env) != parent_key(env | dict(KERAS_BACKEND='torch'))
    assert why_not(dict(PYTHONHASHSEED='0')) and why_not(dict(MLCOURSE_WARM='off')) == OFF
    if hasattr(os, 'getuid'): assert base_folder().stat().st_mode & 0o777 == 0o700
