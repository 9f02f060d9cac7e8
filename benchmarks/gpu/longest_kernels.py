"""Names the three kernels that take the longest, from ncu's CSV of one step.

Prints them as a table, and on descriptor 3 as alternatives of a regular expression.
"""

import collections
import csv
import os
import re
import sys


def main():
    with open(sys.argv[1], newline="") as file:
        lines = [line for line in file if line.startswith('"')]
    rows = list(csv.DictReader(lines))
    times = collections.Counter()
    unit = ""
    for row in rows:
        name = row.get("Kernel Name") or ""
        column = next(key for key in row if key and key.startswith("gpu__time_duration.sum"))
        try:
            times[re.split(r"[<(]", name.removeprefix("void "))[0]] += float(
                row[column].replace(",", "")
            )
        except ValueError:
            unit = row[column]  # The line of units comes first.
    whole = sum(times.values())
    print("| kernel | time | share of all kernels |")
    print("|---|---|---|")
    longest = times.most_common(3)
    for name, time in longest:
        print(f"| {name} | {time:.0f} {unit} | {100 * time / whole:.0f} % |")
    base = [re.escape(name.split("::")[-1]) for name, _ in longest]
    os.write(3, "|".join(base).encode())


if __name__ == "__main__":
    main()
