#!/usr/bin/env python3
"""Looks into an image in OCI layout: image.py LAYOUT VERSION REVISION [BINARY]. Standard library only.

Holds that there are the binary and the roots of trust and nothing else (no shell, no libraries), that it starts as the action, its labels,
and that it is at most 10 MB compressed. With BINARY, the binary is written there.
"""
import gzip, io, json, os, sys, tarfile

LARGEST = 10_000_000  # bytes, all layers, compressed
FILES = {"identityserver-upgrade", "etc/ssl/certs/ca-certificates.crt"}
LABELS = {"title", "description", "source", "documentation", "licenses", "version", "revision"}


def main(layout, version, revision, taken=None):
    def blob(digest):
        with open(os.path.join(layout, "blobs", *digest.split(":")), "rb") as file:
            return file.read()

    with open(os.path.join(layout, "index.json"), encoding="utf-8") as file:
        digest = json.load(file)["manifests"][0]["digest"]
    manifest = json.loads(blob(digest))
    config = json.loads(blob(manifest["config"]["digest"]))["config"]
    faults, files, size = [], {}, 0
    for layer in manifest["layers"]:
        packed = blob(layer["digest"])
        size += len(packed)
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed)) as tar:
            for entry in tar:
                if not entry.isdir():
                    files[entry.name.lstrip("./")] = tar.extractfile(entry).read() if entry.isfile() else b""
    if set(files) != FILES:
        faults.append(f"files are {sorted(files)}")
    binary = files.get("identityserver-upgrade", b"")
    if binary[:4] != b"\x7fELF" or b"/lib64/ld-linux" in binary[:4096] or b"/lib/ld-" in binary[:4096]:
        faults.append("the binary is not a static one")
    if b"BEGIN CERTIFICATE" not in files.get("etc/ssl/certs/ca-certificates.crt", b""):
        faults.append("there are no roots of trust")
    if config.get("Entrypoint") != ["/identityserver-upgrade", "action"] or config.get("Cmd"):
        faults.append(f"it starts with {config.get('Entrypoint')} {config.get('Cmd')}")
    if config.get("User") or config.get("WorkingDir") not in (None, "", "/"):
        faults.append("a runner wants neither a user nor a folder")
    labels = {name.rsplit(".", 1)[1]: text for name, text in (config.get("Labels") or {}).items() if name.startswith("org.opencontainers.image.")}
    faults.extend(f"label {name} is missing" for name in sorted(LABELS) if not labels.get(name))
    if (labels.get("version"), labels.get("revision")) != (version, revision):
        faults.append(f"labels say {labels.get('version')} at {labels.get('revision')}")
    if size > LARGEST:
        faults.append("it is too large")
    if taken:
        with open(taken, "wb") as file:
            file.write(binary)
        os.chmod(taken, 0o755)
    print(f"{digest}\n{size / 1e6:.2f} MB compressed; the binary has {len(binary) / 1e6:.2f} MB")
    for fault in faults:
        print(f"image: {fault}", file=sys.stderr)
    return 1 if faults else 0


sys.exit(main(*sys.argv[1:]))
