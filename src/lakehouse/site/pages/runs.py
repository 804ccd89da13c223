"""Runs: what did each model take, and what would it cost?"""

from lakehouse import prices
from lakehouse.site.charts import bars, lines
from lakehouse.site.content import Column, Page, Question, Text

_MODEL = Column(Text("model", "modelo"), "model")
_STARTED = Column(Text("build began, UTC", "construção começou, UTC"), "moment")
_SECONDS = Column(Text("time", "tempo"), "seconds")
_MODELS = Column(Text("models and seeds", "modelos e seeds"), "count")
_FAILED = Column(Text("not built", "não construídos"), "count")
_ROWS = Column(Text("rows", "linhas"), "count")
_STORED = Column(Text("stored", "armazenado"), "kilobytes")
_COST = Column(Text("one read on Athena", "uma leitura no Athena"), "dollars")
_USD, _LEAST = f"{prices.athena_usd_per_tb({}):g}", prices.athena_least_bytes() // 10**6
_NO_BUILD = Text(
    "No build has been noted: `lakehouse build` notes each one that builds something.",
    "Nenhuma construção foi anotada: `lakehouse build` anota cada uma que constrói algo.",
)

_NEWEST = {
    "model_name": _MODEL,
    "domain": Column(Text("domain", "domínio"), "text"),
    "run_started_at": _STARTED,
    "run_status": Column(Text("status", "estado"), "code"),
    "run_seconds": _SECONDS,
    "row_count": _ROWS,
    "stored_kilobytes": _STORED,
    "athena_cost": _COST,
}
_OVER_TIME = {
    "model_name": _MODEL,
    "run_started_at": _STARTED,
    "run_seconds": _SECONDS,
    "row_count": _ROWS,
    "stored_kilobytes": _STORED,
    "athena_cost": _COST,
}

PAGE = Page(
    name="runs",
    label=Text("runs", "execuções"),
    title=Text(
        "What does each model take, and does that change?",
        "O que cada modelo leva, e isso muda?",
    ),
    lead=Text(
        "Noted by each lakehouse build on DuckDB. Seconds are dbt's, while other models run beside "
        "it; rows and storage are those of the table afterwards, and small tables share blocks of "
        "256 kB. DuckDB costs nothing: the price is that of reading the table once on Athena, at "
        f"{_USD} USD per TB, or what LAKEHOUSE_ATHENA_USD_PER_TB says, and at least {_LEAST} MB.",
        "Anotado por cada lakehouse build no DuckDB. Os segundos são do dbt, com outros modelos ao "
        "lado; linhas e armazenamento são os da tabela depois, e tabelas pequenas dividem blocos "
        "de 256 kB. O DuckDB não custa nada: o preço é o de ler a tabela uma vez no Athena, a "
        f"{_USD} USD por TB, ou o que LAKEHOUSE_ATHENA_USD_PER_TB diz, e no mínimo {_LEAST} MB.",
    ),
    questions=(
        Question(
            name="runs_headline",
            title=Text("The newest build", "A construção mais recente"),
            columns={
                "run_started_at": _STARTED,
                "model_count": _MODELS,
                "run_seconds": _SECONDS,
                "failed_count": _FAILED,
            },
            empty=_NO_BUILD,
            is_headline=True,
        ),
        Question(
            name="runs_newest",
            title=Text("Which models take longest?", "Que modelos demoram mais?"),
            columns=_NEWEST,
            note=Text(
                "Each in the newest build that had it.",
                "Cada um na construção mais recente que o teve.",
            ),
            empty=_NO_BUILD,
            chart=bars(_NEWEST, "model_name", "run_seconds", color="domain", most=20),
        ),
        Question(
            name="runs_over_time",
            title=Text(
                "How did a model change from build to build?",
                "Como um modelo mudou de construção para construção?",
            ),
            columns=_OVER_TIME,
            empty=_NO_BUILD,
            chart=lines(_OVER_TIME, "run_started_at", "run_seconds"),
            filter="model_name",
        ),
        Question(
            name="runs_builds",
            title=Text("How long do builds take?", "Quanto duram as construções?"),
            columns={
                "run_started_at": _STARTED,
                "model_count": _MODELS,
                "run_seconds": _SECONDS,
                "failed_count": _FAILED,
            },
            note=Text("The newest hundred.", "As cem mais recentes."),
            empty=_NO_BUILD,
        ),
    ),
)
