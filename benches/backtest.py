#!/usr/bin/env python3
"""Holds what the tool says of real upgrades against what their commits changed. docs/backtest.md has the method and the table.

Usage: benches/backtest.py CLONES [--tool target/debug/identityserver-upgrade]

CLONES is a folder with a git directory OWNER/NAME or OWNER+NAME for each repository of the table. The script writes one
commit object into each of them, which nothing refers to, and prints the rows of the table.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import tempfile

TABLE = pathlib.Path(__file__).parent.parent / "docs" / "backtest.md"
ROW = re.compile(r"^\| ([\w.-]+/[\w.-]+) \| `([0-9a-f]{8,40})` \| `([0-9a-f]{8,40})` \|")
FAMILY = re.compile(r"^(IdentityServer4|Duende\.|IdentityModel)", re.IGNORECASE)
MANIFEST = re.compile(r"\.(cs|vb|fs)proj$|\.props$|\.targets$|(^|/)packages\.config$", re.IGNORECASE)
PACKAGE = re.compile(
    r'(<(?:PackageReference|PackageVersion|package)\b[^>]*?\b(?:Include|Update|id)=")([^"]+)("[^>]*?\b[Vv]ersion=")([^"]+)'
    r'|(<PackageReference\b[^>]*?\bInclude=")([^"]+)("\s*>\s*<Version>)([^<]+)'
)
PROPERTY = re.compile(r"(<([\w.]*(?:IdentityServer|Duende|IdentityModel)[\w.]*)>)([^<]+)")
DAYS = 120


def git(repo, *arguments, data=None, **environment):
    command = ["git", "-C", repo, *arguments]
    done = subprocess.run(command, capture_output=True, check=True, input=data, env={**os.environ, **environment})
    return done.stdout.decode("utf-8", "surrogateescape")


def blobs(repo, commit):
    entries = (entry.split("\t", 1) for entry in git(repo, "ls-tree", "-r", "-z", commit).split("\0") if entry)
    return {path: meta.split()[2] for meta, path in entries}


def packages(text):
    for match in PACKAGE.finditer(text):
        identifier, version = match[2] or match[6], match[4] or match[8]
        if FAMILY.match(identifier):
            yield identifier, version


def versions_of(repo, before, after):
    """The family's packages at the head: by file, and in all; files that the upgrade changed speak first."""
    by_file, everywhere, properties = {}, {}, {}
    for path in sorted(filter(MANIFEST.search, after), key=lambda path: before.get(path) == after[path]):
        text = git(repo, "cat-file", "blob", after[path])
        own = by_file.setdefault(path, {})
        for identifier, version in packages(text):
            own.setdefault(identifier.lower(), (identifier, version))
            everywhere.setdefault(identifier.lower(), (identifier, version))
        for match in PROPERTY.finditer(text):
            properties.setdefault(match[2], match[3])
    return by_file, everywhere, properties


def only_the_versions(repo, base, head):
    """A commit with the tree of the base, in which the family's ids and versions are those of the head."""
    before, after = blobs(repo, base), blobs(repo, head)
    by_file, everywhere, properties = versions_of(repo, before, after)

    def replaced(match, path):
        start = 1 if match[2] else 5
        name = match[start + 1].lower()
        successor = re.sub("^identityserver4", "duende.identityserver", name)
        known = by_file.get(path, everywhere)
        found = known.get(name) or known.get(successor)
        return match[start] + found[0] + match[start + 2] + found[1] if found and FAMILY.match(name) else match[0]

    with tempfile.TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": os.path.join(folder, "index")}
        git(repo, "read-tree", base, **index)
        for path in filter(MANIFEST.search, before):
            text = git(repo, "cat-file", "blob", before[path])
            edited = PACKAGE.sub(lambda match: replaced(match, path), text)
            edited = PROPERTY.sub(lambda match: match[1] + properties.get(match[2], match[3]), edited)
            if edited != text:
                blob = git(repo, "hash-object", "-w", "--stdin", data=edited.encode("utf-8", "surrogateescape")).strip()
                git(repo, "update-index", "--cacheinfo", f"100644,{blob},{path}", **index)
        tree = git(repo, "write-tree", "--missing-ok", **index).strip()
    who = {f"GIT_{role}_{part}": "backtest@example.invalid" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    return git(repo, "commit-tree", tree, "-p", base, "-m", "only the versions", **who).strip()


def report(tool, repo, base, head):
    command = [tool, "diff", base, head, "--repo", repo, "--format", "json"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def changed_later(repo, head, path):
    """Whether a commit of the next months changes a file."""
    log = git(repo, "log", "--reverse", "--format=%ct", "--ancestry-path", f"{head}..HEAD", "--", path).split()
    return bool(log) and int(log[0]) - int(git(repo, "log", "-1", "--format=%ct", head)) < DAYS * 86_400


def jumps(found):
    ways = [(jump["from"]["version"], jump["to"]["version"]) for jump in found["jumps"] if jump["product"] == "identityserver" and jump["from"] and jump["to"]]
    shown = ", ".join(f"{start} → {end}" for start, end in ways[:2])
    return shown + (f" and {len(ways) - 2} more" if len(ways) > 2 else "") or "none"


def row(tool, repo, name, base, head):
    predicted = report(tool, repo, base, only_the_versions(repo, base, head))
    real = report(tool, repo, base, head)
    touched = set(git(repo, "diff", "--no-renames", "--name-only", "-z", base, head).split("\0"))

    def files(status):
        paths = {place["path"] for finding in predicted["findings"] if finding["status"] == status for place in finding["places"]}
        later = {path for path in paths - touched if changed_later(repo, head, path)}
        return len(paths), len(paths & touched), len(later), len(paths - touched - later)

    todo, check = files("todo"), files("check")
    cells = [name, f"`{base[:8]}`", f"`{head[:8]}`", jumps(predicted), *todo, check[0], check[1] + check[2], predicted["verdict"], real["verdict"]]
    return todo, "| " + " | ".join(str(cell) for cell in cells) + " |"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("clones", type=pathlib.Path)
    options.add_argument("--tool", default="target/debug/identityserver-upgrade")
    arguments = options.parse_args()
    sums = [0] * 4
    for name, base, head in (match.groups() for match in map(ROW.match, TABLE.read_text().splitlines()) if match):
        places = (arguments.clones / form / tail for form in (name, name.replace("/", "+")) for tail in ("repo/.git", "repo", ""))
        repo = str(next(place for place in places if (place / "objects").is_dir() or (place / ".git").exists()))
        base, head = (git(repo, "rev-parse", commit).strip() for commit in (base, head))
        todo, line = row(arguments.tool, repo, name, base, head)
        sums = [total + count for total, count in zip(sums, todo)]
        print(line, flush=True)
    print("files to do: {}, touched by the commit: {}, later: {}, not: {}".format(*sums))


main()
