"""Write data/source/credit: a small delivery history with the dirt that real files of this kind have.

The seed is fixed, so that the files can be made again byte for byte. They are landed in this order:

    lakehouse land credit proposal=data/source/credit/2024-03-01.csv --ingest-date 2024-03-02
    lakehouse land credit proposal=data/source/credit/parceiro.csv --sender parceiro --ingest-date 2024-03-08
    lakehouse land credit proposal=data/source/credit/2024-03-08.csv --ingest-date 2024-03-09
    lakehouse land credit proposal=data/source/credit/2024-03-01_again.csv --ingest-date 2024-03-15
"""  # noqa: E501

import csv
import io
from pathlib import Path
from random import Random

FOLDER = Path(__file__).resolve().parents[1] / "data" / "source" / "credit"
SEED = 7
COLUMNS = (
    "person_age",
    "person_income",
    "person_home_ownership",
    "person_emp_length",
    "loan_intent",
    "loan_grade",
    "loan_amnt",
    "loan_int_rate",
    "loan_status",
    "loan_percent_income",
    "cb_person_default_on_file",
    "cb_person_cred_hist_length",
)
INTENTS = (
    "PERSONAL",
    "EDUCATION",
    "MEDICAL",
    "VENTURE",
    "HOMEIMPROVEMENT",
    "DEBTCONSOLIDATION",
)
# Row of the file 2024-03-01 -> what is wrong with it.
DIRT = {
    3: {"person_age": "144"},
    4: {"person_emp_length": "123.0"},
    5: {"person_emp_length": "", "loan_int_rate": ""},
    6: {"person_emp_length": "NA", "loan_int_rate": "NULL"},
    7: {"person_home_ownership": " rent ", "loan_intent": "Medical", "loan_grade": "b"},
    8: {"loan_intent": "Educação"},
    9: {"person_home_ownership": "HOUSEBOAT"},
    10: {"loan_percent_income": "0.99"},
    11: {"person_income": "0"},
    12: {"loan_amnt": "-500"},
    13: {"loan_int_rate": "103.5"},
    14: {"person_age": "17"},
    15: {"person_income": "59.000,00"},
    16: {"cb_person_default_on_file": ""},
    17: {"cb_person_cred_hist_length": "-1"},
    18: {"reference_date": "2024-02-30"},
    19: {"person_home_ownership": "OTHER"},
    20: {"customer_id": ""},
    21: {"proposal_id": ""},
}


def proposal(rng: Random) -> dict[str, str]:
    """One clean proposal, values as a sender with decimal points writes them."""
    age = rng.randint(20, 68)
    income = rng.randrange(12_000, 180_000, 500)
    amount = rng.randrange(1_000, 35_000, 250)
    return {
        "person_age": str(age),
        "person_income": str(income),
        "person_home_ownership": rng.choice(("RENT", "RENT", "OWN", "MORTGAGE", "MORTGAGE")),
        "person_emp_length": f"{rng.randint(0, min(age - 16, 25))}.0",
        "loan_intent": rng.choice(INTENTS),
        "loan_grade": rng.choice("AAABBBCCDEFG"),
        "loan_amnt": str(amount),
        "loan_int_rate": f"{rng.randint(542, 2148) / 100:.2f}",
        "loan_status": rng.choice("0001"),
        "loan_percent_income": f"{amount / income:.2f}",
        "cb_person_default_on_file": rng.choice("NNNY"),
        "cb_person_cred_hist_length": str(rng.randint(2, 25)),
    }


def main() -> None:
    """Write the four files."""
    rng = Random(SEED)
    first = [
        {
            "proposal_id": f"P{number:04}",
            "customer_id": f"C{number:03}",
            "reference_date": "2024-03-01",
            **proposal(rng),
            **DIRT.get(number, {}),
        }
        for number in range(1, 71)
    ]
    partner = [proposal(rng) for _ in range(50)]
    partner[1]["loan_intent"] = "Educação"
    partner[2]["loan_percent_income"] = "0.01"
    partner[3]["person_home_ownership"] = "Own"
    # Two rows alike: without an id each is a proposal of its own.
    partner[5] = dict(partner[4])
    second = [
        {
            "proposal_id": f"Q{number:04}",
            "customer_id": f"C{number:03}",
            "reference_date": "2024-03-08",
            **proposal(rng),
        }
        for number in range(1, 61)
    ]
    # The same day again: P0070 is gone, P0001 was corrected.
    again = [dict(row) for row in first[:69]]
    again[0]["person_income"] = "77000"
    again[17]["reference_date"] = "2024-03-01"
    again[14]["person_income"] = "59000"

    FOLDER.mkdir(parents=True, exist_ok=True)
    ids = ("proposal_id", "customer_id", "reference_date")
    without_target = tuple(column for column in COLUMNS if column != "loan_status")
    write("2024-03-01.csv", first, (*ids, *without_target))
    write("2024-03-08.csv", second, (*ids, *without_target))
    write("2024-03-01_again.csv", again, (*ids, *COLUMNS))
    write("parceiro.csv", [comma(row) for row in partner], COLUMNS, ";", "latin-1")


def comma(row: dict[str, str]) -> dict[str, str]:
    return {name: value.replace(".", ",") for name, value in row.items()}


def write(
    name: str,
    rows: list[dict[str, str]],
    columns: tuple[str, ...],
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(
        text, columns, extrasaction="ignore", delimiter=delimiter, lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    (FOLDER / name).write_bytes(text.getvalue().encode(encoding))


if __name__ == "__main__":
    main()
