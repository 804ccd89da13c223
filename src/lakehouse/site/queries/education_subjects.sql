select
    disciplina,
    media_disciplina,
    nota_minima,
    nota_maxima,
    total_avaliacoes
from education.rpt_education__resumo_por_disciplina
order by posicao
