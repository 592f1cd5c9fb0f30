"""`!include` of octoDNS, inside the folder of the zone and nowhere else."""

from pathlib import Path

import pytest

from truename.imports import Taken, files

WWW = "type: A\nvalues: [192.0.2.1, 192.0.2.2]\n"


def read(folder: Path, zone: str, **parts: str) -> Taken:
    (folder / "parts").mkdir()
    (folder / "example.com.yaml").write_text(zone)
    for name, text in parts.items():
        (folder / "parts" / f"{name}.yaml").write_text(text)
    (taken,) = files.read(files.gather([str(folder / "example.com.yaml")])).taken
    return taken


def lines(taken: Taken) -> list[str]:
    assert taken.problems == ()
    return taken.text.decode().splitlines()


def test_a_value_in_another_file(tmp_path):
    taken = read(tmp_path, "www: !include parts/www.yaml\n", www=WWW)
    assert lines(taken) == ["www.example.com. 3600 IN A 192.0.2.1", "www.example.com. 3600 IN A 192.0.2.2"]
    assert {(Path(one.file).name, one.rrset, one.value) for one in taken.places} == {
        ("www.yaml", (1, 1), (2, 10)), ("www.yaml", (1, 1), (2, 21)),
    }  # fmt: skip


def test_several_files_in_one_place(tmp_path):
    zone = "www: !include [parts/one.yaml, parts/two.yaml]\n'': !include [parts/a.yaml, parts/b.yaml]\n"
    a, b = "- {type: A, value: 192.0.2.1}\n", "- {type: TXT, value: x}\n"
    assert len(lines(read(tmp_path, zone, one="type: A\nttl: 60\n", two="value: 192.0.2.9\n", a=a, b=b))) == 3


def test_a_file_in_a_file(tmp_path):
    taken = read(
        tmp_path,
        "www: !include parts/www.yaml\n",
        www="type: A\nvalues: !include values.yaml\n",
        values="[192.0.2.1]\n",
    )
    assert lines(taken) == ["www.example.com. 3600 IN A 192.0.2.1"]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("/etc/passwd", "outside the folder"),
        ("../outside.yaml", "outside the folder"),
        ("parts/link.yaml", "outside the folder"),
        ("parts/self.yaml", "includes itself"),
        ("example.com.yaml", "includes itself"),
        ("parts/none.yaml", "No such file"),
        ("parts", "is no file"),
        ("[]", "a file, or a list"),
        ("[parts/www.yaml, parts/list.yaml]", "neither mappings alone"),
    ],
)
def test_what_is_not_read(tmp_path, file, words):
    folder = tmp_path / "zones"
    folder.mkdir()
    (tmp_path / "outside.yaml").write_text(WWW)
    (folder / "parts").mkdir()
    (folder / "parts" / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (folder / "parts").rename(folder / "kept")
    parts = {"self": "www: !include self.yaml\n", "list": "[1]\n", "www": WWW}
    (folder / "kept" / "link.yaml").rename(folder / "link.yaml")
    (folder / "kept").rmdir()
    file = file.replace("parts/link", "link")
    taken = read(folder, f"# a comment\nwww: !include {file}\n", **parts)
    (problem,) = taken.problems
    assert words in problem.message and "192.0.2" not in taken.text.decode()
    assert problem.line == (1 if "self" in file else 2)


def test_files_in_files_without_end(tmp_path):
    parts = {f"n{number}": f"www: !include n{number + 1}.yaml\n" for number in range(40)}
    taken = read(tmp_path, "www: !include parts/n0.yaml\n", **parts, n40=WWW)
    assert "too many" in taken.problems[0].message
