"""Commerce: what was the GMV, as we knew it on any day?"""

from lakehouse.site.charts import bars, columns_over_time
from lakehouse.site.content import Column, Page, Question, Text

_MONTH = Column(Text("month of GMV", "mês do GMV"), "month")
_SUBSIDIARY = Column(Text("subsidiary", "subsidiária"), "text")
_GMV = Column(Text("GMV", "GMV"), "amount")
_COUNT = Column(Text("purchases", "compras"), "count")
_POSTED = Column(Text("known on", "conhecido em"), "date")
_MOVED = Column(Text("movement", "movimento"), "amount")
_MOVED_COUNT = Column(Text("purchases more or fewer", "compras a mais ou a menos"), "count")
_PRODUCER = Column(Text("producer", "produtor"), "id")
_REVENUE = Column(Text("revenue", "receita"), "amount")
_NO_GMV = Text(
    "No purchase is in GMV: none is paid, not cancelled and has an item with a value.",
    "Nenhuma compra entra no GMV: nenhuma está paga, não cancelada e com item de valor.",
)

_BY_MONTH = {
    "gmv_month": _MONTH,
    "subsidiary": _SUBSIDIARY,
    "gmv_amount": _GMV,
    "purchase_count": _COUNT,
}
_PRODUCERS = {
    "posicao": Column(Text("place", "posição"), "id"),
    "producer_id": _PRODUCER,
    "revenue_amount": _REVENUE,
}
_PRODUCTS = {
    "producer_id": _PRODUCER,
    "posicao": Column(Text("place", "posição"), "id"),
    "product_id": Column(Text("product", "produto"), "id"),
    "revenue_amount": _REVENUE,
}

PAGE = Page(
    name="commerce",
    label=Text("commerce", "comércio"),
    title=Text(
        "What was the GMV, as we knew it on any day?",
        "Qual era o GMV, como o conhecíamos em cada dia?",
    ),
    lead=Text(
        "GMV is the value of purchases that are paid and not cancelled, on their release date. "
        "A correction that arrives later changes what is known from that day on, never before.",
        "GMV é o valor das compras pagas e não canceladas, na data de liberação. Uma correção "
        "que chega depois muda o que se sabe desse dia em diante, nunca antes.",
    ),
    questions=(
        Question(
            name="commerce_headline",
            title=Text("GMV as known now", "GMV como se conhece agora"),
            columns={
                "gmv_amount": _GMV,
                "purchase_count": _COUNT,
                "newest_gmv_date": Column(
                    Text("newest day with GMV", "dia mais recente com GMV"), "date"
                ),
            },
            empty=_NO_GMV,
            is_headline=True,
        ),
        Question(
            name="commerce_gmv_as_of",
            title=Text(
                "What did we know of a month, and when?", "O que sabíamos de um mês, e quando?"
            ),
            columns={
                "gmv_month": _MONTH,
                "posted_on": _POSTED,
                "subsidiary": _SUBSIDIARY,
                "movement_amount": _MOVED,
                "purchase_count_change": _MOVED_COUNT,
                "ledger_row_count": Column(Text("ledger rows", "linhas do razão"), "count"),
            },
            note=Text(
                "Choose a month, then move through the days of knowledge.",
                "Escolha um mês e percorra os dias de conhecimento.",
            ),
            empty=_NO_GMV,
            is_as_of=True,
        ),
        Question(
            name="commerce_ledger",
            title=Text("Rows of the ledger", "Linhas do razão"),
            columns={
                "gmv_month": _MONTH,
                "posted_on": _POSTED,
                "gmv_date": Column(Text("day of GMV", "dia do GMV"), "date"),
                "subsidiary": _SUBSIDIARY,
                "movement_amount": _MOVED,
                "purchase_count_change": _MOVED_COUNT,
            },
            empty=_NO_GMV,
            is_data=True,
        ),
        Question(
            name="commerce_final",
            title=Text("What is final", "O que é final"),
            columns={
                "passed_run_date": Column(Text("last run that passed", "última execução"), "date")
            },
            empty=_NO_GMV,
            is_data=True,
        ),
        Question(
            name="commerce_gmv_by_month",
            title=Text(
                "How much GMV has each subsidiary per month?",
                "Quanto GMV tem cada subsidiária por mês?",
            ),
            columns=_BY_MONTH,
            note=Text("As known now.", "Como se conhece agora."),
            empty=_NO_GMV,
            chart=columns_over_time(_BY_MONTH, "gmv_month", "gmv_amount", color="subsidiary"),
        ),
        Question(
            name="commerce_top_producers",
            title=Text(
                "Who are the best producers of the report year?",
                "Quem são os melhores produtores do ano do relatório?",
            ),
            columns=_PRODUCERS,
            note=Text(
                "The fifty with the most revenue in the year that the variable report_year names.",
                "Os cinquenta com mais receita no ano que a variável report_year indica.",
            ),
            empty=Text(
                "No producer has revenue in that year. Another year: "
                'lakehouse build --vars "{report_year: 2023}"',
                "Nenhum produtor tem receita nesse ano. Outro ano: "
                'lakehouse build --vars "{report_year: 2023}"',
            ),
            chart=bars(_PRODUCERS, "producer_id", "revenue_amount", most=15),
        ),
        Question(
            name="commerce_top_products",
            title=Text(
                "What is the best product of each producer?",
                "Qual é o melhor produto de cada produtor?",
            ),
            columns=_PRODUCTS,
            note=Text(
                "Over all years; of many producers the fifty with the most revenue in it.",
                "De todos os anos; de muitos produtores, os cinquenta com mais receita nele.",
            ),
            empty=_NO_GMV,
        ),
    ),
)
