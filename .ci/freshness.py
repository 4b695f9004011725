#!/usr/bin/env python3
"""Say what of the rulebook has aged: links and anchors that are gone, releases of the vendor that it lacks.

  freshness.py RULES_FOLDER      prints Markdown; exit status 1 when something has aged

Needs the network, so a scheduled workflow runs it; freshness_test.py holds it against pages and tags of its own. Standard library
only.
"""
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import urllib.error
import urllib.request

LINK = re.compile(r"https://[^\s\"'`<>)\]},]+")
REPOSITORY = re.compile(r"https://github\.com/([^/\s]+/[^/\s]+)/releases/")
AGENT = {"User-Agent": "identityserver-upgrade freshness check"}
HOST = "https://github.com"


def fetch(address):
    """The page as text, or None and the reason."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=AGENT), timeout=30) as answer:
            return answer.read().decode("utf-8", "replace"), None
    except (urllib.error.URLError, TimeoutError, ValueError) as error:
        return None, str(error)


def links(folder):
    """address -> the first file and line that names it."""
    found = {}
    for path in sorted(folder.rglob("*.yaml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for address in LINK.findall(line):
                found.setdefault(address.rstrip(".,;:"), f"{path}:{number}")
    return found


def dead(found):
    """Lines about links whose page or anchor is gone. Source files at tags do not move: they are not asked for."""
    pages = {}
    for address, place in found.items():
        page, _, anchor = address.partition("#")
        if "/blob/" not in page:
            pages.setdefault(page, []).append((anchor, place))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        texts = dict(zip(pages, pool.map(fetch, pages)))
    for page, uses in pages.items():
        text, reason = texts[page]
        for anchor, place in uses:
            if text is None:
                yield f"- {page} ({place}): {reason}"
            elif anchor and f'id="{anchor}"' not in text and f"id={anchor}" not in text:
                yield f"- {page}#{anchor} ({place}): the page has no such anchor"


def tags(repository):
    """Names of the tags of a public repository."""
    listing = subprocess.run(
        ["git", "ls-remote", "--tags", "--refs", f"{HOST}/{repository}"],
        capture_output=True, text=True, timeout=120, check=False,
    )
    return [line.rsplit("refs/tags/", 1)[-1] for line in listing.stdout.splitlines()]


def missing(folder):
    """Lines about released versions that no rung lists, told by the vendor's tags: the newest rung names one, with its prefix."""
    for product in sorted(folder.glob("*/product.yaml")):
        rungs = [path.read_text(encoding="utf-8") for path in product.parent.glob("*.yaml") if path != product]
        known = {version for rung in rungs for version in re.findall(r"version: ['\"]?([0-9][^\s,'\"}]*)", rung)}
        sources = set()
        for rung in rungs:
            tag, repository = re.search(r"tag: (\S+?)\s*}", rung), REPOSITORY.search(rung)
            if tag and repository:
                sources.add((repository.group(1), re.sub(r"[0-9].*$", "", tag.group(1))))
        for repository, prefix in sorted(sources):
            for name in tags(repository):
                version = name[len(prefix):]
                if name.startswith(prefix) and re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", version) and version not in known:
                    yield f"- {repository} has released `{name}`; rules/{product.parent.name}/ does not list {version}"


def main(arguments):
    folder = pathlib.Path(arguments[0])
    sections = {"Links": list(dead(links(folder))), "Releases": list(missing(folder))}
    aged = False
    for title, lines in sections.items():
        if lines:
            aged = True
            print(f"### {title}\n")
            print("\n".join(lines) + "\n")
    if not aged:
        print("Nothing has aged.")
    return 1 if aged else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
