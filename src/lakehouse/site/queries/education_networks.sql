select
    rede,
    media_geral,
    total_escolas,
    total_alunos
from education.rpt_education__resumo_por_rede
order by media_geral desc, rede asc
