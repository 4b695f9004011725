#!/usr/bin/env python3
"""How long the entry takes to start: cold-start.py BINARY [--most MILLISECONDS]. Standard library only.

Starts it 30 times each way and prints the median; beside it the same for `true`, which is what starting a process costs by itself.
`action` without an event reads its settings and the rulebook and ends before the first request. --most fails above that median.
"""
import argparse, shutil, statistics, subprocess, sys, time

parser = argparse.ArgumentParser()
parser.add_argument("binary")
parser.add_argument("--most", type=float, default=float("inf"))
arguments = parser.parse_args()


def median(*words):
    times = []
    for _ in range(30):
        started = time.perf_counter()
        subprocess.run(words, env={}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


nothing = median(shutil.which("true") or "/bin/true")
found = {words: median(arguments.binary, *words.split()) for words in ("--version", "action", "plan IdentityServer4@4.1.2 8.0.3")}
print(f"true: {nothing:.1f} ms")
for words, milliseconds in found.items():
    print(f"{words}: {milliseconds:.1f} ms, {milliseconds / nothing:.1f} times true")
sys.exit(max(found.values()) > arguments.most)
