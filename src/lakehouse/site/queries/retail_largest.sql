select
    posicao,
    id_venda,
    data_venda,
    id_funcionario,
    nome_categoria,
    venda
from retail.rpt_retail__maiores_vendas
order by posicao
