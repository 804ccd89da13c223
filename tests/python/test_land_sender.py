"""Each sender's files are read as the contract says that this sender writes them."""

import hashlib

import pyarrow.parquet as pq
import pytest

from lakehouse.errors import ContractError, DeliveryError, UsageError
from lakehouse.landing.contract import contract_for_sender, read_contract
from lakehouse.landing.sender import read_senders

HEADER = (
    "person_age,person_income,person_home_ownership,person_emp_length,loan_intent,loan_grade,"
    "loan_amnt,loan_int_rate,loan_status,loan_percent_income,cb_person_default_on_file,"
    "cb_person_cred_hist_length"
)
ROW = "22,59000,RENT,123.0,Educação,D,35000,16.02,1,0.59,Y,3"
COMMA_FILE = f"{HEADER}\n{ROW}\n"
SEMICOLON_FILE = COMMA_FILE.replace(",", ";").replace(".", ",").encode("latin-1")


@pytest.fixture
def contract(project_dir):
    return read_contract("credit", project_dir=project_dir)


@pytest.fixture
def landed_rows(raw):
    def read_rows():
        return [
            row
            for path in sorted(raw.glob("credit/proposal/*/*.parquet"))
            for row in pq.ParquetFile(path).read().to_pylist()
        ]

    return read_rows


def test_a_sender_chooses_encoding_and_separator_and_is_kept_beside_the_rows(
    land, write, landed_rows
):
    path = write("lote.csv", SEMICOLON_FILE)
    [load] = land(("proposal", path), sender="parceiro")
    [row] = landed_rows()
    assert load.outcome == "landed"
    assert (row["loan_intent"], row["loan_int_rate"]) == ("Educação", "16,02")
    assert row["sender"] == "parceiro"
    assert row["content_hash"] == hashlib.sha256(SEMICOLON_FILE).hexdigest()


def test_no_sender_means_the_default_one(land, write, landed_rows):
    land(("proposal", write("lote.csv", COMMA_FILE)))
    [row] = landed_rows()
    assert (row["sender"], row["loan_int_rate"]) == ("default", "16.02")


def test_columns_that_a_proposal_may_lack_are_null(land, write, landed_rows):
    without_target = COMMA_FILE.replace(",loan_status", "").replace(",1,0.59", ",0.59")
    land(("proposal", write("lote.csv", without_target)))
    [row] = landed_rows()
    absent = [row[name] for name in ("proposal_id", "customer_id", "reference_date", "loan_status")]
    assert absent == [None] * 4
    assert row["loan_percent_income"] == "0.59"


@pytest.mark.parametrize("column", ["loan_grade", "person_income", "cb_person_cred_hist_length"])
def test_a_missing_column_is_refused_by_name_and_lands_nothing(land, write, left_behind, column):
    text = COMMA_FILE.replace(f"{column}", f"old_{column}")
    with pytest.raises(DeliveryError, match=rf"lote\.csv.*{column}"):
        land(("proposal", write("lote.csv", text)))
    assert left_behind() == []


def test_a_file_of_another_sender_is_refused(land, write, left_behind):
    with pytest.raises(DeliveryError, match=r"lote\.csv"):
        land(("proposal", write("lote.csv", SEMICOLON_FILE)))
    with pytest.raises(DeliveryError, match=r"other\.csv"):
        land(("proposal", write("other.csv", COMMA_FILE)), sender="parceiro")
    assert left_behind() == []


def test_the_same_file_is_landed_once_for_each_sender(land, write, landed_rows, contract):
    path = write("lote.csv", COMMA_FILE)
    first, second = contract.entities["proposal"].rules.senders, {"default": {}, "filial": {}}
    assert set(first) == {"default", "parceiro"}
    rules = contract.entities["proposal"].rules
    object.__setattr__(rules, "senders", read_senders(second))
    outcomes = [
        land(("proposal", path), contract=contract, sender=sender)[0].outcome
        for sender in ("default", "filial", "filial", None)
    ]
    # What another sender delivers in between takes nothing back.
    assert outcomes == ["landed", "landed", "repeated", "repeated"]
    assert [row["sender"] for row in landed_rows()] == ["default", "filial"]


def test_an_unknown_sender_is_refused_with_those_that_are_known(land, write):
    with pytest.raises(UsageError, match=r"unknown sender 'nobody'.*default, parceiro"):
        land(("proposal", write("lote.csv", COMMA_FILE)), sender="nobody")


def test_an_entity_whose_senders_all_write_alike_takes_no_sender(project_dir):
    entity = read_contract("commerce", project_dir=project_dir).entities["purchase"]
    assert contract_for_sender(entity, None) == (entity, None)
    with pytest.raises(UsageError, match="leave out --sender"):
        contract_for_sender(entity, "default")


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"default": {}, "A b": {}}, "sender 'A b'"),
        ({"default": {"decimal": ";"}}, "decimal is"),
        ({"default": {"delimiter": "||"}}, "one character"),
        ({"default": {"decimal": ","}}, "one comma"),
        ({"other": {}}, "lack 'default'"),
        ({"default": {"encoding": "utf-99"}}, "utf-99"),
        ({"default": {"quote": "'"}}, "quote"),
    ],
)
def test_a_declaration_that_no_sender_can_be_is_refused(declared, said):
    with pytest.raises((ValueError, TypeError, LookupError), match=said):
        read_senders(declared)


def test_no_declared_senders_are_none():
    assert read_senders({}) == {}


def test_a_contract_with_senders_needs_the_column_that_keeps_them(project_dir, tmp_path):
    name = "models/credit/staging/_credit__sources.yml"
    text = (project_dir / name).read_text("utf-8")
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(text.replace("- name: sender\n", "- name: source_sender\n"), "utf-8")
    with pytest.raises(ContractError, match="senders and the column sender go together"):
        read_contract("credit", project_dir=tmp_path)
