#!/usr/bin/env python3
"""The steps of a release that are no tool's. Standard library only; held by release_test.py.

  release.py check VERSION                 Cargo.toml, Cargo.lock and the changelog speak of this version
  release.py notes VERSION                 prints the changelog's section of this version
  release.py pin NAME@sha256:DIGEST        makes action.yml run this image instead of building the Dockerfile
  release.py pack BINARY TARGET VERSION    packs a binary with the licences into dist/, the same bytes each time
  release.py sums                          writes dist/SHA256SUMS over all that is in dist/
"""
import gzip, hashlib, io, pathlib, re, sys, tarfile, zipfile

ROOT = pathlib.Path.cwd()
BESIDE = ("LICENSE-APACHE", "LICENSE-MIT", "README.md")


def fail(words):
    raise SystemExit(f"release: {words}")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def notes(version):
    section = re.search(rf"^## \[?{re.escape(version)}\]?[^\n]*\n(.*?)(?=^## |\Z)", read("CHANGELOG.md"), re.M | re.S)
    if not section or not section[1].strip():
        fail(f"CHANGELOG.md has no section `## {version}`")
    return section[1].strip()


def check(version):
    if not re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?", version):
        fail(f"`{version}` is no version")
    for name in ("Cargo.toml", "Cargo.lock"):
        said = re.search(r'^name = "identityserver-upgrade"\nversion = "([^"]+)"', read(name), re.M)
        if not said or said[1] != version:
            fail(f"{name} speaks of {said[1] if said else 'no version'}, the tag of {version}")
    notes(version)


def pin(image):
    if not re.fullmatch(r"[a-z0-9.-]+(/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}", image):
        fail(f"`{image}` is no image with its digest")
    text, count = re.subn(r"^  image: Dockerfile$", f"  image: docker://{image}", read("action.yml"), flags=re.M)
    if count != 1:
        fail("action.yml does not build the Dockerfile")
    (ROOT / "action.yml").write_text(text, encoding="utf-8")


def pack(binary, target, version):
    binary = pathlib.Path(binary)
    folder = f"identityserver-upgrade-{version}-{target}"
    files = [(f"{folder}/{binary.name}", binary.read_bytes(), 0o755)]
    files += [(f"{folder}/{name}", (ROOT / name).read_bytes(), 0o644) for name in BESIDE]
    (ROOT / "dist").mkdir(exist_ok=True)
    if "windows" in target:
        path = ROOT / "dist" / f"{folder}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data, mode in files:
                entry = zipfile.ZipInfo(name)
                entry.external_attr, entry.compress_type = mode << 16, zipfile.ZIP_DEFLATED
                archive.writestr(entry, data)
    else:
        path = ROOT / "dist" / f"{folder}.tar.gz"
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for name, data, mode in files:
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(data), mode
                archive.addfile(entry, io.BytesIO(data))
        path.write_bytes(gzip.compress(packed.getvalue(), mtime=0))
    print(path.relative_to(ROOT))


def sums():
    dist = ROOT / "dist"
    paths = sorted(path for path in dist.iterdir() if path.name != "SHA256SUMS")
    if not paths:
        fail("there is nothing in dist/")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in paths]
    (dist / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


STEPS = {"check": check, "notes": lambda version: print(notes(version)), "pin": pin, "pack": pack, "sums": sums}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in STEPS:
        raise SystemExit(__doc__)
    STEPS[sys.argv[1]](*sys.argv[2:])
