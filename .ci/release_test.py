#!/usr/bin/env python3
"""Holds release.py, in a copy of what it touches: python3 .ci/release_test.py"""
import hashlib, os, pathlib, re, shutil, subprocess, sys, tarfile, tempfile, unittest, zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
IMAGE = "ghcr.io/identityserver-upgrade/identityserver-upgrade@sha256:" + "0123456789abcdef" * 4


class Release(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        for name in ("action.yml", "Cargo.toml", "Cargo.lock", "CHANGELOG.md", "README.md", "LICENSE-MIT", "LICENSE-APACHE"):
            shutil.copy(ROOT / name, self.root)
        self.version = re.search(r'^version = "(.*)"', self.read("Cargo.toml"), re.M)[1]

    def tearDown(self):
        self.folder.cleanup()

    def read(self, name):
        return (self.root / name).read_text(encoding="utf-8")

    def run_step(self, *words):
        ran = subprocess.run([sys.executable, HERE / "release.py", *words], cwd=self.root, capture_output=True, text=True, check=False)
        return ran.returncode, ran.stdout + ran.stderr

    def test_a_version_is_released_when_all_speak_of_it(self):
        changelog = f"# Changelog\n\n## Unreleased\n\n## {self.version} - 2026-11-26\n\n### Added\n\n- A thing.\n\n## 0.0.1\n\n- Old.\n"
        (self.root / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
        self.assertEqual(self.run_step("check", self.version), (0, ""))
        self.assertEqual(self.run_step("notes", self.version), (0, "### Added\n\n- A thing.\n"))
        for wrong, words in (("9.9.9", "Cargo.toml speaks of"), ("v1", "is no version")):
            code, said = self.run_step("check", wrong)
            self.assertEqual(code, 1)
            self.assertIn(words, said)

    def test_a_version_without_notes_is_not_released(self):
        (self.root / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n- Not yet.\n", encoding="utf-8")
        code, said = self.run_step("check", self.version)
        self.assertEqual(code, 1)
        self.assertIn("CHANGELOG.md has no section", said)

    def test_the_pin_changes_one_line(self):
        before = self.read("action.yml").splitlines()
        self.assertEqual(self.run_step("pin", IMAGE), (0, ""))
        changed = [pair for pair in zip(before, self.read("action.yml").splitlines(), strict=True) if pair[0] != pair[1]]
        self.assertEqual(changed, [("  image: Dockerfile", f"  image: docker://{IMAGE}")])
        self.assertEqual(self.run_step("pin", IMAGE)[0], 1, "twice is a mistake")

    def test_a_pin_needs_a_digest(self):
        for image in ("ghcr.io/a/b:1", "ghcr.io/a/b@sha256:12", "ghcr.io/a/b\n@sha256:" + "0" * 64):
            self.assertEqual(self.run_step("pin", image)[0], 1, image)

    def test_packages_are_whole_and_the_same_each_time(self):
        binary = self.root / "identityserver-upgrade"
        binary.write_bytes(b"\x7fELF and more")
        name = f"identityserver-upgrade-{self.version}-x86_64-unknown-linux-gnu"
        self.assertEqual(self.run_step("pack", str(binary), "x86_64-unknown-linux-gnu", self.version)[0], 0)
        first = (self.root / "dist" / f"{name}.tar.gz").read_bytes()
        os.utime(binary, (1, 1))
        self.run_step("pack", str(binary), "x86_64-unknown-linux-gnu", self.version)
        self.assertEqual((self.root / "dist" / f"{name}.tar.gz").read_bytes(), first)
        with tarfile.open(self.root / "dist" / f"{name}.tar.gz") as archive:
            self.assertEqual(archive.getmember(f"{name}/identityserver-upgrade").mode, 0o755)
            self.assertEqual(len(archive.getnames()), 4)
        exe = self.root / "identityserver-upgrade.exe"
        exe.write_bytes(b"MZ")
        self.run_step("pack", str(exe), "x86_64-pc-windows-msvc", self.version)
        with zipfile.ZipFile(self.root / "dist" / f"identityserver-upgrade-{self.version}-x86_64-pc-windows-msvc.zip") as archive:
            self.assertEqual(len(archive.namelist()), 4)
        self.assertEqual(self.run_step("sums"), (0, ""))
        lines = self.read("dist/SHA256SUMS").splitlines()
        self.assertEqual(len(lines), 2)
        self.assertIn(f"{hashlib.sha256(first).hexdigest()}  {name}.tar.gz", lines)


unittest.main()
