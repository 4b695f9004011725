#!/usr/bin/env python3
"""Holds the tables of docs/dependencies.md against Cargo.toml, and counts packages. Standard library and cargo only."""
import json, re, subprocess, sys

metadata = json.loads(subprocess.run(["cargo", "metadata", "--locked", "--format-version", "1"], capture_output=True, check=True).stdout)
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
root = metadata["resolve"]["root"]
package = next(package for package in metadata["packages"] if package["id"] == root)
declared = {(it["rename"] or it["name"], it["kind"] or "normal") for it in package["dependencies"]}
normal = {name for name, kind in declared if kind == "normal"}
tests = {name for name, kind in declared if kind == "dev"} - normal

with open("docs/dependencies.md", encoding="utf-8") as file:
    binary, only_tests = file.read().split("## In tests")
faults = []
for title, text, expected in (("in the binary", binary, normal), ("in tests only", only_tests, tests)):
    rows = re.findall(r"^\| (\S+) \| (.+) \|$", text, re.M)
    named = {name for name, _ in rows if name != "crate"}
    faults += [f"docs/dependencies.md does not say what `{name}` is for ({title})" for name in sorted(expected - named)]
    faults += [f"docs/dependencies.md names `{name}`, which is not {title}" for name in sorted(named - expected)]


def reached(kinds):
    """Packages that are reached over edges of these kinds from ours, and over normal edges from there, for any platform."""
    seen, todo = set(), [(root, kinds)]
    while todo:
        node, allowed = todo.pop()
        for edge in nodes[node]["deps"]:
            if edge["pkg"] not in seen and any(kind["kind"] in allowed for kind in edge["dep_kinds"]):
                seen.add(edge["pkg"])
                todo.append((edge["pkg"], {None}))
    return len(seen)


print(f"{len(normal)} direct dependencies, {reached({None})} packages in the binary of any platform, {len(metadata['packages']) - 1} in Cargo.lock")
print("\n".join(faults), file=sys.stderr, end="\n" if faults else "")
sys.exit(bool(faults))
