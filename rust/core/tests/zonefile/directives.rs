use crate::*;

#[test]
fn unknown_and_incomplete_ones() {
    assert_problem("$ORIGN x.", "2:1: `$ORIGN` is no directive", "$ORIGIN");
    assert_problem("$ORIGIN", "2:8: the name is missing", "$ORIGIN example.com.");
    assert_problem("$ORIGIN a..b.", "2:9: `a..b.` is no name", "one dot");
    assert_problem("$ORIGIN a. b", "2:12: `b` is more than the directive takes", "");
    assert_problem("$TTL x", "2:6: `x` is no TTL", "3600");
    assert_problem("$TTL", "2:5: the time is missing", "$TTL 3600");
    assert_problem("a A 192.0.2.1\n  $TTL 5", "3:3: `$TTL` is no record type", "first column");
    assert_eq!(records("\\$ORIGIN A 192.0.2.1"), ["\\$origin.example.com. 60 A 192.0.2.1"]);
}

/// A directory of its own below the build's, with these files.
fn folder(test: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder to write to");
        std::fs::write(path, text).expect("a file to write to");
    }
    folder
}

fn read_folder(folder: &Path) -> (Lines, Read) {
    let mut lines = Lines::default();
    let read = read(&folder.join("example.com.zone"), None, &mut lines).expect("a file to read");
    (lines, read)
}

#[test]
fn include_keeps_origin_and_owner() {
    let folder = folder(
        "include",
        &[
            (
                "example.com.zone",
                "$TTL 5\na A 192.0.2.1\n$INCLUDE sub/one.inc\n TXT a\n$INCLUDE \"sub/two.inc\" two\nb TXT b\n",
            ),
            ("sub/one.inc", " TXT still-a\n$ORIGIN other.\nx A 192.0.2.2\n$INCLUDE three.inc"),
            ("sub/two.inc", "y A 192.0.2.3\n"),
            ("sub/three.inc", "z A 192.0.2.4\n"),
        ],
    );
    let (lines, read) = read_folder(&folder);
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    assert_eq!(
        lines.records,
        [
            "a.example.com. 5 A 192.0.2.1",
            "a.example.com. 5 TXT \"still-a\"",
            "x.other. 5 A 192.0.2.2",
            "z.other. 5 A 192.0.2.4",
            "a.example.com. 5 TXT \"a\"",
            "y.two.example.com. 5 A 192.0.2.3",
            "b.example.com. 5 TXT \"b\"",
        ]
    );
    let names: Vec<_> = read.files.iter().filter_map(|file| file.file_name()?.to_str()).collect();
    assert_eq!(names, ["example.com.zone", "one.inc", "three.inc", "two.inc"]);
}

#[test]
fn include_faults() {
    let folder = folder(
        "include-faults",
        &[
            (
                "example.com.zone",
                "$TTL 5\n$INCLUDE loop.inc\n$INCLUDE absent.inc\n$INCLUDE .\n$INCLUDE\na A 192.0.2.1\n",
            ),
            ("loop.inc", "; the second file\n$INCLUDE example.com.zone\nb A x\n"),
        ],
    );
    let (lines, read) = read_folder(&folder);
    let found: Vec<_> = read.problems.iter().map(|p| (p.at.file, p.at.line, p.at.column)).collect();
    assert_eq!(found, [(1, 2, 10), (1, 3, 5), (0, 3, 10), (0, 4, 10), (0, 5, 9)]);
    assert!(read.problems[0].what.contains("includes itself") && read.problems[2].what.contains("No such file"));
    assert_eq!(lines.records, ["a.example.com. 5 A 192.0.2.1"]);
}

#[test]
fn include_depth() {
    let chain: Vec<(String, String)> =
        (0..18).map(|i| (format!("{i}.inc"), format!("n{i} A 192.0.2.1\n$INCLUDE {}.inc\n", i + 1))).collect();
    let mut files: Vec<(&str, &str)> = chain.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("example.com.zone", "$TTL 5\n$INCLUDE 0.inc\n"));
    let (lines, read) = read_folder(&folder("include-depth", &files));
    assert_eq!(lines.records.len(), 16);
    assert_eq!(read.problems.len(), 1);
    assert!(read.problems[0].what.contains("more than 16 files deep"), "{}", read.problems[0].what);
}

#[test]
fn only_the_file_itself_fails_as_a_whole() {
    assert!(read(Path::new("/nonexistent/x.zone"), None, &mut Count(0)).is_err());
}

#[test]
fn a_text_that_was_sent_includes_nothing() {
    let mut lines = Lines::default();
    let read = read_text(b"$TTL 60\n$INCLUDE /etc/passwd\na A 192.0.2.1\n", Some(&name("example.com")), &mut lines);
    let found: Vec<(u32, &str)> = read.problems.iter().map(|p| (p.at.line, p.what.as_str())).collect();
    assert_eq!(found, [(2, "no file is included here")]);
    assert_eq!(lines.records, ["a.example.com. 60 A 192.0.2.1"]);
}
