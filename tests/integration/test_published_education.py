"""The published rows of education give the published answers; what may go wrong ends as it should.

Expected values are typed from docs/domains/education.md#expected-numbers, not computed.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from lake import NO_UNIT_TESTS, PROJECT, Lake

SAMPLE = PROJECT / "data/source/education"
FILES = {"aluno": "alunos.csv", "escola": "escolas.csv", "nota": "notas.csv"}
EDUCATION = ("--select", "path:models/education")

ANA = (1, "Ana Silva", 15, "Feminino", 101)
BRUNO = (2, "Bruno Costa", 16, "Masculino", 102)
CARLA = (3, "Carla Dias", 15, "Feminino", 101)
DANIEL = (4, "Daniel Moreira", 17, "Masculino", 103)
ELISA = (5, "Elisa Fernandes", 16, "Feminino", 102)
FABIO = (6, "Fábio Guedes", 15, "Masculino", 101)
SCHOOLS = {
    101: ("Escola Estadual Sol Nascente", "pública", "Sudeste"),
    102: ("Colégio Particular Nova Era", "privada", "Sudeste"),
    103: ("Escola Municipal Raio de Luz", "pública", "Nordeste"),
}
GRADES = [
    (ANA, "Matemática", "8.5"),
    (ANA, "Português", "9.0"),
    (BRUNO, "Matemática", "6.0"),
    (BRUNO, "Português", "7.5"),
    (CARLA, "História", "10.0"),
    (CARLA, "Matemática", "7.0"),
    (DANIEL, "Geografia", "5.5"),
    (DANIEL, "Português", "6.5"),
    (ELISA, "Matemática", "9.5"),
    (ELISA, "História", "8.0"),
    (FABIO, "Matemática", "4.0"),
    (FABIO, "Português", "5.0"),
]
WIDE_COLUMNS = [
    *("aluno_id", "nome_aluno", "idade", "genero", "escola_id", "nome_escola", "rede", "regiao"),
    *("disciplina", "nota"),
]


def land(lake: Lake, folder: Path, day: str, *entities: str):
    files = [f"{entity}={folder / FILES[entity]}" for entity in entities or FILES]
    return lake.land("education", *files, "--ingest-date", day)


def copy_of(lake: Lake, folder: Path) -> Lake:
    """A lake that goes on from where `lake` is."""
    shutil.copytree(lake.folder, folder)
    return Lake(folder)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The published rows, landed by the command; the domain is built with all its tests."""
    lake = Lake(tmp_path_factory.mktemp("sample"))
    landed = land(lake, SAMPLE, "2024-03-01")
    assert landed.returncode == 0, landed.stderr
    lake.dbt("build", "--selector", "education", *NO_UNIT_TESTS)
    return lake


@pytest.fixture
def next_extract(tmp_path: Path) -> Callable[..., Path]:
    """A folder with the published files, with texts replaced or lines added."""

    def make(*changes: tuple[str, str, str]) -> Path:
        folder = tmp_path / "next"
        shutil.copytree(SAMPLE, folder)
        for entity, old, new in changes:
            file = folder / FILES[entity]
            text = file.read_text(encoding="utf-8")
            assert old in text
            file.write_text(text.replace(old, new), encoding="utf-8")
        return folder

    return make


def statuses(lake: Lake, entity: str) -> Counter:
    rows = lake.query(
        f"select row_status from education.int_education__row_status where entity = '{entity}'"
    )
    return Counter(status for (status,) in rows)


def files_of(lake: Lake) -> list[Path]:
    return sorted(lake.raw.rglob("*.parquet"))


# The sample: docs/domains/education.md#expected-numbers


def test_wide_table_is_the_twelve_published_grades(sample: Lake) -> None:
    expected = {
        (*pupil, *SCHOOLS[pupil[4]], subject, Decimal(grade)) for pupil, subject, grade in GRADES
    }
    actual = sample.table("fct_education__performance_academica", WIDE_COLUMNS)
    assert set(actual) == expected
    assert actual.total() == 12
    keys = "count(distinct (aluno_id, escola_id, disciplina))"
    assert sample.query(f"select {keys} from education.fct_education__performance_academica") == [
        (12,)
    ]


def test_average_by_school_is_as_published(sample: Lake) -> None:
    rows = sample.query(
        "select regiao, posicao, escola_id, nome_escola, media_notas, total_notas"
        " from education.rpt_education__media_por_escola order by regiao, posicao"
    )
    assert rows == [
        ("Nordeste", 1, 103, "Escola Municipal Raio de Luz", Decimal("6.0000"), 2),
        ("Sudeste", 1, 102, "Colégio Particular Nova Era", Decimal("7.7500"), 4),
        ("Sudeste", 2, 101, "Escola Estadual Sol Nascente", Decimal("7.2500"), 6),
    ]


def test_summary_by_network_is_as_published(sample: Lake) -> None:
    rows = sample.query(
        "select rede, media_geral, total_escolas, total_alunos"
        " from education.rpt_education__resumo_por_rede order by rede"
    )
    assert rows == [("privada", Decimal("7.7500"), 1, 2), ("pública", Decimal("6.9375"), 2, 4)]


def test_summary_by_subject_is_as_published(sample: Lake) -> None:
    rows = sample.query(
        "select posicao, disciplina, media_disciplina, nota_minima, nota_maxima, total_avaliacoes"
        " from education.rpt_education__resumo_por_disciplina order by posicao"
    )
    assert rows == [
        (1, "História", Decimal("9.0000"), Decimal("8.00"), Decimal("10.00"), 2),
        (2, "Matemática", Decimal("7.0000"), Decimal("4.00"), Decimal("9.50"), 5),
        (3, "Português", Decimal("7.0000"), Decimal("5.00"), Decimal("9.00"), 4),
        (4, "Geografia", Decimal("5.5000"), Decimal("5.50"), Decimal("5.50"), 1),
    ]


def test_files_as_the_source_delivers_them_land_as_the_committed_ones(tmp_path: Path) -> None:
    """The recorded files lack the last line break, and nothing else."""
    real = os.environ.get("LAKEHOUSE_REAL_DATA")
    if not real:
        pytest.skip("LAKEHOUSE_REAL_DATA is not set: no recorded files to compare with")
    landed = {}
    for name, folder in (("theirs", Path(real) / "education"), ("ours", SAMPLE)):
        lake = Lake(tmp_path / name)
        done = land(lake, folder, "2024-03-01")
        assert done.returncode == 0, done.stderr
        landed[name] = [
            [{**row, "load_id": None} for row in pq.read_table(file).to_pylist()]
            for file in sorted(files_of(lake), key=lambda file: file.relative_to(lake.raw).parts[1])
        ]
    assert [len(rows) for rows in landed["theirs"]] == [6, 3, 12]
    assert landed["theirs"] == landed["ours"]


# What a new extract changes


def test_new_extract_updates_the_marts(sample: Lake, tmp_path: Path, next_extract) -> None:
    """Ana moves, Bruno's mathematics is corrected, Carla's history is gone, and the subject of a
    new grade is spelled in another way, which makes it no other subject."""
    lake = copy_of(sample, tmp_path / "lake")
    folder = next_extract(
        ("aluno", "1,Ana Silva,15,Feminino,101", "1,Ana Silva,15,feminino ,103"),
        ("nota", "2,Matemática,6.0", '2,Matemática,"6,75"'),
        ("nota", "3,História,10.0\n", ""),
        ("nota", "6,Português,5.0", "6,Português,5.0\n6, HISTORIA,3"),
    )
    assert land(lake, folder, "2024-03-04").returncode == 0
    lake.dbt("run", *EDUCATION)
    wide = lake.table("fct_education__performance_academica", WIDE_COLUMNS)
    ana = (*ANA[:4], 103, *SCHOOLS[103])
    assert {row for row in wide if row[0] == 1} == {
        (*ana, "Matemática", Decimal("8.50")),
        (*ana, "Português", Decimal("9.00")),
    }
    assert wide[*BRUNO, *SCHOOLS[102], "Matemática", Decimal("6.75")] == 1
    assert wide[*FABIO, *SCHOOLS[101], "História", Decimal("3.00")] == 1
    assert wide.total() == 12
    versions = lake.query(
        "select aluno_id, disciplina, nota, cast(known_from as text), cast(known_to as text)"
        " from education.fct_education__nota_version"
        " where known_from > date '2024-03-01' or known_to is not null order by all"
    )
    assert versions == [
        (2, "Matemática", Decimal("6.00"), "2024-03-01", "2024-03-04"),
        (2, "Matemática", Decimal("6.75"), "2024-03-04", None),
        (3, "História", Decimal("10.00"), "2024-03-01", "2024-03-04"),
        (6, "História", Decimal("3.00"), "2024-03-04", None),
    ]
    assert statuses(lake, "aluno") == {"current": 6, "superseded": 1, "repeated": 5}
    assert statuses(lake, "nota") == {
        **{"current": 12, "superseded": 1, "deleted": 1, "repeated": 10},
    }


def test_grade_of_an_unknown_pupil_waits_until_the_pupil_comes(
    sample: Lake, tmp_path: Path, next_extract
) -> None:
    """First the grade alone, then its pupil in a school nobody knows, then the school: the grade is
    accepted by itself, without being sent again."""
    lake = copy_of(sample, tmp_path / "lake")
    folder = next_extract(
        ("nota", "6,Português,5.0", "6,Português,5.0\n7,Português,9.5"),
        (
            "aluno",
            "6,Fábio Guedes,15,Masculino,101",
            "6,Fábio Guedes,15,Masculino,101\n7,Gil,15,,104",
        ),
        ("escola", "103,", "104,Escola Nova,pública,Norte\n103,"),
    )
    seen = []
    for day, entity in (("2024-03-04", "nota"), ("2024-03-05", "aluno"), ("2024-03-06", "escola")):
        assert land(lake, folder, day, entity).returncode == 0
        lake.dbt("run", *EDUCATION)
        wide = lake.table("fct_education__performance_academica", WIDE_COLUMNS)
        waiting = {entity: statuses(lake, entity)["waiting"] for entity in ("aluno", "nota")}
        seen.append((wide.total(), waiting))
    assert seen == [
        (12, {"aluno": 0, "nota": 1}),
        (12, {"aluno": 1, "nota": 1}),
        (13, {"aluno": 0, "nota": 0}),
    ]
    gil = (7, "Gil", 15, None, 104, "Escola Nova", "pública", "Norte")
    assert wide[*gil, "Português", Decimal("9.50")] == 1
    assert (
        lake.query(
            "select known_from from education.fct_education__nota_version where aluno_id = 7"
        )[0][0].isoformat()
        == "2024-03-04"
    ), "known since the office sent it, not since it was shown"


def test_rejected_grade_keeps_what_was_known_and_hides_the_pupil(
    sample: Lake, tmp_path: Path, next_extract
) -> None:
    lake = copy_of(sample, tmp_path / "lake")
    folder = next_extract(
        ("nota", "1,Matemática,8.5", "1,Matemática,11"),
        ("nota", "2,Matemática,6.0", "2,Matemática,"),
        ("nota", "3,Matemática,7.0", "3,Matemática,sete"),
    )
    assert land(lake, folder, "2024-03-04", "nota").returncode == 0
    lake.dbt("run", *EDUCATION)
    rejected = lake.query(
        "select reason_code, rejected_row from education.int_education__row_status"
        " where row_status = 'rejected' order by source_row"
    )
    assert rejected == [
        ("number_out_of_range", '{"aluno_id":"***","disciplina":"Matemática","nota":"11"}'),
        ("missing_value", '{"aluno_id":"***","disciplina":"Matemática","nota":""}'),
        ("unparsable_number", '{"aluno_id":"***","disciplina":"Matemática","nota":"sete"}'),
    ]
    wide = lake.table("fct_education__performance_academica", WIDE_COLUMNS)
    assert wide[*ANA, *SCHOOLS[101], "Matemática", Decimal("8.50")] == 1
    assert wide.total() == 12


def test_unknown_spelling_counts_as_it_came_and_is_flagged(
    sample: Lake, tmp_path: Path, next_extract
) -> None:
    lake = copy_of(sample, tmp_path / "lake")
    folder = next_extract(("escola", "privada", " Comunitária "))
    assert land(lake, folder, "2024-03-04", "escola").returncode == 0
    lake.dbt("run", *EDUCATION)
    networks = "select rede from education.rpt_education__resumo_por_rede order by rede"
    flagged = (
        "select count(*) from education.int_education__row_status where flags = 'unknown_spelling'"
    )
    assert lake.query(networks) == [("Comunitária",), ("pública",)]
    assert lake.query(flagged) == [(1,)]


# Deliveries that must not land


@pytest.mark.parametrize(
    ("entity", "content", "said"),
    [
        ("nota", "aluno_id,disciplina,nota\n", "no rows"),
        ("aluno", "", "zero bytes"),
        ("escola", "<html><body>Sessão expirada</body></html>", "HTML"),
        ("escola", "escola_id,nome,rede\n101,Sol,pública\n", "regiao is missing"),
        ("aluno", "id,idade,genero,escola_id\n1,15,Feminino,101\n", "nome_ficticio is missing"),
        ("nota", "aluno_id,disciplina\n1,Matemática\n", "nota is missing"),
        ("nota", "aluno_id,disciplina,nota\n1,Matemática\n", "line 2"),
    ],
)
def test_unusable_file_lands_nothing_of_its_call(
    tmp_path: Path, next_extract, entity: str, content: str, said: str
) -> None:
    folder = next_extract()
    (folder / FILES[entity]).write_text(content, encoding="utf-8")
    lake = Lake(tmp_path / "lake")
    landed = land(lake, folder, "2024-03-04")
    assert landed.returncode != 0
    assert FILES[entity] in landed.stderr and said in landed.stderr, landed.stderr
    assert files_of(lake) == []


def test_latin_1_is_refused_by_its_first_byte(tmp_path: Path, next_extract) -> None:
    folder = next_extract()
    text = (folder / FILES["aluno"]).read_text(encoding="utf-8")
    (folder / FILES["aluno"]).write_text(text, encoding="latin-1")
    lake = Lake(tmp_path / "lake")
    landed = land(lake, folder, "2024-03-04")
    assert landed.returncode != 0 and "line 7" in landed.stderr and "0xe1" in landed.stderr
    assert files_of(lake) == []


def test_empty_extract_changes_nothing(sample: Lake, tmp_path: Path, next_extract) -> None:
    """Refused with a word; the next run finds the tables as they were."""
    lake = copy_of(sample, tmp_path / "lake")
    before = lake.table("fct_education__performance_academica", WIDE_COLUMNS)
    folder = next_extract(("aluno", "Ana Silva", "Ana Souza"))
    header = "aluno_id,disciplina,nota\n"
    (folder / FILES["nota"]).write_text(header, encoding="utf-8")
    landed = land(lake, folder, "2024-03-04")
    assert landed.returncode != 0
    assert "notas.csv: no rows" in landed.stderr
    assert len(files_of(lake)) == 3
    lake.dbt("run", *EDUCATION)
    assert lake.table("fct_education__performance_academica", WIDE_COLUMNS) == before
