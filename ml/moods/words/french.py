"""The words of moods in French."""

from ml.moods.words.entries import Conjunctions, GenreWords, LanguageWords, TermWords

FRENCH = LanguageWords(
    code="fr",
    title="Français",
    conjunctions=Conjunctions(and_=" et ", but=" mais ", or_=" ou ", mixed="Mitigé\N{NO-BREAK SPACE}: "),
    terms={
        "joyful": TermWords("joyeux", "joie", "heureux, gai, amusant"),
        "energetic": TermWords("énergique", "énergie", "vif, excitant, entraînant"),
        "playful": TermWords("espiègle", "espièglerie", "drôle, fantaisiste, décalé"),
        "powerful": TermWords("puissant", "puissance", "fort, épique, dramatique"),
        "sensual": TermWords("sensuel", "sensualité", "sexy, séduisant"),
        "angry": TermWords("rageur", "colère", "hostile, dur, rebelle"),
        "tense": TermWords("tendu", "tension", "anxieux, nerveux, inquiétant"),
        "dark": TermWords("sombre", "noirceur", "menaçant, lugubre, ténébreux"),
        "sad": TermWords("triste", "tristesse", "morose, solitaire, mélancolique"),
        "nostalgic": TermWords("nostalgique", "nostalgie", "songeur, doux-amer, tourné vers le passé"),
        "tender": TermWords("tendre", "tendresse", "doux, chaleureux, intime"),
        "calm": TermWords("calme", "calme", "paisible, détendu, silencieux"),
        "dreamy": TermWords("rêveur", "rêverie", "éthéré, atmosphérique, hypnotique"),
        "solemn": TermWords("solennel", "solennité", "sérieux, spirituel, retenu"),
        "elegant": TermWords("élégant", "élégance", "raffiné, sophistiqué, soigné"),
        "gritty": TermWords("âpre", "âpreté", "rude, terreux, brouillon"),
    },
    emotions={
        "amazement": TermWords("émerveillé", "émerveillement", "un sentiment d’émerveillement et d’admiration"),
        "solemnity": TermWords("solennel", "solennité", "grave, élevé, inspiré"),
        "tenderness": TermWords("tendre", "tendresse", "affection, douceur, amour"),
        "nostalgia": TermWords("nostalgique", "nostalgie", "rêveur, mélancolique, tourné vers le passé"),
        "calmness": TermWords("calme", "calme", "serein, détendu, au repos"),
        "power": TermWords("puissant", "puissance", "fort, héroïque, triomphant"),
        "joyful_activation": TermWords("joyeux", "joie", "bondissant, animé, donnant envie de danser"),
        "tension": TermWords("tendu", "tension", "nerveux, agité, irrité"),
        "sadness": TermWords("triste", "tristesse", "chagriné, abattu"),
    },
    genres={
        "NegativeButHopeful": GenreWords(
            "Négatif mais plein d’espoir", "une humeur désagréable dans le nom, mais avec tendresse ou un doux souvenir"
        ),
        "RelaxButEnergetic": GenreWords(
            "Détendu mais énergique", "à l’aise et en mouvement à la fois, sans rien de fatigant"
        ),
        "TotallyPositive": GenreWords("Totalement positif", "agréable de bout en bout, avec de la joie ou du jeu"),
        "TotallyNegative": GenreWords(
            "Totalement négatif", "désagréable de bout en bout : colère, tension, noirceur ou tristesse"
        ),
        "PositiveButVoid": GenreWords(
            "Positif mais vide", "agréable, mais sans force, et peu de mots d’humeur lui vont"
        ),
        "CalmButEpic": GenreWords(
            "Calme mais épique", "calme, mais solennel ou puissant, plus grandiose qu’affectueux"
        ),
        "InsecureButInessential": GenreWords(
            "Incertain mais anodin", "une légère inquiétude sans force, et peu de mots d’humeur lui vont"
        ),
        "ConcernedButLight": GenreWords("Soucieux mais léger", "inquiet, mais pris avec jeu et sans gravité"),
        "CalmButWarm": GenreWords("Calme mais chaleureux", "calme et affectueux, ou calme et tendre envers le passé"),
        "Other": GenreWords("Autre", "un mélange qu’aucune des règles ne décrit"),
    },
)
