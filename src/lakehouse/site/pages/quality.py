"""Quality: what became of every delivered row?"""

from lakehouse.site.charts import bars, columns_over_time
from lakehouse.site.content import Column, Page, Question, Text

_DOMAIN = Column(Text("domain", "domínio"), "text")
_ENTITY = Column(Text("entity", "entidade"), "code")
_ROWS = Column(Text("rows", "linhas"), "count")
_DAY = Column(Text("day of receipt", "dia do recebimento"), "date")
_NEWEST = Column(Text("newest day", "dia mais recente"), "date")
_NOTHING_CAME = Text("No row has been received.", "Nenhuma linha foi recebida.")

_ACCOUNTING = {
    "domain": _DOMAIN,
    "ingest_date": _DAY,
    "row_state": Column(Text("state", "estado"), "code"),
    "row_count": _ROWS,
}
_REJECTED = {
    "reason_code": Column(Text("reason", "motivo"), "code"),
    "domain": _DOMAIN,
    "entity": _ENTITY,
    "row_count": _ROWS,
    "load_count": Column(Text("loads", "cargas"), "count"),
    "newest_date": _NEWEST,
}
_OBSERVED = "average"

PAGE = Page(
    name="quality",
    label=Text("quality", "qualidade"),
    title=Text("What became of every delivered row?", "O que foi de cada linha entregue?"),
    lead=Text(
        "Every row that was received counts, is superseded, repeated, waits or is rejected with a "
        "reason. None is lost.",
        "Cada linha recebida conta, foi substituída, repetida, espera ou foi rejeitada com um "
        "motivo. Nenhuma se perde.",
    ),
    questions=(
        Question(
            name="quality_headline",
            title=Text("All rows so far", "Todas as linhas até agora"),
            columns={
                "received_count": Column(
                    Text("rows received", "linhas recebidas"),
                    "count",
                    "fct_quality__row_accounting",
                ),
                "rejected_count": Column(
                    Text("rejected", "rejeitadas"), "count", "fct_quality__row_accounting"
                ),
                "waiting_count": Column(
                    Text("waiting", "em espera"), "count", "fct_quality__row_accounting"
                ),
                "late_count": Column(
                    Text("sources that are late", "fontes atrasadas"),
                    "count",
                    "rpt_quality__freshness",
                ),
            },
            empty=_NOTHING_CAME,
            is_headline=True,
        ),
        Question(
            name="quality_accounting",
            title=Text("What became of the rows of each day?", "O que foi das linhas de cada dia?"),
            columns=_ACCOUNTING,
            note=Text(
                "Current, superseded and deleted rows were accepted; waiting ones are, once their "
                "partner comes.",
                "Linhas atuais (current), substituídas (superseded) e excluídas (deleted) foram "
                "aceitas; as em espera (waiting) serão, quando vier o seu par.",
            ),
            empty=_NOTHING_CAME,
            chart=columns_over_time(
                _ACCOUNTING, "ingest_date", "row_count", color="row_state", unit="yearmonthdate"
            ),
            filter="domain",
        ),
        Question(
            name="quality_rejected",
            title=Text("Why were rows rejected?", "Por que linhas foram rejeitadas?"),
            columns=_REJECTED,
            empty=Text("No row is rejected.", "Nenhuma linha foi rejeitada."),
            chart=bars(_REJECTED, "reason_code", "row_count", color="domain", most=20),
        ),
        Question(
            name="quality_freshness",
            title=Text("Does each source still deliver?", "Cada fonte ainda entrega?"),
            columns={
                "domain": _DOMAIN,
                "entity": _ENTITY,
                "freshness_state": Column(Text("state", "estado"), "code"),
                "last_recorded_at": Column(
                    Text("last receipt, UTC", "último recebimento, UTC"), "moment"
                ),
                "age_days": Column(Text("days ago", "dias atrás"), "count"),
                "rhythm_days": Column(
                    Text("expected every (days)", "esperada a cada (dias)"), "count"
                ),
            },
            note=Text(
                "On the day of the build, against the rhythm that each source declares.",
                "No dia da construção, contra o ritmo que cada fonte declara.",
            ),
            empty=Text("No source is declared.", "Nenhuma fonte está declarada."),
        ),
        Question(
            name="quality_anomaly",
            title=Text("What is odd about what arrived?", "O que chegou de estranho?"),
            columns={
                "domain": _DOMAIN,
                "entity": _ENTITY,
                "ingest_date": _DAY,
                "anomaly_code": Column(Text("anomaly", "anomalia"), "code"),
                "column_name": Column(Text("column", "coluna"), "code"),
                "category_value": Column(Text("category", "categoria"), "text"),
                "observed_value": Column(Text("observed", "observado"), _OBSERVED),
                "usual_value": Column(Text("usual", "usual"), _OBSERVED),
                "threshold_value": Column(Text("limit", "limite"), _OBSERVED),
            },
            note=Text(
                "Odd is not wrong: rows count all the same.",
                "Estranho não é errado: as linhas contam do mesmo modo.",
            ),
            empty=Text("Nothing is odd.", "Nada é estranho."),
        ),
        Question(
            name="quality_flag",
            title=Text(
                "Which rows count and yet are unusual?", "Que linhas contam e são incomuns?"
            ),
            columns={
                "flag_code": Column(Text("flag", "marca"), "code"),
                "domain": _DOMAIN,
                "entity": _ENTITY,
                "row_count": _ROWS,
                "newest_date": _NEWEST,
            },
            empty=Text("No row is flagged.", "Nenhuma linha está marcada."),
        ),
        Question(
            name="quality_loads",
            title=Text(
                "Which loads speak for earlier days?", "Que cargas falam de dias anteriores?"
            ),
            columns={
                "domain": _DOMAIN,
                "entity": _ENTITY,
                "load_id": Column(Text("load", "carga"), "code"),
                "landed_on": Column(Text("landed on", "chegou em"), "date"),
                "first_claimed_on": Column(Text("from day", "desde o dia"), "date"),
                "last_claimed_on": Column(Text("to day", "até o dia"), "date"),
                "rewritten_days": Column(Text("days back", "dias para trás"), "count"),
            },
            note=Text(
                "Loads that claim to have been received before they landed: history that was "
                "loaded later, the newest five hundred.",
                "Cargas que afirmam ter sido recebidas antes de chegar: história carregada depois, "
                "as quinhentas mais recentes.",
            ),
            empty=Text("None does.", "Nenhuma."),
        ),
    ),
)
