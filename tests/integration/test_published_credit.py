"""The committed sample of credit becomes what its dirt must; a new delivery changes its part.

Expected values are typed from docs/domains/credit.md and the delivered files, not computed.
"""

import importlib.util
import json
import shutil
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from lake import OF_THE_LAKE, PROJECT, Lake

SOURCE = PROJECT / "data" / "source" / "credit"
MODELS = ("path:models/credit", "path:seeds/credit", "path:models/quality", "path:seeds/quality")
PARTITIONS = {(20240301, "default"): 69, (20240308, "default"): 60, (20240308, "parceiro"): 50}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The raw files as they are committed, built as a person would."""
    lake = Lake(tmp_path_factory.mktemp("sample"))
    lake.raw.parent.mkdir(exist_ok=True)
    shutil.copytree(PROJECT / "data" / "raw", lake.raw)
    # What quality reads of the other domains; their tests of the sample are in `make build`.
    ours = ("path:models/credit", "path:models/quality")
    lake.dbt("seed")
    lake.dbt("run", "--select", "+path:models/quality", "--exclude", *ours)
    lake.dbt("build", "--select", *MODELS, *OF_THE_LAKE)
    return lake


@pytest.fixture(scope="module")
def landed_again(sample: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A copy in which the partner delivers 1 March, with an intent that nobody declared."""
    lake = Lake(tmp_path_factory.mktemp("again") / "lake")
    lake.folder.mkdir()
    shutil.copytree(sample.raw, lake.raw)
    shutil.copy(sample.database, lake.database)
    lines = (SOURCE / "parceiro.csv").read_text("latin-1").splitlines()
    names = lines[0].split(";")
    rows = [dict(zip(names, line.split(";"), strict=True)) for line in lines[1:31]]
    rows[0]["loan_intent"] = "Viagem"
    names.append("reference_date")
    text = [";".join(names)] + [
        ";".join(row.get(name, "2024-03-01") for name in names) for row in rows
    ]
    path = lake.folder / "parceiro.csv"
    path.write_text("\n".join(text), "latin-1")
    landed = lake.land(
        "credit", f"proposal={path}", "--sender", "parceiro", "--ingest-date", "2024-03-20"
    )
    assert landed.returncode == 0, landed.stderr
    lake.dbt("build", "--select", *MODELS, *OF_THE_LAKE)
    return lake


def partitions(lake: Lake) -> dict[tuple[int, str], int]:
    return dict(
        ((day, sender), count)
        for day, sender, count in lake.query(
            "select anomesdia, sender, count(*) from credit.feat_credit__proposal group by 1, 2"
        )
    )


def columns_of(lake: Lake, table: str) -> list[tuple[str, str]]:
    return lake.query(
        "select column_name, data_type from information_schema.columns "
        f"where table_schema = 'credit' and table_name = '{table}' order by ordinal_position"
    )


def test_the_sample_is_what_its_generator_writes(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location(
        "generate_credit_sample", PROJECT / "scripts" / "generate_credit_sample.py"
    )
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.FOLDER = tmp_path
    script.main()
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in SOURCE.iterdir()}


def test_every_row_of_the_delivered_files_landed(sample: Lake) -> None:
    delivered = {
        path.name: len(path.read_bytes().splitlines()) - 1 for path in SOURCE.glob("*.csv")
    }
    landed = dict(
        sample.query(
            "select source_file, count(*) from credit.int_credit__proposal "
            "inner join credit.int_credit__load using (load_key) group by 1"
        )
    )
    assert landed == delivered


def test_every_partition_holds_what_its_senders_delivered_last(sample: Lake) -> None:
    assert partitions(sample) == PARTITIONS


@pytest.mark.parametrize(
    ("proposal_id", "expected"),
    [
        # Corrected by the second delivery of the day: 26250 / 77000.
        ("P0001", {"person_income": 77000, "loan_percent_income": Decimal("0.340909")}),
        ("P0001", {"person_income_band_code": "de_75_a_100_mil"}),
        ("P0001", {"loan_percent_income_band_code": "de_30_a_40_pct"}),
        ("P0001", {"is_loan_percent_income_different": True}),
        ("P0002", {"person_age": 25, "person_age_band_code": "de_25_a_34"}),
        ("P0003", {"person_age": None, "is_person_age_invalid": True}),
        ("P0003", {"person_age_band_code": "missing", "is_person_income_invalid": False}),
        ("P0004", {"person_emp_length": None, "is_person_emp_length_invalid": True}),
        ("P0005", {"person_emp_length": None, "is_person_emp_length_invalid": False}),
        ("P0005", {"loan_int_rate": None, "loan_int_rate_band_code": "missing"}),
        ("P0006", {"person_emp_length": None, "is_person_emp_length_invalid": False}),
        ("P0006", {"loan_int_rate": None, "is_loan_int_rate_invalid": False}),
        ("P0007", {"person_home_ownership_rent": 1, "person_home_ownership_other": 0}),
        ("P0007", {"loan_intent_medical": 1, "loan_grade_b": 1, "loan_grade_a": 0}),
        ("P0008", {"loan_intent_other": 1, "is_loan_intent_unknown": True}),
        ("P0009", {"person_home_ownership_other": 1, "is_person_home_ownership_unknown": True}),
        ("P0010", {"is_loan_percent_income_different": True}),
        ("P0011", {"person_income": None, "is_person_income_invalid": True}),
        ("P0011", {"loan_percent_income": None, "is_loan_percent_income_different": False}),
        ("P0012", {"loan_amnt": None, "is_loan_amnt_invalid": True}),
        ("P0013", {"loan_int_rate": None, "is_loan_int_rate_invalid": True}),
        ("P0014", {"person_age": None, "is_person_age_invalid": True}),
        # Unreadable at first, corrected later.
        ("P0015", {"person_income": 59000, "is_person_income_invalid": False}),
        ("P0016", {"cb_person_default_on_file_missing": 1, "cb_person_default_on_file_other": 0}),
        ("P0017", {"cb_person_cred_hist_length": None}),
        ("P0017", {"is_cb_person_cred_hist_length_invalid": True}),
        # Its first delivery had no readable date.
        ("P0018", {"anomesdia": 20240301, "sender": "default"}),
        ("P0019", {"person_home_ownership_other": 1, "is_person_home_ownership_unknown": False}),
        ("P0020", {"customer_id": None}),
    ],
)
def test_dirt_becomes_what_the_page_says(sample: Lake, proposal_id: str, expected: dict) -> None:
    found = sample.query(
        f"select {', '.join(expected)} from credit.feat_credit__proposal "
        f"where proposal_id = '{proposal_id}'"
    )
    assert found == [tuple(expected.values())]


def test_what_a_later_delivery_lacks_is_gone_and_derived_ids_are_one_each(sample: Lake) -> None:
    ids = Counter(row[0] for row in sample.query(
        "select proposal_id from credit.feat_credit__proposal"
    ))  # fmt: skip
    assert "P0070" not in ids
    assert set(ids.values()) == {1}
    # P0021 has none, nor has any of the partner's; two of these are alike.
    assert sum(len(proposal_id) == 32 for proposal_id in ids) == 51


def test_every_row_is_accounted_and_the_rejected_one_hides_its_customer(sample: Lake) -> None:
    totals = sample.query(
        "select sum(received_count), sum(accepted_count), sum(rejected_count), sum(waiting_count) "
        "from quality.fct_quality__row_accounting where domain = 'credit'"
    )
    assert [tuple(map(int, row)) for row in totals] == [(249, 248, 1, 0)]
    [(reason, row)] = sample.query(
        "select reason_code, row_json from quality.fct_quality__rejected_row "
        "where domain = 'credit'"
    )
    assert reason == "unparsable_date"
    content = json.loads(row)
    assert (content["reference_date"], content["customer_id"]) == ("2024-02-30", "***")


def test_target_is_apart_and_known_since_it_was_delivered(sample: Lake) -> None:
    found = sample.query(
        "select anomesdia, label_date, count(*) from credit.feat_credit__proposal_target "
        "group by 1, 2 order by 1"
    )
    assert found == [(20240301, date(2024, 3, 15), 69), (20240308, date(2024, 3, 8), 50)]
    for table in ("feat_credit__proposal", "feat_credit__customer_latest"):
        assert "loan_status" not in [name for name, _ in columns_of(sample, table)]


def test_newest_proposal_of_a_customer_is_asked_with(sample: Lake) -> None:
    found = sample.query(
        "select customer_id, proposal_id from credit.feat_credit__customer_latest "
        "where customer_id in ('C001', 'C060', 'C061') order by 1"
    )
    assert found == [("C001", "Q0001"), ("C060", "Q0060"), ("C061", "P0061")]
    total = sample.query("select count(*) from credit.feat_credit__customer_latest")
    assert total == [(69,)]


def test_training_set_knows_nothing_of_later(sample: Lake) -> None:
    """On 10 March P0001 still had its first income and P0018 was not known."""
    labels = (
        "(select proposal_id, anomesdia, 1 as loan_status, "
        "date ''2024-03-10'' as label_date from credit.feat_credit__proposal "
        "where proposal_id in (''P0001'', ''P0018'', ''Q0001''))"
    ).replace("''", "'")
    inline = f'{{{{ training_set("{labels}") }}}}'
    shown = sample.dbt("show", "--inline", inline, "--output", "json", "--limit", "10", "--quiet")
    rows = json.loads(shown[shown.index("{") :])["show"]
    found = {row["proposal_id"]: row["person_income"] for row in rows}
    assert found == {"P0001": 50500, "Q0001": 105500}


def test_dictionary_is_the_table(sample: Lake) -> None:
    """Name, order and type of every real column, and where it comes from."""
    types = {"VARCHAR": "string", "BIGINT": "bigint", "INTEGER": "integer", "BOOLEAN": "boolean",
             "DECIMAL(18,6)": "decimal(18,6)"}  # fmt: skip
    real = [(name, types[kind]) for name, kind in columns_of(sample, "feat_credit__proposal")]
    told = sample.query(
        "select feature_name, data_type from credit.feat_credit__dictionary order by posicao"
    )
    assert told == real
    assert sample.query(
        "select source_column, declared_values, declaration_version "
        "from credit.feat_credit__dictionary where feature_name = 'loan_grade_a'"
    ) == [("loan_grade", "A", 1)]
    served = [name for name, _ in columns_of(sample, "feat_credit__customer_latest")]
    assert served == [name for name, _ in real if name != "is_removed"]


def test_a_new_delivery_changes_its_sender_and_date_and_nothing_else(
    sample: Lake, landed_again: Lake
) -> None:
    everything = "select * exclude (is_removed) from credit.feat_credit__proposal"
    before, after = Counter(sample.query(everything)), Counter(landed_again.query(everything))
    assert before - after == Counter()
    assert partitions(landed_again) == {**PARTITIONS, (20240301, "parceiro"): 30}
    for table in ("feat_credit__proposal", "feat_credit__customer_latest", "feat_credit__profile"):
        assert columns_of(landed_again, table) == columns_of(sample, table)


def test_a_new_category_is_counted_flagged_and_reported(landed_again: Lake) -> None:
    others = landed_again.query(
        "select is_loan_intent_unknown from credit.feat_credit__proposal "
        "where anomesdia = 20240301 and sender = 'parceiro' and loan_intent_other = 1"
    )
    assert others == [(True,)] * 2  # Viagem, and Educação, which the file had before
    assert landed_again.query(
        "select column_name, category_value, row_count from quality.rpt_quality__anomaly "
        "where domain = 'credit' and anomaly_code = 'new_category' "
        "and ingest_date = date '2024-03-20'"
    ) == [("loan_intent", "VIAGEM", 1)]


def test_other_declarations_stop_an_incremental_run(sample: Lake, tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    shutil.copy(sample.database, lake.database)
    lake.raw.symlink_to(sample.raw)
    variables = {"credit_declarations": {"version": 2, "bands": {}, "vocabulary": {
        "person_home_ownership": ["RENT"], "loan_intent": ["MEDICAL"], "loan_grade": ["A"],
        "cb_person_default_on_file": ["Y"]}}}  # fmt: skip
    done = lake.try_dbt("run", "--select", "feat_credit__proposal", variables=variables)
    assert done.returncode == 1
    assert "--full-refresh" in done.stdout


@pytest.mark.parametrize("column", ["loan_grade", "person_income"])
def test_a_file_with_a_missing_column_lands_nothing(
    sample: Lake, tmp_path: Path, column: str
) -> None:
    path = tmp_path / "lote.csv"
    path.write_text((SOURCE / "2024-03-08.csv").read_text("utf-8").replace(column, "outra", 1))
    before = sorted(sample.raw.rglob("*.parquet"))
    landed = sample.land("credit", f"proposal={path}", "--ingest-date", "2024-03-21")
    assert landed.returncode == 1
    assert landed.stderr.startswith("error: lote.csv")
    assert column in landed.stderr
    assert sorted(sample.raw.rglob("*.parquet")) == before
