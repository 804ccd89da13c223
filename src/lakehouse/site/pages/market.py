"""Market: what is each B3 index made of, and how do the weights move?"""

from lakehouse.site.charts import bars, lines
from lakehouse.site.content import Column, Page, Question, Text

_INDEX = Column(Text("index", "índice"), "text")
_SESSION = Column(Text("session", "pregão"), "date")
_TICKER = Column(Text("share", "ação"), "text")
_WEIGHT = Column(
    Text("weight, percent", "participação, por cento"), "pct", "fct_market__carteira_diaria"
)
_NO_SESSION = Text("No session has landed.", "Nenhum pregão chegou.")

_WEIGHTS = {
    "indice": _INDEX,
    "data_pregao": _SESSION,
    "ticker": _TICKER,
    "participacao_pct": _WEIGHT,
    "variacao_pp": Column(
        Text("change since the session before", "variação desde o pregão anterior"),
        "points",
        "fct_market__carteira_diaria",
    ),
}
_CONCENTRATION = {
    "indice": _INDEX,
    "data_pregao": _SESSION,
    "concentracao_ratio": Column(
        Text("concentration (Herfindahl)", "concentração (Herfindahl)"), "index"
    ),
    "acoes_count": Column(Text("shares", "ações"), "count"),
    "giro_pp": Column(Text("turnover", "giro"), "points"),
}
_SECTORS = {
    "indice": _INDEX,
    "setor": Column(Text("sector", "setor"), "text"),
    "data_pregao": _SESSION,
    "acoes_count": Column(Text("shares", "ações"), "count"),
    "participacao_total_pct": Column(Text("weight, percent", "participação, por cento"), "pct"),
}

PAGE = Page(
    name="market",
    label=Text("market", "mercado"),
    title=Text(
        "What is each B3 index made of, and how do the weights move?",
        "De que é feito cada índice da B3, e como se movem os pesos?",
    ),
    lead=Text(
        "Each session as it was delivered last, whole or not at all.",
        "Cada pregão como foi entregue por último, inteiro ou de modo nenhum.",
    ),
    questions=(
        Question(
            name="market_headline",
            title=Text("Today's compositions", "Composições de hoje"),
            columns={
                "newest_session": Column(Text("newest session", "pregão mais recente"), "date"),
                "index_count": Column(Text("indexes", "índices"), "count"),
                "ticker_count": Column(Text("shares", "ações"), "count"),
            },
            empty=_NO_SESSION,
            is_headline=True,
        ),
        Question(
            name="market_weights",
            title=Text("How do the heaviest shares move?", "Como se movem as ações de maior peso?"),
            columns=_WEIGHTS,
            note=Text(
                "The eight heaviest of the newest session.",
                "As oito de maior peso no último pregão.",
            ),
            empty=_NO_SESSION,
            chart=lines(_WEIGHTS, "data_pregao", "participacao_pct", color="ticker"),
            filter="indice",
        ),
        Question(
            name="market_changes",
            title=Text("Which shares came and went?", "Que ações entraram e saíram?"),
            columns={
                "indice": _INDEX,
                "data_pregao": _SESSION,
                "mudanca": Column(Text("change", "mudança"), "text"),
                "ticker": _TICKER,
                "ativo": Column(Text("name", "nome"), "text"),
                "setor": Column(Text("sector", "setor"), "text"),
                "participacao_pct": _WEIGHT,
            },
            note=Text(
                "Entrada: the landed session before has it not. Saída: the next one has it not. In "
                "the first session all enter. The newest five hundred.",
                "Entrada: o pregão anterior não a tem. Saída: o seguinte não a tem. No primeiro "
                "pregão todas entram. As quinhentas mais recentes.",
            ),
            empty=_NO_SESSION,
        ),
        Question(
            name="market_concentration",
            title=Text("How concentrated is each index?", "Quão concentrado é cada índice?"),
            columns=_CONCENTRATION,
            note=Text(
                "The sum of the squared weights: 1 is a single share.",
                "A soma dos quadrados das participações: 1 é uma única ação.",
            ),
            empty=_NO_SESSION,
            chart=lines(_CONCENTRATION, "data_pregao", "concentracao_ratio", color="indice"),
        ),
        Question(
            name="market_sectors",
            title=Text("What does each sector weigh?", "Quanto pesa cada setor?"),
            columns=_SECTORS,
            note=Text(
                "In the newest session that came with sectors.",
                "No último pregão que veio com setores.",
            ),
            empty=Text("No session came with sectors.", "Nenhum pregão veio com setores."),
            chart=bars(_SECTORS, "setor", "participacao_total_pct"),
            filter="indice",
        ),
    ),
)
