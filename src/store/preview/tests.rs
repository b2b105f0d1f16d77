use std::io::Write;

use camino::Utf8PathBuf;
use proptest::prelude::*;

use super::super::testing::{Column, parquet, temp};
use super::*;
use crate::domain::{ColumnType, PreviewTable};

fn seen(name: &str, bytes: &[u8]) -> Preview {
    let (_dir, root) = temp();
    fs_err::write(root.join(name), bytes).unwrap();
    looked(root.join(name))
}

fn looked(path: Utf8PathBuf) -> Preview {
    preview(File::open(&path).unwrap(), path.file_name().unwrap(), 40).unwrap()
}

fn table(preview: Preview) -> PreviewTable {
    match preview.content {
        Content::Table(table) => table,
        other => panic!("{other:?}"),
    }
}

fn lines(preview: &Preview) -> &[String] {
    match &preview.content {
        Content::Text(lines) | Content::Laid { lines, .. } => lines,
        other => panic!("{other:?}"),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    zip.write_all(bytes).unwrap();
    zip.finish().unwrap()
}

/// Names, types and rows.
fn shape(table: &PreviewTable) -> (Vec<String>, Vec<Vec<Option<&str>>>) {
    let columns = table.columns.iter().map(|column| format!("{} {}", column.name, column.kind_text()));
    let rows = table.rows.iter().map(|row| row.iter().map(Option::as_deref).collect());
    (columns.collect(), rows.collect())
}

#[test]
fn the_same_rows_are_seen_in_every_format() {
    let named = ["carrier STRING", "n INT64"].map(str::to_owned);
    let rows = vec![vec![Some("UA"), Some("1")], vec![None, Some("2")]];
    let texts: [(&str, &str); 6] = [
        ("a.csv", "carrier,n\nUA,1\n,2\n"),
        ("a.csv", "carrier;n\r\nUA;1\r\n;2\r\n"),
        ("a.tsv", "carrier\tn\nUA\t1\n\t2"),
        ("a.json", r#" [{"carrier": "UA", "n": 1}, {"carrier": null, "n": 2}] "#),
        ("a.jsonl", "{\"carrier\": \"UA\", \"n\": 1}\n{\"carrier\": null, \"n\": 2}\n"),
        ("rows", "[{\"carrier\": \"UA\", \"n\": 1}, {\"carrier\": null, \"n\": 2}]"),
    ];
    for (name, text) in texts {
        for (name, bytes) in
            [(name.to_owned(), text.as_bytes().to_vec()), (format!("{name}.gz"), gzip(text.as_bytes()))]
        {
            let preview = seen(&name, &bytes);
            assert_eq!(preview.format.ends_with(", gzip"), name.ends_with(".gz"), "{name}");
            assert!(preview.notes.is_empty(), "{name}: {:?}", preview.notes);
            let table = table(preview);
            assert_eq!(shape(&table), (named.to_vec(), rows.clone()), "{name}");
            assert_eq!((table.total, table.sampled, table.summary[0].nulls), (Some(2), 2, 1), "{name}");
        }
    }
    let (_dir, root) = temp();
    let columns = "optional binary carrier (STRING); required int64 n;";
    parquet(root.join("a.parquet"), columns, &[Column::Text(&[Some("UA"), None]), Column::Int(&[1, 2])]);
    let table = table(looked(root.join("a.parquet")));
    assert_eq!(shape(&table), (named.to_vec(), rows));
    assert_eq!(table.total, Some(2));
}

#[test]
fn of_types_that_only_parquet_has_a_uuid_is_written_as_one_and_an_interval_left_out() {
    let (_dir, root) = temp();
    let columns =
        "required fixed_len_byte_array(16) id (UUID); required fixed_len_byte_array(12) every (INTERVAL);";
    parquet(root.join("a.parquet"), columns, &[Column::Wide(&[0x3f2a]), Column::Fixed(&[&[0; 12]])]);
    let preview = looked(root.join("a.parquet"));
    assert_eq!(preview.notes, ["`every` holds an INTERVAL, and is not shown"]);
    let table = table(preview);
    let rows = vec![vec![Some("00000000-0000-0000-0000-000000003f2a")]];
    assert_eq!(shape(&table), (vec!["id BYTES".to_owned()], rows));
}

#[test]
fn of_a_large_table_only_the_beginning_is_read() {
    let mut text = "n,text\n".to_owned();
    (0..200_000).for_each(|n| text += &format!("{n},\"some, text\"\n"));
    let table = table(seen("a.csv", text.as_bytes()));
    assert_eq!((table.total, table.sampled, table.rows.len()), (None, 10_000, 1_000));
    assert_eq!((table.summary[0].max.as_deref(), table.summary[0].distinct), (Some("9999"), 10_000));
}

#[test]
fn a_row_that_is_cut_off_is_not_shown() {
    let long = "x".repeat(300_000);
    let csv: String =
        std::iter::once("n,text\n".to_owned()).chain((0..9).map(|n| format!("{n},{long}\n"))).collect();
    let whole = 6;
    let table = table(seen("a.csv", csv.as_bytes()));
    assert_eq!((table.rows.len(), table.total), (whole, None));
    assert_eq!(
        table.rows[0][1].as_deref().map(|text| text.chars().count()),
        Some(1_001),
        "a value ends, too"
    );
    let jsonl: String = (0..9).map(|n| format!("{{\"n\": {n}, \"text\": \"{long}\"}}\n")).collect();
    let preview = seen("a.jsonl", jsonl.as_bytes());
    assert!(preview.notes.is_empty(), "{:?}", preview.notes);
    assert_eq!(self::table(preview).rows.len(), whole);
}

#[test]
fn what_is_wrong_in_a_table_is_told_beside_it() {
    let preview = seen("a.csv", b"a,b\n1,2\n3\n4,5,6\n");
    assert_eq!(preview.notes, ["row 2 has 1 field, where 2 columns are named"]);
    assert_eq!(seen("one.csv", b"a\n1\n2,3\n").notes, ["row 2 has 2 fields, where 1 column is named"]);
    let wrong = table(preview);
    assert_eq!(shape(&wrong).1, [[Some("1"), Some("2")], [Some("3"), None], [Some("4"), Some("5")]]);
    let preview = seen("a.jsonl", b"{\"a\": 1}\n{\"a\": oh}\n");
    assert!(preview.notes[0].starts_with("row 2: it is not readable as JSON"), "{:?}", preview.notes);
    assert_eq!(table(preview).rows.len(), 1);
}

#[test]
fn columns_of_json_come_as_they_are_met() {
    let table =
        table(seen("a.jsonl", b"{\"a\": 1}\n{\"b\": [1], \"a\": 2.5}\n{\"c\": \"7\", \"d\": true}\n"));
    assert_eq!(
        shape(&table),
        (
            ["a FLOAT64", "b JSON", "c STRING", "d BOOL"].map(str::to_owned).to_vec(),
            vec![
                vec![Some("1"), None, None, None],
                vec![Some("2.5"), Some("[1]"), None, None],
                vec![None, None, Some("7"), Some("true")],
            ]
        )
    );
}

#[test]
fn a_document_is_no_table() {
    assert_eq!(
        lines(&seen("a.json", b"[{\"a\": {\"b\": 1}}]")),
        ["[", "  {", "    \"a\": {", "      \"b\": 1", "    }", "  }", "]"]
    );
    let folds = seen("a.jsonl", b"{\"a\": {\"b\": 1}}\n{\"a\": [2]}\n");
    assert_eq!(lines(&folds)[..3], ["{", "  \"a\": {", "    \"b\": 1"]);
    assert_eq!(table(seen("a.json", b"[{\"a\": {\"b\": 1}, \"n\": 1}, {\"n\": 2}]")).rows.len(), 2);
    assert_eq!(
        lines(&seen("a.json", b"{\"a\": {\"b\": 1}}")),
        ["{", "  \"a\": {", "    \"b\": 1", "  }", "}"]
    );
    assert_eq!(lines(&seen("a.json", b"[1, 2]")), ["[1, 2]"]);
    let broken = seen("a.json", b"{\"a\": ");
    assert_eq!((lines(&broken), broken.notes.len()), (["{\"a\": ".to_owned()].as_slice(), 1));
}

#[test]
fn what_is_not_what_its_name_says_is_shown_as_what_it_is() {
    let preview = seen("a.parquet", b"PAR1 no");
    assert_eq!((preview.format.as_str(), lines(&preview)), ("text", ["PAR1 no".to_owned()].as_slice()));
    assert!(preview.notes[0].contains("not readable as Parquet"), "{:?}", preview.notes);
    assert_eq!(seen("a.csv", b"\x00\x01\x02").content, Content::Bytes(vec![0, 1, 2]));
    let broken = seen("a.png", b"\x89PNG\r\n\x1a\n\x00\x00");
    assert!(matches!(broken.content, Content::Bytes(_)) && broken.notes[0].contains("picture"), "{broken:?}");
    for (name, bytes) in
        [("a.png", b"no picture\n".as_slice()), ("a", b"GIF89a and no more"), ("A.JPG", b"x")]
    {
        let broken = seen(name, bytes);
        assert_eq!((broken.format.as_str(), &broken.content), ("binary", &Content::Bytes(bytes.to_vec())));
        assert!(broken.notes[0].contains("it cannot be shown as a picture"), "{broken:?}");
    }
    assert_eq!(seen("a.csv", b"").content, Content::Empty);
    // Not UTF-8, and text all the same.
    assert_eq!(
        lines(&seen("a.txt", b"caf\xe9 au lait, et encore du texte\r\nb")),
        ["caf\u{fffd} au lait, et encore du texte", "b"]
    );
}

#[test]
fn what_is_packed_and_broken_is_shown_as_far_as_it_goes() {
    let text: String = (0..20_000).map(|n| format!("line {n}\n")).collect();
    let whole = gzip(text.as_bytes());
    let preview = seen("a.txt.gz", &whole[..whole.len() / 2]);
    assert!(
        lines(&preview).len() > 100 && preview.notes.iter().any(|note| note.contains("damaged")),
        "{preview:?}"
    );
    assert!(matches!(seen("a.gz", b"\x1f\x8b no").content, Content::Bytes(_)));
    // A gigabyte of one letter packs into a megabyte.
    let bomb = gzip(&vec![b'x'; 64 << 20]);
    assert_eq!(lines(&seen("a.txt.gz", &bomb)).len(), 1);
}

#[test]
fn a_page_is_laid_out_for_the_screen() {
    let page = "<html><head><style>p {color: red}</style><script>alert(1)</script></head>\
                <body><h1>Delays</h1><p>Some words that go on for longer than a line</p></body></html>";
    for (name, text) in [("a.html", page.to_owned()), ("page", format!("<!DOCTYPE html>{page}"))] {
        let preview = seen(name, text.as_bytes());
        assert!(matches!(preview.content, Content::Laid { columns: 40, .. }));
        let shown = lines(&preview).join("\n");
        assert!(shown.contains("Delays") && !shown.contains("alert") && !shown.contains("red"), "{shown}");
        assert!(lines(&preview).iter().all(|line| line.chars().count() <= 40), "{shown}");
    }
    let deep =
        format!("{}deep{}", "<div><table><tr><td>".repeat(5_000), "</td></tr></table></div>".repeat(5_000));
    assert!(!lines(&seen("a.html", deep.as_bytes())).is_empty());
}

#[test]
fn a_picture_becomes_points() {
    let mut picture = ::image::RgbaImage::from_pixel(500, 250, ::image::Rgba([255, 0, 0, 255]));
    picture.put_pixel(499, 249, ::image::Rgba([0, 0, 0, 0]));
    for format in [::image::ImageFormat::Png, ::image::ImageFormat::Gif, ::image::ImageFormat::WebP] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        // Whatever it is called.
        let Content::Image(points) = seen("a.txt", bytes.get_ref()).content else { panic!("{format:?}") };
        assert_eq!((points.of, points.width, points.height), ((500, 250), 400, 200));
        assert_eq!(points.at(0, 0), Some([255, 0, 0]), "{format:?}");
    }
}

#[test]
fn a_picture_that_unpacks_to_more_than_memory_is_not_drawn() {
    let mut bytes = std::io::Cursor::new(Vec::new());
    ::image::RgbaImage::new(1, 1).write_to(&mut bytes, ::image::ImageFormat::Gif).unwrap();
    let mut bytes = bytes.into_inner();
    // Its width and height.
    bytes[6..10].copy_from_slice(&[0x20, 0x4e, 0x20, 0x4e]);
    let preview = seen("a.gif", &bytes);
    assert!(preview.notes[0].contains("20000 × 20000 points are too many"), "{:?}", preview.notes);
}

#[test]
fn types_are_told_of_texts_that_fit_them() {
    let table = table(seen("a.csv", b"day,at,ok\n2013-01-01,2013-01-01 05:00:00,true\n"));
    let kinds: Vec<_> = table.columns.iter().map(|column| column.kind).collect();
    assert_eq!(kinds, [ColumnType::Date, ColumnType::Datetime, ColumnType::Bool].map(Some));
}

/// Files of every format that is read, to be spoilt.
fn good() -> Vec<Vec<u8>> {
    let (_dir, root) = temp();
    let columns = "optional binary carrier (STRING); required int64 n;";
    parquet(root.join("a.parquet"), columns, &[Column::Text(&[Some("UA"), None]), Column::Int(&[1, 2])]);
    let picture = |format| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        ::image::RgbaImage::from_pixel(9, 7, ::image::Rgba([1, 2, 3, 4]))
            .write_to(&mut bytes, format)
            .unwrap();
        bytes.into_inner()
    };
    let mut all = [::image::ImageFormat::Png, ::image::ImageFormat::Gif, ::image::ImageFormat::WebP]
        .map(picture)
        .to_vec();
    all.push(fs_err::read(root.join("a.parquet")).unwrap());
    all.push(gzip(b"a,b\n1,2\n"));
    all.push(b"[{\"a\": [1, {\"b\": null}]}, {\"a\": \"x\"}]".to_vec());
    all.push(b"<!doctype html><table><tr><td>a<td>b</table>".to_vec());
    all.push(b"a,b\n\"1\",2\n".to_vec());
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever is in a file that anybody may have left, a look into it ends, and never in a panic.
    #[test]
    fn a_spoilt_file_is_looked_into(
        at in 0usize..8,
        spoilt in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        name in prop::sample::select(vec!["a", "a.csv", "a.json", "a.html", "a.parquet", "a.gz", "a.txt"]),
    ) {
        let mut bytes = good().swap_remove(at);
        for (at, byte) in spoilt {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() * 4) + 1);
        let preview = seen(name, &bytes);
        prop_assert_eq!(preview.bytes, bytes.len() as u64);
    }
}

#[test]
fn a_quote_that_is_closed_nowhere_is_told_with_its_line() {
    let small = seen("a.csv", b"id,name\n1,a\n2,\"b\n3,c\n");
    assert!(small.notes[0].starts_with("line 3 opens a quote that is closed nowhere"), "{:?}", small.notes);
    assert_eq!(table(small).rows.len(), 2);
    let large = seen("a.csv", format!("id,name\n1,\"a\n{}", "2,b\n".repeat(1 << 20)).as_bytes());
    assert!(large.notes[0].starts_with("line 2 opens a quote"), "{:?}", large.notes);
    assert_eq!(lines(&large)[1], "1,\"a", "it is shown as the text that it is");
    let good = seen("a.csv", b"id,name\n1,\"a\n\"\"b\"\"\"\n");
    assert!(good.notes.is_empty(), "{:?}", good.notes);
}
