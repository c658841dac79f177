"""The words of moods in German."""

from ml.moods.words.entries import Conjunctions, GenreWords, LanguageWords, TermWords

GERMAN = LanguageWords(
    code="de",
    title="Deutsch",
    conjunctions=Conjunctions(and_=" und ", but=", aber ", or_=" oder ", mixed="Gemischt: ", tag_but=" aber "),
    terms={
        "joyful": TermWords("fröhlich", "Freude", "glücklich, heiter, vergnügt"),
        "energetic": TermWords("energiegeladen", "Energie", "lebhaft, aufregend, mitreißend"),
        "playful": TermWords("verspielt", "Verspieltheit", "humorvoll, launig, schrullig"),
        "powerful": TermWords("kraftvoll", "Kraft", "stark, episch, dramatisch"),
        "sensual": TermWords("sinnlich", "Sinnlichkeit", "sexy, verführerisch"),
        "angry": TermWords("wütend", "Wut", "feindselig, schroff, aufsässig"),
        "tense": TermWords("angespannt", "Anspannung", "ängstlich, nervös, beunruhigend"),
        "dark": TermWords("düster", "Düsterkeit", "bedrohlich, trostlos, grüblerisch"),
        "sad": TermWords("traurig", "Traurigkeit", "trübsinnig, einsam, melancholisch"),
        "nostalgic": TermWords("nostalgisch", "Nostalgie", "wehmütig, bittersüß, zurückblickend"),
        "tender": TermWords("zärtlich", "Zärtlichkeit", "sanft, warm, innig"),
        "calm": TermWords("ruhig", "Ruhe", "friedlich, entspannt, leise"),
        "dreamy": TermWords("verträumt", "Verträumtheit", "ätherisch, atmosphärisch, hypnotisch"),
        "solemn": TermWords("feierlich", "Feierlichkeit", "ernst, spirituell, zurückhaltend"),
        "elegant": TermWords("elegant", "Eleganz", "fein, kultiviert, geschmeidig"),
        "gritty": TermWords("rau", "Rauheit", "grob, erdig, ungeschliffen"),
    },
    emotions={
        "amazement": TermWords("staunend", "Staunen", "ein Gefühl von Staunen und Ehrfurcht"),
        "solemnity": TermWords("feierlich", "Feierlichkeit", "ernst, erhaben, beseelt"),
        "tenderness": TermWords("zärtlich", "Zärtlichkeit", "Zuneigung, Sanftheit, Liebe"),
        "nostalgia": TermWords("nostalgisch", "Nostalgie", "verträumt, wehmütig, zurückblickend"),
        "calmness": TermWords("ruhig", "Ruhe", "gelassen, entspannt, gelöst"),
        "power": TermWords("kraftvoll", "Kraft", "stark, heldenhaft, triumphierend"),
        "joyful_activation": TermWords("fröhlich", "Freude", "beschwingt, lebhaft, zum Tanzen"),
        "tension": TermWords("angespannt", "Anspannung", "nervös, unruhig, gereizt"),
        "sadness": TermWords("traurig", "Traurigkeit", "kummervoll, niedergeschlagen"),
    },
    genres={
        "NegativeButHopeful": GenreWords(
            "Negativ, aber hoffnungsvoll",
            "eine unangenehme Stimmung im Namen, doch mit Zärtlichkeit oder schöner Erinnerung",
        ),
        "RelaxButEnergetic": GenreWords(
            "Entspannt, aber energiegeladen", "gelöst und zugleich in Bewegung, ohne etwas, das anstrengt"
        ),
        "TotallyPositive": GenreWords("Völlig positiv", "durchweg angenehm, mit Freude oder Verspieltheit"),
        "TotallyNegative": GenreWords(
            "Völlig negativ", "durchweg unangenehm: Wut, Anspannung, Düsterkeit oder Traurigkeit"
        ),
        "PositiveButVoid": GenreWords(
            "Positiv, aber leer", "angenehm, doch ohne Kraft, und wenige Stimmungswörter passen"
        ),
        "CalmButEpic": GenreWords(
            "Ruhig, aber episch", "ruhig, doch feierlich oder kraftvoll, eher erhaben als liebevoll"
        ),
        "InsecureButInessential": GenreWords(
            "Unsicher, aber belanglos", "ein leises Unbehagen ohne Kraft, und wenige Stimmungswörter passen"
        ),
        "ConcernedButLight": GenreWords(
            "Besorgt, aber leicht", "bekümmert, doch spielerisch und ohne Schwere genommen"
        ),
        "CalmButWarm": GenreWords("Ruhig, aber warm", "ruhig und liebevoll, oder ruhig und gern zurückblickend"),
        "Other": GenreWords("Andere", "eine Mischung, die keine der Regeln beschreibt"),
    },
)
