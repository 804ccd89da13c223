"""Credit: which features describe a proposal, and do they drift?"""

from lakehouse.site.charts import bars, lines
from lakehouse.site.content import Column, Page, Question, Text

_PROFILE = "feat_credit__profile"
_TARGET = "feat_credit__proposal_target"
_FEATURE = Column(Text("feature", "variável"), "code")
_DATE = Column(Text("partition", "partição"), "date")
_STABILITY = Column(
    Text("stability index (PSI)", "índice de estabilidade (PSI)"), "index", _PROFILE
)
_NULLS = Column(Text("without a value", "sem valor"), "ratio")
_MEAN = Column(Text("mean", "média"), "average")
_DEFAULTS = Column(Text("defaulted", "inadimplentes"), "ratio", _TARGET)
_NO_PROPOSAL = Text("No proposal is known.", "Nenhuma proposta é conhecida.")

_DRIFT = {
    "feature_name": _FEATURE,
    "stability_index": _STABILITY,
    "null_ratio": _NULLS,
    "mean_value": _MEAN,
    "partition_date": _DATE,
    "previous_date": Column(Text("compared with", "comparada com"), "date"),
}
_OVER_TIME = {
    "feature_name": _FEATURE,
    "partition_date": _DATE,
    "stability_index": _STABILITY,
    "null_ratio": _NULLS,
    "mean_value": _MEAN,
}
_SHARES = {
    "feature_name": _FEATURE,
    "category_code": Column(Text("band or value", "faixa ou valor"), "code"),
    "category_ratio": Column(Text("share of proposals", "parte das propostas"), "ratio"),
    "previous_ratio": Column(Text("partition before", "partição anterior"), "ratio"),
    "row_count": Column(Text("proposals", "propostas"), "count"),
}
_OUTCOMES = {
    "partition_date": _DATE,
    "default_ratio": _DEFAULTS,
    "known_count": Column(Text("outcomes known", "desfechos conhecidos"), "count"),
}

PAGE = Page(
    name="credit",
    label=Text("credit", "crédito"),
    title=Text(
        "Which features describe a credit proposal, and do they drift?",
        "Que variáveis descrevem uma proposta de crédito, e elas derivam?",
    ),
    lead=Text(
        "How the features of each partition are distributed, and how far that moved since the one "
        "before. A stability index above 0.25 is usually taken for a shift, below 0.10 for none.",
        "Como se distribuem as variáveis de cada partição, e quanto isso se moveu desde a "
        "anterior. Um índice de estabilidade acima de 0,25 costuma ser tomado por mudança, abaixo "
        "de 0,10 por nenhuma.",
    ),
    questions=(
        Question(
            name="credit_headline",
            title=Text("The newest partition", "A partição mais recente"),
            columns={
                "newest_date": Column(
                    Text("newest partition", "partição mais recente"), "date", _PROFILE
                ),
                "proposal_count": Column(
                    Text("proposals in it", "propostas nela"), "count", _PROFILE
                ),
                "stability_index": Column(
                    Text("largest stability index", "maior índice de estabilidade"),
                    "index",
                    _PROFILE,
                ),
                "default_ratio": _DEFAULTS,
            },
            empty=_NO_PROPOSAL,
            is_headline=True,
        ),
        Question(
            name="credit_drift",
            title=Text(
                "Which features moved in the newest partition?",
                "Que variáveis se moveram na partição mais recente?",
            ),
            columns=_DRIFT,
            empty=_NO_PROPOSAL,
            chart=bars(_DRIFT, "feature_name", "stability_index"),
        ),
        Question(
            name="credit_drift_over_time",
            title=Text(
                "How did a feature drift over time?", "Como uma variável derivou ao longo do tempo?"
            ),
            columns=_OVER_TIME,
            empty=_NO_PROPOSAL,
            chart=lines(_OVER_TIME, "partition_date", "stability_index"),
            filter="feature_name",
        ),
        Question(
            name="credit_profile",
            title=Text("How is a feature distributed?", "Como uma variável se distribui?"),
            columns=_SHARES,
            note=Text("In the newest partition.", "Na partição mais recente."),
            empty=_NO_PROPOSAL,
            chart=bars(_SHARES, "category_code", "category_ratio"),
            filter="feature_name",
        ),
        Question(
            name="credit_outcomes",
            title=Text("How many loans defaulted?", "Quantos empréstimos ficaram inadimplentes?"),
            columns=_OUTCOMES,
            note=Text("Of those whose outcome is known.", "Dos que têm desfecho conhecido."),
            empty=Text("No outcome is known.", "Nenhum desfecho é conhecido."),
            chart=lines(_OUTCOMES, "partition_date", "default_ratio"),
        ),
    ),
)
