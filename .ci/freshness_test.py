#!/usr/bin/env python3
"""Hold freshness.py against pages and tags of our own: a small server for the pages, a small repository for the tags.

  freshness_test.py      says nothing when all holds; needs git, and no network but the loopback
"""
import contextlib
import http.server
import io
import pathlib
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import freshness  # noqa: E402

PAGES = {"/guide/": '<h2 id="step-1">One</h2><h2 id=step-2>Two</h2>', "/notes": "Release notes"}


class Pages(http.server.BaseHTTPRequestHandler):
    """Serves PAGES; anything else is gone."""

    def do_GET(self):
        text = PAGES.get(self.path)
        self.send_response(404 if text is None else 200)
        self.end_headers()
        self.wfile.write((text or "").encode())

    def log_message(self, *_):
        pass


def rules(root, address):
    """A book of two rungs, whose links are partly right."""
    folder = root / "rules" / "acme"
    folder.mkdir(parents=True)
    (folder / "product.yaml").write_text("title: Acme\n")
    (folder / "1.0.yaml").write_text(
        f"verified: {{ date: 2026-01-01, tag: v-1.0.1 }}\n"
        f"release_notes:\n  - https://github.com/acme/acme/releases/tag/v-1.0.1\n"
        f"versions:\n  - {{ version: 1.0.0, date: 2025-01-01 }}\n  - {{ version: '1.0.1', date: 2025-02-01 }}\n"
        f"guides:\n  - {address}/guide/#step-1\n  - '{address}/guide/#step-2'.\n  - {address}/guide/#step-9\n"
        f"sources: [{address}/notes, {address}/gone]\n"
    )
    return root / "rules"


def repository(root, names):
    """A repository with these tags."""
    def git(*arguments):
        user = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", "-C", root, *user, *arguments], check=True, capture_output=True)
    root.mkdir()
    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message", "one")
    for name in names:
        git("tag", name)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        folder = rules(root, address)
        # The book's links are https; the small server is not.
        freshness.LINK = freshness.re.compile(r"https?://[^\s\"'`<>)\]},]+")
        links = freshness.links(folder)
        assert links[f"{address}/notes"].endswith("1.0.yaml:11"), links
        pages = {link: place for link, place in links.items() if link.startswith(address)}
        dead = sorted(freshness.dead(pages))
        assert len(dead) == 2, dead
        assert "404" in dead[0] and "/gone" in dead[0], dead
        assert "/guide/#step-9" in dead[1] and "no such anchor" in dead[1], dead

        (root / "acme").mkdir()
        repository(root / "acme" / "acme", ["v-1.0.0", "v-1.0.1", "v-1.1.0", "v-1.2.0-preview.1", "other-9.0.0"])
        freshness.HOST = str(root)
        assert sorted(freshness.tags("acme/acme"))[0] == "other-9.0.0"
        missing = list(freshness.missing(folder))
        assert missing == ["- acme/acme has released `v-1.1.0`; rules/acme/ does not list 1.1.0"], missing
        assert freshness.tags("acme/nowhere") == []

        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            status = freshness.main([str(folder)])
        assert status == 1 and "### Links" in said.getvalue() and "### Releases" in said.getvalue(), said.getvalue()
    server.shutdown()


if __name__ == "__main__":
    main()
