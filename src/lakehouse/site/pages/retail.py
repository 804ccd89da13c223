"""Retail: who sold what, and when?"""

from lakehouse.site.charts import bars, columns_over_time
from lakehouse.site.content import Column, Page, Question, Text

_MONTH = Column(Text("month", "mês"), "month")
_TOTAL = Column(Text("sold", "vendido"), "amount")
_SALES = Column(Text("sales", "vendas"), "count")
_EMPLOYEE = Column(Text("employee", "funcionário"), "id")
_NO_SALE = Text("No sale is known.", "Nenhuma venda é conhecida.")

_MONTHS = {
    "sale_month": _MONTH,
    "total_amount": _TOTAL,
    "venda_count": _SALES,
    "media_venda": Column(Text("average sale", "venda média"), "amount"),
    "variacao_ratio": Column(Text("since the month before", "desde o mês anterior"), "ratio"),
}
_CATEGORIES = {
    "sale_month": _MONTH,
    "category": Column(Text("category", "categoria"), "text"),
    "total_amount": _TOTAL,
    "sale_count": _SALES,
}
_EMPLOYEES = {
    "id_funcionario": _EMPLOYEE,
    "total_amount": _TOTAL,
    "sale_count": _SALES,
    "newest_month": Column(Text("newest month", "mês mais recente"), "month"),
}
_LARGEST = {
    "posicao": Column(Text("place", "posição"), "id"),
    "id_venda": Column(Text("sale", "venda"), "id"),
    "data_venda": Column(Text("day", "dia"), "date"),
    "id_funcionario": _EMPLOYEE,
    "nome_categoria": Column(Text("category", "categoria"), "text"),
    "venda": Column(Text("amount", "valor"), "amount"),
}

PAGE = Page(
    name="retail",
    label=Text("retail", "varejo"),
    title=Text("Who sold what, and when?", "Quem vendeu o quê, e quando?"),
    lead=Text(
        "The sales as the source holds them now. Employees are shown by number: their names are "
        "personal.",
        "As vendas como a fonte as tem agora. Funcionários aparecem pelo número: seus nomes são "
        "pessoais.",
    ),
    questions=(
        Question(
            name="retail_headline",
            title=Text("All sales", "Todas as vendas"),
            columns={
                "total_amount": _TOTAL,
                "sale_count": _SALES,
                "best_month": Column(Text("best month", "melhor mês"), "month"),
            },
            empty=_NO_SALE,
            is_headline=True,
        ),
        Question(
            name="retail_months",
            title=Text("How much is sold per month?", "Quanto se vende por mês?"),
            columns=_MONTHS,
            empty=_NO_SALE,
            chart=columns_over_time(_MONTHS, "sale_month", "total_amount"),
        ),
        Question(
            name="retail_categories",
            title=Text("Which categories sell?", "Que categorias vendem?"),
            columns=_CATEGORIES,
            note=Text(
                "The seven that sold most; … is all others together.",
                "As sete que mais venderam; … são todas as outras juntas.",
            ),
            empty=_NO_SALE,
            chart=columns_over_time(_CATEGORIES, "sale_month", "total_amount", color="category"),
        ),
        Question(
            name="retail_employees",
            title=Text("Who sells most?", "Quem vende mais?"),
            columns=_EMPLOYEES,
            note=Text(
                "Over all months; of many the first two hundred.",
                "De todos os meses; de muitos, os primeiros duzentos.",
            ),
            empty=_NO_SALE,
            chart=bars(_EMPLOYEES, "id_funcionario", "total_amount", most=15),
        ),
        Question(
            name="retail_largest",
            title=Text("Which are the largest sales?", "Quais são as maiores vendas?"),
            columns=_LARGEST,
            empty=_NO_SALE,
        ),
    ),
)
