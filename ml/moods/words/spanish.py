"""The words of moods in Spanish."""

from ml.moods.words.entries import Conjunctions, GenreWords, LanguageWords, TermWords

SPANISH = LanguageWords(
    code="es",
    title="Español",
    conjunctions=Conjunctions(and_=" y ", but=" pero ", or_=" o ", mixed="Mixto: ", before_i=" e ", before_o=" u "),
    terms={
        "joyful": TermWords("alegre", "alegría", "feliz, animado, divertido"),
        "energetic": TermWords("enérgico", "energía", "vivo, emocionante, vigoroso"),
        "playful": TermWords("juguetón", "picardía", "humorístico, caprichoso, peculiar"),
        "powerful": TermWords("poderoso", "fuerza", "fuerte, épico, dramático"),
        "sensual": TermWords("sensual", "sensualidad", "sexy, seductor"),
        "angry": TermWords("furioso", "furia", "hostil, duro, rebelde"),
        "tense": TermWords("tenso", "tensión", "ansioso, nervioso, inquietante"),
        "dark": TermWords("oscuro", "oscuridad", "amenazador, desolado, taciturno"),
        "sad": TermWords("triste", "tristeza", "sombrío, solitario, melancólico"),
        "nostalgic": TermWords("nostálgico", "nostalgia", "añorante, agridulce, vuelto al pasado"),
        "tender": TermWords("tierno", "ternura", "suave, cálido, íntimo"),
        "calm": TermWords("tranquilo", "calma", "apacible, relajado, silencioso"),
        "dreamy": TermWords("soñador", "ensoñación", "etéreo, atmosférico, hipnótico"),
        "solemn": TermWords("solemne", "solemnidad", "serio, espiritual, contenido"),
        "elegant": TermWords("elegante", "elegancia", "refinado, sofisticado, delicado"),
        "gritty": TermWords("áspero", "aspereza", "rudo, terroso, desaliñado"),
    },
    emotions={
        "amazement": TermWords("maravillado", "asombro", "una sensación de maravilla y asombro"),
        "solemnity": TermWords("solemne", "solemnidad", "grave, elevado, inspirado"),
        "tenderness": TermWords("tierno", "ternura", "afecto, dulzura, amor"),
        "nostalgia": TermWords("nostálgico", "nostalgia", "soñador, añorante, vuelto al pasado"),
        "calmness": TermWords("tranquilo", "calma", "sereno, relajado, en reposo"),
        "power": TermWords("poderoso", "fuerza", "fuerte, heroico, triunfal"),
        "joyful_activation": TermWords("alegre", "alegría", "animado, saltarín, con ganas de bailar"),
        "tension": TermWords("tenso", "tensión", "nervioso, inquieto, irritado"),
        "sadness": TermWords("triste", "tristeza", "afligido, abatido"),
    },
    genres={
        "NegativeButHopeful": GenreWords(
            "Negativo pero esperanzado", "un ánimo desagradable en el nombre, pero con ternura o un buen recuerdo"
        ),
        "RelaxButEnergetic": GenreWords(
            "Relajado pero enérgico", "a gusto y en movimiento a la vez, sin nada que canse"
        ),
        "TotallyPositive": GenreWords("Totalmente positivo", "agradable de principio a fin, con alegría o juego"),
        "TotallyNegative": GenreWords(
            "Totalmente negativo", "desagradable de principio a fin: furia, tensión, oscuridad o tristeza"
        ),
        "PositiveButVoid": GenreWords(
            "Positivo pero vacío", "agradable, pero sin fuerza, y le van pocas palabras de ánimo"
        ),
        "CalmButEpic": GenreWords(
            "Tranquilo pero épico", "tranquilo, pero solemne o poderoso, más grandioso que afectuoso"
        ),
        "InsecureButInessential": GenreWords(
            "Inseguro pero intrascendente", "una leve inquietud sin fuerza, y le van pocas palabras de ánimo"
        ),
        "ConcernedButLight": GenreWords("Preocupado pero ligero", "inquieto, pero tomado con humor y sin gravedad"),
        "CalmButWarm": GenreWords("Tranquilo pero cálido", "tranquilo y afectuoso, o tranquilo y con cariño al pasado"),
        "Other": GenreWords("Otro", "una mezcla que ninguna de las reglas describe"),
    },
)
