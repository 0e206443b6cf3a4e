"""`kg evidence add`: a file becomes a source, or it is said why not, and nothing is half written."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from documents import make_docx, make_pdf, paragraph
from terminal import PROGRAM, environment, run_kg

from kg.build.pipeline import check_project
from kg.starter import StarterContent, init_project
from kg.system.project import Project
from kg.text.diagnostic import Severity
from kg.text.match import make_id

TEXT = "The library opens\n\nBy Ada Quill\n\n4 March 2026\n\nIt holds 40,000 books. The mayor promised more by 2028.\n"


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """A new project without the example."""
    init_project(tmp_path / "story", title="A story", base="https://story.example/", content=StarterContent.BARE)
    return tmp_path / "story"


def listing(folder: Path) -> dict[str, bytes]:
    """The files of a project, but for the lock."""
    files = (path for path in folder.rglob("*") if path.is_file() and ".kg" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_text_becomes_a_source_that_checks(story: Path, tmp_path: Path) -> None:
    (tmp_path / "Library (1).txt").write_text(TEXT, encoding="utf-8", newline="")
    before = listing(story)
    dry = run_kg("evidence", "add", "../Library (1).txt", "--dry-run", folder=story)
    assert (dry.code, listing(story)) == (0, before)
    done = run_kg("evidence", "add", "../Library (1).txt", folder=story)
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "title: The library opens   (from the first line)\n"
        "author: ada-quill   (from line 2 of the text: Ada Quill)\n"
        "published: 2026-03-04   (from line 3 of the text)\n"
        "text: 5 sentences in 4 paragraphs\n"
        "written: texts/library-1.txt\nwritten: seeds/sources/library-1.yaml\nwritten: seeds/entities/library-1.yaml\n"
    )
    source = (story / "seeds/sources/library-1.yaml").read_text(encoding="utf-8")
    assert source.startswith(
        "kg: source/1\ntitle: The library opens\nauthor: ada-quill\npublished: 2026-03-04\nfile: library-1.txt\n"
    )
    assert "  p3s2: " in source
    assert "".join(f"  {line}\n" for line in source.splitlines()) in dry.out
    entities = (story / "seeds/entities/library-1.yaml").read_text(encoding="utf-8")
    assert entities == "kg: entities/1\nentities:\n  ada-quill: {is: Person, label: Ada Quill}\n"
    assert (story / "texts/library-1.txt").read_text(encoding="utf-8") == TEXT
    checked = run_kg("check", "--texts", "texts", "--strict", folder=story)
    assert (checked.code, checked.err) == (0, "kg: 0 errors, 0 warnings, 0 notes\n")


def test_a_source_that_is_there_is_told(story: Path, tmp_path: Path) -> None:
    file = tmp_path / "library.txt"
    file.write_text(TEXT, encoding="utf-8")
    assert run_kg("evidence", "add", "../library.txt", folder=story).code == 0
    before = listing(story)
    again = run_kg("evidence", "add", "../library.txt", "--id", "other", folder=story)
    assert (again.code, again.out) == (0, "nothing is written: `library` has this text already\n")
    file.write_text(TEXT.replace("“", '"').replace("It  holds", "It holds").replace("\n\n", "\n\n\n"), encoding="utf-8")
    assert "`library` has this text already" in run_kg("evidence", "add", "../library.txt", folder=story).out
    file.write_text(TEXT.replace("2028", "2029"), encoding="utf-8")
    corrected = run_kg("evidence", "add", "../library.txt", folder=story)
    assert corrected.code == 1
    assert "the source `library` is there with another text" in corrected.out
    assert "`kg evidence rebase library` moves its keys" in corrected.out
    assert listing(story) == before
    printed = run_kg("evidence", "add", "../library.txt", "--print", folder=story)
    assert (printed.code, printed.out) == (0, file.read_text(encoding="utf-8"))
    assert listing(story) == before
    other = run_kg("evidence", "add", "../library.txt", "--id", "library-2", folder=story)
    assert other.code == 0
    assert "author: ada-quill" in other.out and "seeds/entities/library-2.yaml" not in other.out  # she is known now
    for option in (("--id", "x"), ("--lang", "en"), ("--texts", "."), ("--dry-run",)):
        done = run_kg("evidence", "add", "../library.txt", "--print", *option, folder=story)
        assert (done.code, done.out) == (2, "")
        assert done.err == f"kg: `{option[0]}` has no use beside `--print`, which makes no source\n"


def test_sentences_that_an_abbreviation_cuts_are_joined_and_told(story: Path, tmp_path: Path) -> None:
    text = "The yard\n\nDr. Li met Ada K. Brook on Jan. 5. He paid 40 euros.\n\nIt was No. 7. The yard is old.\n"
    (tmp_path / "yard.txt").write_text(text, encoding="utf-8", newline="")
    done = run_kg("evidence", "add", "../yard.txt", folder=story)
    assert done.code == 0 and "text: 5 sentences in 3 paragraphs" in done.out
    assert (
        "note: one sentence each, which the rule for sentences cuts: p1s1 (`Dr. Li`, `K. Brook`, `Jan. 5`), "
        "p2s1 (`No. 7`); take out of `joins` what are several, then `kg evidence outline yard`\n"
    ) in done.out
    source = (story / "seeds/sources/yard.yaml").read_text(encoding="utf-8")
    assert "joins:\n  p1s1: 4\n  p2s1: 2\n" in source
    checked = check_project(Project(story), story / "texts")
    assert not checked.has_errors and list(checked.articles.by_source["yard"].sentences) == [
        "p0s1",
        "p1s1",
        "p1s5",
        "p2s1",
        "p2s3",
    ]
    again = run_kg("evidence", "add", "../yard.txt", "--id", "other", folder=story)
    assert again.out == "nothing is written: `yard` has this text already\n"
    (tmp_path / "copy.txt").write_text(text.replace("The yard is", "The  yard is"), encoding="utf-8", newline="")
    copy = run_kg("evidence", "add", "../copy.txt", folder=story)
    assert copy.out == "nothing is written: `yard` has this text already\n"
    joined = source.replace("  p2s1: 2\n", "")
    (story / "seeds/sources/yard.yaml").write_text(joined, encoding="utf-8")
    assert run_kg("evidence", "outline", "yard", "--texts", "texts", folder=story).code == 0
    assert "p2s2" in (story / "seeds/sources/yard.yaml").read_text(encoding="utf-8")
    assert run_kg("evidence", "add", "../copy.txt", folder=story).out == copy.out


def test_of_many_joins_the_first_are_told(story: Path, tmp_path: Path) -> None:
    lines = "\n".join(f"Dr. Li saw ship {number} of 30." for number in range(1, 31))
    (tmp_path / "yard.txt").write_text(f"The yard\n{lines}\n", encoding="utf-8", newline="")
    done = run_kg("evidence", "add", "../yard.txt", "--dry-run", folder=story)
    assert "p20s1 (`Dr. Li`), 10 more; take out of `joins`" in done.out and "p21s1 (`Dr. Li`)" not in done.out
    assert all(f"\n    p{number}s1: 2\n" in done.out for number in range(1, 31))


@pytest.mark.parametrize(
    ("lang", "label", "told"),
    [
        ("de", "Verfasser von „The yard“", ""),
        ("zh", '"《The yard》的作者"', ""),
        ("ru", "автор текста «The yard»", ""),
        ("sv", "{en: the author of “The yard”}", "language, only in `en`\n"),
    ],
)
def test_a_voice_is_named_in_the_data_sets_language(
    story: Path, tmp_path: Path, lang: str, label: str, told: str
) -> None:
    """English words in a German data set stood there as German ones."""
    dataset = story / "seeds/dataset.yaml"
    dataset.write_text(dataset.read_text("utf-8").replace("language: en", f"language: {lang}"), "utf-8", newline="")
    (tmp_path / "yard.txt").write_text("The yard\n\nIt is old.\n", encoding="utf-8", newline="")
    done = run_kg("evidence", "add", "../yard.txt", "--lang", "en", folder=story)
    assert done.code == 0 and told in done.out
    entities = (story / "seeds/entities/yard.yaml").read_text("utf-8")
    assert entities == f"kg: entities/1\nentities:\n  yard-author: {{is: Voice, label: {label}}}\n"


def test_a_text_that_lies_among_the_texts_already_stays(story: Path) -> None:
    (story / "texts").mkdir()
    (story / "texts/Note.txt").write_bytes(b"\xef\xbb\xbfA note\r\n\r\nIt is short.\r\n")
    done = run_kg("evidence", "add", "texts/Note.txt", folder=story)
    assert "written: texts" not in done.out
    assert (story / "texts/Note.txt").read_bytes() == b"\xef\xbb\xbfA note\r\n\r\nIt is short.\r\n"
    assert "author: note-author   (from no name in the file: a voice)" in done.out
    undated = "note: no day of publication was found: counts and words such as `last year` rest on `published`\n"
    assert undated in done.out
    assert "is: Voice, label: the author of “A note”" in (story / "seeds/entities/note.yaml").read_text(
        encoding="utf-8"
    )
    assert run_kg("check", "--texts", "texts", "--strict", folder=story).code == 0


def test_pages_of_a_pdf_stand_in_the_outline(story: Path, tmp_path: Path) -> None:
    raw = make_pdf([["The bridge", "", "It is long."], ["It is wide."]], info={"CreationDate": "D:20260612103000Z"})
    (tmp_path / "bridge.pdf").write_bytes(raw)
    done = run_kg("evidence", "add", "../bridge.pdf", folder=story)
    assert "text: 3 sentences in 3 paragraphs, 2 pages\n" in done.out
    source = (story / "seeds/sources/bridge.yaml").read_text(encoding="utf-8")
    assert [line.split(" ", 4)[-1] for line in source.splitlines() if line.startswith("  p")] == [
        "page 1",
        "page 1",
        "page 2",
    ]
    assert (
        'published: {inferred: 2026-06-12, because: "the file was made on that day: `CreationDate` of the PDF"}'
        in source
    )
    assert run_kg("check", "--texts", "texts", "--strict", folder=story).code == 0


def test_standard_input_and_a_folder_of_texts_elsewhere(story: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    command = [*PROGRAM, "evidence", "add", "-", "--texts", "../elsewhere", "--lang", "en-GB"]
    done = subprocess.run(command, cwd=story, env=environment(), input=TEXT.encode(), capture_output=True, check=True)
    assert b"lang: en-GB   (from --lang)\n" in done.stdout
    assert (tmp_path / "elsewhere/the-library-opens.txt").read_text(encoding="utf-8") == TEXT
    assert not (story / "texts").exists()


@pytest.mark.parametrize(
    ("raw", "code", "told"),
    [
        (b"", 1, "error[document-empty]: the file is empty"),
        (b"Caf\xe9", 1, "error[encoding]: byte 0xE9 is not UTF-8"),
        (make_pdf([[]]), 1, "error[document-empty]: the PDF has no text: 1 page of pictures"),
        (make_docx(paragraph("a"))[:-9], 1, "error[document-unreadable]: the file is no whole DOCX"),
        ("雷军\n".encode(), 2, "kg: no id can be made of the file's name or title: give one with --id"),
    ],
)
def test_what_cannot_be_added_is_told_and_nothing_written(
    story: Path, tmp_path: Path, raw: bytes, code: int, told: str
) -> None:
    before = listing(story)
    (tmp_path / "小米").write_bytes(raw)
    done = run_kg("evidence", "add", "../小米", folder=story)
    assert (done.code, told in done.err + done.out, listing(story)) == (code, True, before)


def test_a_full_disk_leaves_nothing(story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.change.add import NewText, plan_addition, write_addition
    from kg.evidence.documents.read import read_document_text
    from kg.text.diagnostic import KgError

    raw = TEXT.encode()
    document = NewText(name="a.txt", raw=raw, path=tmp_path / "a.txt", taken=read_document_text(raw, "a.txt"))
    checked = check_project(Project(story))
    before = listing(story)
    for texts in (story / "texts", tmp_path / "elsewhere"):
        texts.mkdir(exist_ok=True)
        addition = plan_addition(checked, document, texts)

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(KgError, match="No space left"):
                write_addition(addition, checked.project)
        assert listing(story) == before
        assert list(texts.iterdir()) == []


EVIL = "Yes: \x1b[2J\u202egone\x07 - {a}, [b] # & * ! | > ' \" % @ ` </script> \x85\u2028 \ufeff"


def test_hostile_names_end_up_as_themselves(story: Path, tmp_path: Path) -> None:
    author = EVIL.replace("'", "")
    head = f"<html><head><meta name='author' content='{author}'></head>"
    page = f"{head}<body><h1>A {EVIL}</h1><p>Words.</p></body></html>"
    (tmp_path / "evil.html").write_text(page, encoding="utf-8")
    done = run_kg("evidence", "add", "../evil.html", folder=story)
    assert done.code == 0, done.out + done.err
    assert [c for c in "\x1b\x07\u202e\x85\u2028" if c in done.out] == []
    checked = check_project(Project(story))
    assert [d.message for d in checked.diagnostics if d.severity is Severity.ERROR] == []
    assert checked.seeds.sources[0].title is not None
    assert "gone" in checked.seeds.sources[0].title.text


def test_what_the_writing_shows_goes_before_what_a_template_says(story: Path, tmp_path: Path) -> None:
    page = "<html lang='en'><body><h1>小米汽车发布</h1><p>雷军在四月宣布交付了七千辆汽车。</p></body></html>"
    (tmp_path / "su7.html").write_text(page, encoding="utf-8")
    done = run_kg("evidence", "add", "../su7.html", folder=story)
    assert "lang: zh   (from the writing of the text)\nnote" not in done.out
    assert "lang: zh   (from the writing of the text)" in done.out
    assert "note: `en` (its `lang`) is not the writing of the text" in done.out


def test_new_projects_keep_texts_out_of_git_and_others_are_told(story: Path, tmp_path: Path) -> None:
    assert "/texts/" in (story / ".gitignore").read_text().split()
    (tmp_path / "library.txt").write_text(TEXT, encoding="utf-8")
    (story / ".gitignore").write_text(".kg/\n")
    assert (
        "note: git would take the texts along: add `/texts/` to .gitignore"
        in run_kg("evidence", "add", "../library.txt", "--dry-run", folder=story).out
    )


def test_ids_are_made_of_names() -> None:
    names = ("Straße – nº 5.PDF", "Łódź, Ærø", "雷军", "a" * 60, "What the town of Rivertown said of its new bridge")
    assert [make_id(name, 40) for name in names] == [
        "strasse-no-5-pdf", "lodz-aero", "", "a" * 40, "what-the-town-of-rivertown-said-of-its",
    ]  # fmt: skip


FRONTS = [  # a language, and a byline, a date line and prose in it
    ("es", "Por Inés Cordal y Juan Sol", "Valdeniebla, 14 de marzo de 2025", "[ines-cordal, juan-sol]", "2025-03-14",
     "El puente no está listo. La alcaldesa dijo que se abre el viernes, pero nadie lo cree y en la plaza todos hablan "
     "de su precio, que según el alcalde costó 84,5 millones."),
    ("pt", "Por Tiago Vilhena", "Lisboa, 2 de março de 2025", "tiago-vilhena", "2025-03-02",
     "A ponte não está pronta. O presidente disse que abre na sexta, mas ninguém acredita nele e todos falam do preço "
     "da obra, que custou 84,5 milhões."),
    ("fr", "Par Paul Etch", "Bayonne, le 1er avril 2025", "paul-etch", "2025-04-01",
     "Le pont est loin d'ouvrir. Le maire a dit qu'il ouvre vendredi, mais personne ne le croit et tous parlent du "
     "prix, qui est de 84,5 millions selon la ville."),
    ("it", "Di Mario Conti", "Roma, 3 gennaio 2025", "mario-conti", "2025-01-03",
     "Il ponte non è finito. Il sindaco ha detto che apre venerdì, ma nessuno lo crede e tutti parlano del prezzo "
     "di casa, che è di 84,5 milioni."),
    ("pl", "Autor: Jan Nowak", "Kraków, 14 marca 2025 r.", "jan-nowak", "2025-03-14",
     "Most nie jest gotowy. Burmistrz obiecał, że otworzy go w piątek, ale nikt mu nie wierzy i na rynku wszyscy mówią "
     "o cenie, bo to kosztuje 85 milionów."),
    ("ja", "文・森田ゆき", "2025年3月14日", "x-author", "2025-03-14", "橋はまだ完成していない。費用は8450万円だ。"),
    ("ru", "Автор: Иван Петров", "Москва, 14 марта 2025 г.", "x-author", "2025-03-14",
     "Мост не готов. Мэр обещал, что он откроется в пятницу, но никто ему не верит, и все говорят о цене, а это уже не "
     "та цена, что была до выборов, и не 84,5 миллиона."),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "byline", "line", "author", "day", "prose"), FRONTS)
def test_a_plain_text_in_another_language_says_so_with_its_author_and_day(
    story: Path, tmp_path: Path, lang: str, byline: str, line: str, author: str, day: str, prose: str
) -> None:
    """Its figures are then read as that language writes them, and its joins are those of that language."""
    (tmp_path / "x.txt").write_text(f"Titul\n{byline}\n{line}\n{prose}\n", encoding="utf-8")
    done = run_kg("evidence", "add", "../x.txt", folder=story)
    assert (done.code, done.err) == (0, "")
    assert f"author: {author}   (from line 2" in done.out
    assert f"published: {day}   (from line 3 of the text)\n" in done.out
    assert f"lang: {lang}   (from the {'writing' if lang == 'ja' else 'words'} of the text)\n" in done.out
    source = (story / "seeds/sources/x.yaml").read_text(encoding="utf-8")
    assert f"\nlang: {lang}\n" in source and (" 84500000\n" in source or " 85000000\n" in source)


def test_a_text_in_a_language_that_is_not_known_is_told(story: Path, tmp_path: Path) -> None:
    prose = (
        "Bron över ån är inte färdig. Borgmästaren lovade att den ska öppna på fredag, men ingen tror på honom och det "
        "blir nog dyrare än man sade i våras."
    )
    (tmp_path / "x.txt").write_text(f"Bron\n{prose}\n", encoding="utf-8")
    told = "note: no language is known, and the data set's is en: give it with --lang\n"
    assert told in run_kg("evidence", "add", "../x.txt", "--dry-run", folder=story).out
    assert "no language" not in run_kg("evidence", "add", "../x.txt", "--dry-run", "--lang", "sv", folder=story).out


def test_words_know_better_than_a_template_in_which_language_a_page_is(story: Path, tmp_path: Path) -> None:
    page = f"<html lang='en'><title>Puente</title><main><h1>Puente</h1><p>{FRONTS[0][5]}</p></main></html>"
    (tmp_path / "x.html").write_text(page, encoding="utf-8")
    done = run_kg("evidence", "add", "../x.html", "--dry-run", folder=story)
    assert "lang: es   (from the words of the text)\n" in done.out
    assert "note: `en` (its `lang`) is not the language that the words of the text show\n" in done.out
    (tmp_path / "y.html").write_text(page.replace("'en'", "'gl'"), encoding="utf-8")  # whose words are not known
    assert "lang: gl   (from its `lang`)\n" in run_kg("evidence", "add", "../y.html", "--dry-run", folder=story).out


@pytest.mark.parametrize(
    "line",
    ["Por la mañana llegó la noticia.", "By Monday the bridge was open.", "Par ailleurs, tout va bien.",
     "Von Wien nach Graz fährt ein Zug.", "Di tutto un po"],
)  # fmt: skip
def test_a_line_that_begins_as_a_byline_and_goes_on_as_a_sentence_names_no_author(
    story: Path, tmp_path: Path, line: str
) -> None:
    (tmp_path / "x.txt").write_text(f"Title\n{line}\nIt was a day in spring.\n", encoding="utf-8")
    done = run_kg("evidence", "add", "../x.txt", "--dry-run", folder=story)
    assert "author: x-author   (from no name in the file: a voice)\n" in done.out


@pytest.mark.parametrize(
    ("lang", "because", "tagged"),
    [("sv", '{en: "the file was made on that day: `CreationDate` of the PDF"}', "en"),
     ("zh-TW", '"檔案在當日產生：`CreationDate` of the PDF"', "zh-TW")],
)  # fmt: skip
def test_the_reason_of_a_date_says_its_language(
    story: Path, tmp_path: Path, lang: str, because: str, tagged: str
) -> None:
    dataset = story / "seeds/dataset.yaml"
    dataset.write_text(
        dataset.read_text("utf-8").replace("language: en", f"language: {lang}").replace("A story", "Sagan"),
        encoding="utf-8",
    )
    (tmp_path / "x.pdf").write_bytes(make_pdf([["The bridge", "", "It is open."]], info={"CreationDate": "D:20260612"}))
    assert run_kg("evidence", "add", "../x.pdf", folder=story).code == 0
    source = (story / "seeds/sources/x.yaml").read_text(encoding="utf-8")
    assert f"published: {{inferred: 2026-06-12, because: {because}}}\n" in source
    (source,) = check_project(Project(root=story), texts=story / "texts").seeds.sources
    assert source.inferred is not None and source.inferred.lang == tagged
