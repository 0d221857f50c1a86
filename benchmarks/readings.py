"""How many cards and customers a second the generator makes on this machine: python benchmarks/readings.py [N_CARDS]"""
import sys
from time import perf_counter

from mlcourse.data.readings import handwriting, make_cards, make_customers


def best_of(make, repeats=5):
    "Seconds of the fastest of several runs; the others were disturbed."
    times = []
    for _ in range(repeats):
        start = perf_counter()
        make()
        times.append(perf_counter() - start)
    return min(times)


def main(n_cards=5_000, n_customers=50_000):
    start = perf_counter()
    handwriting()
    print(f'handwriting, once      {perf_counter() - start:12.2f} s')
    print(f'cards made together    {n_cards/best_of(lambda: make_cards(n_cards)):12,.0f} /s')
    print(f'cards made one by one  {1/best_of(lambda: make_cards(1), 50):12,.0f} /s')
    print(f'customers, 24 months   {n_customers/best_of(lambda: make_customers(n_customers)):12,.0f} /s')


if __name__ == '__main__':
    given = sys.argv[1:]
    if len(given) > 1 or given and not given[0].isdigit() or given == ['0']:
        print(f'usage: python benchmarks/readings.py [N_CARDS], a whole number from 1 up; got {" ".join(given)}', file=sys.stderr)
        sys.exit(2)
    main(*map(int, given))
