"""Education: how do schools, networks and subjects do?"""

from lakehouse.site.charts import bars, lines
from lakehouse.site.content import Column, Page, Question, Text

_AVERAGE = Column(Text("average grade", "média das notas"), "average")
_GRADES = Column(Text("grades", "notas"), "count")
_SUBJECT = Column(Text("subject", "disciplina"), "text")
_NO_GRADE = Text("No grade is known.", "Nenhuma nota é conhecida.")

_SCHOOLS = {
    "regiao": Column(Text("region", "região"), "text"),
    "posicao": Column(Text("place", "posição"), "id"),
    "nome_escola": Column(Text("school", "escola"), "text"),
    "media_notas": _AVERAGE,
    "total_notas": _GRADES,
}
_NETWORKS = {
    "rede": Column(Text("network", "rede"), "text"),
    "media_geral": _AVERAGE,
    "total_escolas": Column(Text("schools", "escolas"), "count"),
    "total_alunos": Column(Text("pupils", "alunos"), "count"),
}
_SUBJECTS = {
    "disciplina": _SUBJECT,
    "media_disciplina": _AVERAGE,
    "nota_minima": Column(Text("lowest", "menor"), "average"),
    "nota_maxima": Column(Text("highest", "maior"), "average"),
    "total_avaliacoes": _GRADES,
}
_HISTORY = {
    "known_on": Column(Text("known on", "conhecida em"), "date"),
    "disciplina": _SUBJECT,
    "average_grade": _AVERAGE,
    "grade_count": _GRADES,
}

PAGE = Page(
    name="education",
    label=Text("education", "educação"),
    title=Text(
        "How do schools, networks and subjects do?",
        "Como vão as escolas, as redes e as disciplinas?",
    ),
    lead=Text(
        "Averages of all grades, each counted once. No pupil is named, and none can be: the site "
        "cannot read a pupil's columns.",
        "Médias de todas as notas, cada uma contada uma vez. Nenhum aluno é nomeado, nem pode ser: "
        "o site não lê as colunas do aluno.",
    ),
    questions=(
        Question(
            name="education_headline",
            title=Text("All grades as known now", "Todas as notas como se conhecem agora"),
            columns={
                "average_grade": _AVERAGE,
                "grade_count": _GRADES,
                "school_count": Column(Text("schools", "escolas"), "count"),
            },
            empty=_NO_GRADE,
            is_headline=True,
        ),
        Question(
            name="education_schools",
            title=Text(
                "Which schools of a region do best?", "Que escolas de uma região vão melhor?"
            ),
            columns=_SCHOOLS,
            empty=_NO_GRADE,
            chart=bars(_SCHOOLS, "nome_escola", "media_notas", most=25),
            filter="regiao",
        ),
        Question(
            name="education_networks",
            title=Text(
                "Do public or private schools do better?",
                "Quem vai melhor, a rede pública ou a privada?",
            ),
            columns=_NETWORKS,
            empty=_NO_GRADE,
            chart=bars(_NETWORKS, "rede", "media_geral"),
        ),
        Question(
            name="education_subjects",
            title=Text("Which subjects go well?", "Em que disciplinas se vai bem?"),
            columns=_SUBJECTS,
            empty=_NO_GRADE,
            chart=bars(_SUBJECTS, "disciplina", "media_disciplina"),
        ),
        Question(
            name="education_history",
            title=Text(
                "How did the averages change from extract to extract?",
                "Como as médias mudaram de extração para extração?",
            ),
            columns=_HISTORY,
            note=Text(
                "As known at the end of each day on which a grade came, changed or went.",
                "Como se sabia ao fim de cada dia em que uma nota veio, mudou ou saiu.",
            ),
            empty=_NO_GRADE,
            chart=lines(_HISTORY, "known_on", "average_grade", color="disciplina"),
        ),
    ),
)
