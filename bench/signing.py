"""The zones that are signed, for whoever asks with DO: made and signed once, because that takes minutes of CPU.

200,000 names: 100,000 hosts (A), 100,000 aliases (CNAME to a random host); SOA, NS and its address
  -> nsec.zone     signed by ldns-signzone with one ECDSA P-256 key, NSEC
  -> nsec3.zone    the same names and another key, NSEC3 without iterations or salt (RFC 9276 3.1)
  -> *.queries, *.sample, *.good      as zones.py writes them; ``good`` are the queries whose names exist
"""

import hashlib
import random
import shutil
import subprocess
from pathlib import Path

from settings import Settings
from zones import SAMPLE, Files, Label, address, mixed, text_of

HOSTS = 100_000
ALIASES = 100_000
ORIGIN = "signed.example."
DENIALS = {"nsec": [], "nsec3": ["-n", "-t", "0"]}
EXPIRES = "20371231"  # far enough for any run of a zone that was signed once


def folder_for(settings: Settings) -> Path:
    """A folder named after this very source, as that of zones.py is."""
    stem = f"signed-{settings.names}"
    folder = settings.work / f"{stem}-{hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]}"
    for older in set(settings.work.glob(f"{stem}-*")) - {folder}:
        shutil.rmtree(older)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def signed_zone(settings: Settings, denial: str) -> Files:
    """The zone that denies with *denial*, its mix of queries (70 % alias, 20 % host, 10 % absent) and the sample.

    Raises: RuntimeError when ldns-signzone is missing or fails.
    """
    folder = folder_for(settings)
    files = Files(ORIGIN, folder / f"{denial}.zone", (f"zz-last.{ORIGIN}", "192.0.2.99"))
    if not files.zone.exists():
        settings.say(f"signing 200,000 names ({denial}), once")
        sign(write(folder, denial, settings.label), files.zone, DENIALS[denial])
    return files


def write(folder: Path, denial: str, label: Label) -> Path:
    """The zone before it is signed, and what will be asked of it."""
    rng = random.Random(4)
    targets = [rng.randrange(HOSTS) for _ in range(ALIASES)]
    mix = list(mixed(rng, ORIGIN, targets, HOSTS, label))
    asked = [f"{line.split(' ')[0]} A\n" for line in mix]
    (folder / f"{denial}.queries").write_text("".join(asked))
    (folder / f"{denial}.good").write_text(
        "".join(q for q, line in zip(asked, mix, strict=True) if " NOERROR " in line)
    )
    (folder / f"{denial}.sample").write_text("".join(f"{line}\n" for line in mix[:SAMPLE]))
    lines = [f"{label('h', i)}\t3600\tIN\tA\t{address(i)}" for i in range(HOSTS)]
    lines += [f"{label('a', i)}\t3600\tIN\tCNAME\t{label('h', t)}" for i, t in enumerate(targets)]
    source = folder / f"{denial}.unsigned"
    source.write_text(text_of(ORIGIN, [*lines, "zz-last\t3600\tIN\tA\t192.0.2.99"]))
    return source


def sign(source: Path, signed: Path, denial: list[str]) -> None:
    """Sign with a new key, in one move so that no half file is ever taken for whole."""
    made = run(["ldns-keygen", "-r", "/dev/urandom", "-k", "-a", "ECDSAP256SHA256", ORIGIN], source.parent)
    draft = signed.with_suffix(".draft")
    options = [*denial, "-e", EXPIRES, "-o", ORIGIN, "-f", str(draft)]
    run(["ldns-signzone", *options, str(source), made.strip()], source.parent)
    source.unlink()
    draft.replace(signed)


def run(command: list[str], folder: Path) -> str:
    """Its stdout. Raises: RuntimeError with what it said."""
    if not shutil.which(command[0]):
        raise RuntimeError(f"{command[0]} is not installed (apt-get install ldnsutils)")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")
    return done.stdout


def queries(settings: Settings, denial: str) -> Path:
    return folder_for(settings) / f"{denial}.queries"


def good_names(settings: Settings, denial: str) -> Path:
    return folder_for(settings) / f"{denial}.good"
