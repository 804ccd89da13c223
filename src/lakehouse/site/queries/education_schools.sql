select
    regiao,
    posicao,
    nome_escola,
    media_notas,
    total_notas
from education.rpt_education__media_por_escola
order by regiao asc, posicao asc
