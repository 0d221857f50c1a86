"""Data for machine learning: sources, labels, faults, features, storage and plots. `mlcourse.data.lint` is loaded at its first use."""


def __getattr__(name):
    if name != 'lint': raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    from .mistakes import lint
    return lint
