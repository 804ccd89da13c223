"""Retail: bodies of the employee API, whole files, and what is refused so that nobody is lost.

Source: docs/domains/retail.md#what-is-delivered, docs/domains/quality.md#where-bad-input-ends.
"""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.errors import ContractError, DeliveryError, UsageError
from lakehouse.landing.contract import read_contract

SALES = "id_venda,id_funcionario,id_categoria,data_venda,venda\n"
SENTENCE = "The argument is not correct"


@pytest.fixture
def contract(project_dir):
    return read_contract("retail", project_dir=project_dir)


@pytest.fixture
def landed_rows(raw):
    def read_rows(entity):
        return [
            row
            for path in sorted(raw.glob(f"retail/{entity}/*/*.parquet"))
            for row in pq.ParquetFile(path).read().to_pylist()
        ]

    return read_rows


def test_many_bodies_of_one_call_are_one_load_and_kept_as_delivered(land, write, landed_rows):
    files = [
        ("funcionario", write("funcionario_1.txt", " Rob Carsson \r\n")),
        ("funcionario", write("funcionario_10.txt", "\ufeffHelén Brolin")),
        ("funcionario", write("funcionario_007.txt", "\nRock Rollman\t")),
    ]
    [load] = land(*files)
    assert (load.outcome, load.row_count) == ("landed", 3)
    found = [
        (row["id"], row["nome"], row["source_file"], row["source_row"], row["load_id"])
        for row in landed_rows("funcionario")
    ]
    assert found == [
        ("1", " Rob Carsson \r\n", "funcionario_1.txt", 1, load.load_id),
        ("10", "Helén Brolin", "funcionario_10.txt", 1, load.load_id),
        ("007", "\nRock Rollman\t", "funcionario_007.txt", 1, load.load_id),
    ]
    assert land(*files)[0].outcome == "repeated"


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("funcionario_1.txt", "", "zero bytes"),
        ("funcionario_1.txt", " \r\n\t", "line 1: the body is empty"),
        ("funcionario_1.txt", "<html>Service unavailable</html>", "line 1: HTML"),
        ("funcionario_1.txt", '\n{"error": "busy"}', "line 1: JSON"),
        ("funcionario_1.txt", '["Rob"]', "line 1: JSON"),
        ("funcionario_1.txt", "Rob\nCarsson", "line 2: more than one line"),
        ("funcionario_1.txt", "Rob\u2028Carsson", "line 2: more than one line"),
        ("funcionario_1.txt", f" {SENTENCE}\n", f"'{SENTENCE}' is the answer to an unknown id"),
        ("funcionario_1.txt", "the argument  is not correct", "the answer to an unknown id"),
        ("funcionario_1.txt", "Rob\0", "NUL"),
        ("funcionario_1.txt", "Tom Lindwäll".encode("latin-1"), "byte 0xe4 at offset 9"),
        ("funcionario_x.txt", "Rob", "the name does not match"),
        ("funcionario_1_.txt", "Rob", "the name does not match"),
        ("funcionario_.txt", "Rob", "the name does not match"),
        ("a_funcionario_1.txt", "Rob", "the name does not match"),
        ("funcionario_\u0661.txt", "Rob", "the name does not match"),
        ("funcionario_1.html", "Rob", "not a declared format of funcionario"),
    ],
)
def test_a_body_that_is_no_name_is_refused_with_all_its_call(
    land, write, left_behind, name, body, said
):
    good = ("funcionario", write("funcionario_2.txt", "Eli Preston"))
    with pytest.raises(DeliveryError) as refusal:
        land(good, ("funcionario", write(name, body)))
    assert str(refusal.value).startswith(name) and said in str(refusal.value)
    assert ";" in str(refusal.value), "no next step"
    assert left_behind() == []


@pytest.mark.parametrize("body", [f"{SENTENCE}.", f" {SENTENCE.upper()} !", f"{SENTENCE}\n"])
def test_the_sentence_however_it_is_written_is_no_name(land, write, left_behind, body):
    with pytest.raises(DeliveryError, match="answer to an unknown id"):
        land(("funcionario", write("funcionario_1.txt", body)))
    assert left_behind() == []


def test_sentence_within_a_longer_name_is_a_name(land, write):
    assert land(("funcionario", write("funcionario_1.txt", f"{SENTENCE} Ltd")))[0].row_count == 1


def test_staging_knows_the_sentences_that_the_contract_refuses(contract, project_dir):
    """A list of employees may carry the sentence too, and landing judges no value of a CSV."""
    refused = contract.entity("funcionario").rules.text_answer.refused_bodies
    macro = (project_dir / "macros/retail/funcionario_nome.sql").read_text()
    assert refused == (SENTENCE,)
    assert all(f"'{sentence}'" in macro for sentence in refused)


@pytest.mark.parametrize("entity", ["categoria", "venda"])
def test_a_full_extract_without_rows_is_refused(land, write, left_behind, entity):
    header = SALES if entity == "venda" else "id,nome_categoria\n"
    named = ["venda"] if entity == "venda" else []
    with pytest.raises(DeliveryError, match="everything would be deleted"):
        land((entity, write("f.csv", header)), full_extract=named)
    empty = pa.table({name: pa.array([], pa.string()) for name in header.strip().split(",")})
    with pytest.raises(DeliveryError, match="everything would be deleted"):
        land((entity, write("f.parquet", empty)), full_extract=named)
    assert left_behind() == []


def test_an_increment_without_rows_lands_nothing_and_warns(land, write, left_behind):
    [load] = land(("venda", write("venda.csv", SALES)))
    assert load.outcome == "empty" and "no rows" in load.warnings[0]
    assert left_behind() == []


def test_rows_say_whether_they_are_all_there_is(land, write, landed_rows):
    sale = "1,1,1,2017-10-01,21636\n"
    assert land(("venda", write("venda.csv", SALES + sale)))[0].outcome == "landed"
    # The same rows as all there is say more than before: no repeated delivery.
    again = land(("venda", write("venda.csv", SALES + sale)), full_extract=["venda"])
    assert again[0].outcome == "landed"
    assert [row["is_full_extract"] for row in landed_rows("venda")] == [False, True]
    land(("categoria", write("c.csv", "id,nome_categoria\n1,Babywear\n")))
    assert [row["is_full_extract"] for row in landed_rows("categoria")] == [True]


@pytest.mark.parametrize(("entity", "rule"), [("funcionario", "never"), ("categoria", "always")])
def test_only_sales_may_be_said_to_be_whole(land, write, left_behind, entity, rule):
    column = "nome" if entity == "funcionario" else "nome_categoria"
    with pytest.raises(UsageError, match=rf"'{entity}' is {rule} delivered whole"):
        land((entity, write("f.csv", f"id,{column}\n1,x\n")), full_extract=[entity])
    assert left_behind() == []


@pytest.mark.parametrize(
    ("entity", "content", "said"),
    [
        ("venda", SALES.replace(",venda", "") + "1,1,1,2017-10-01\n", "column venda is missing"),
        ("venda", "<html>\n", "HTML or XML where CSV"),
        ("categoria", "id,nome\n1,Babywear\n", "column nome_categoria is missing"),
        ("funcionario", "nome\nRob\n", "column id is missing"),
    ],
)
def test_a_list_that_is_not_what_was_promised_is_refused(
    land, write, left_behind, entity, content, said
):
    with pytest.raises(DeliveryError, match=f"f.csv, line 1: .*{said}"):
        land((entity, write("f.csv", content)))
    assert left_behind() == []


def read_changed_contract(project_dir, tmp_path, old, new):
    name = "models/retail/staging/_retail__sources.yml"
    text = (project_dir / name).read_text()
    assert old in text
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(old, new))
    return read_contract("retail", project_dir=tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("funcionario_(?P<id>", "funcionario_(?P<number>"),
        ("body: nome", "body: name"),
        ("(?P<id>[0-9]+)", "(?P<id>[0-9]+"),
    ],
)
def test_rules_that_name_no_column_are_a_fault_of_the_contract(project_dir, tmp_path, old, new):
    with pytest.raises(ContractError, match=r"undeclared columns|unterminated subpattern"):
        read_changed_contract(project_dir, tmp_path, old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [("formats: [txt,", "formats: ["), ("formats: [parquet, csv]", "formats: [parquet, csv, txt]")],
)
def test_text_files_and_their_rules_go_together(project_dir, tmp_path, old, new):
    with pytest.raises(ContractError, match="txt and text_answer go together"):
        read_changed_contract(project_dir, tmp_path, old, new)


def test_text_of_an_entity_without_rules_is_no_declared_format(land, write):
    with pytest.raises(DeliveryError, match="not a declared format of venda"):
        land(("venda", write("funcionario_1.txt", "Rob")))
