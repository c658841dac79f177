"""Words of a sentence that are no moods: kinds of music, numbers, tempo, and words that say nothing about the songs."""

from __future__ import annotations

MUSIC_GENRES: dict[str, str] = {
    "Acoustic": "acoustic, unplugged",
    "Alternative": "alternative, alt rock, alternative rock",
    "Ambient": "ambient",
    "Bluegrass": "bluegrass",
    "Blues": "blues, bluesy",
    "Bossa Nova": "bossa nova, bossa",
    "Celtic": "celtic",
    "Children's": "children's music, kids music, nursery rhymes",
    "Classical": "classical, classic music, orchestral, symphony, symphonic",
    "Country": "country, country and western",
    "Dance": "dance",
    "Disco": "disco",
    "Drum and Bass": "drum and bass, drum n bass, dnb, d n b",
    "Dubstep": "dubstep",
    "Easy Listening": "easy listening",
    "Electronic": "electronic, electronica, electro, edm, synth, synthwave",
    "Flamenco": "flamenco",
    "Folk": "folk, folky, folk rock, singer songwriter",
    "Funk": "funk, funky",
    "Gospel": "gospel",
    "Grunge": "grunge",
    "Hip-Hop": "hip hop, hiphop",
    "House": "house, deep house",
    "Indie": "indie, indie rock, indie pop",
    "Industrial": "industrial",
    "Jazz": "jazz, jazzy, swing, bebop",
    "K-Pop": "k pop, kpop",
    "Lo-Fi": "lo fi, lofi",
    "Latin": "latin, latino, salsa, tango, samba",
    "Metal": "metal, heavy metal, black metal, death metal, metalcore",
    "New Age": "new age",
    "New Wave": "new wave",
    "Opera": "opera, operatic",
    "Pop": "pop, pop music, poppy",
    "Punk": "punk, punk rock",
    "R&B": "r & b, r n b, rnb, rhythm and blues",
    "Rap": "rap, rap music, hip hop and rap, trap",
    "Reggae": "reggae, dub, ska",
    "Rock": "rock, hard rock, rock music, classic rock",
    "Rock & Roll": "rock and roll, rock & roll, rock n roll, rockabilly",
    "Soul": "soul",
    "Soundtrack": "soundtrack, soundtracks, film music, movie music, film score, game music",
    "Techno": "techno",
    "Trance": "trance",
    "Trip-Hop": "trip hop",
    "World": "world music",
}
"""By the name that tags usually have, words and phrases between commas."""

NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "ninety": 90, "hundred": 100, "dozen": 12,
}  # fmt: skip

DECADES = {
    "twenties": 1920, "thirties": 1930, "forties": 1940, "fifties": 1950, "sixties": 1960, "seventies": 1970,
    "eighties": 1980, "nineties": 1990, "noughties": 2000, "oughties": 2000, "tens": 2010,
}  # fmt: skip

TEMPI: dict[str, tuple[float | None, float | None]] = {
    "slow": (None, 90), "slowly": (None, 90), "slower": (None, 90), "slow tempo": (None, 90), "low tempo": (None, 90),
    "low bpm": (None, 90), "down tempo": (None, 90), "downtempo": (None, 90), "very slow": (None, 70),
    "really slow": (None, 70), "super slow": (None, 70), "extremely slow": (None, 70), "ballad": (None, 90),
    "ballads": (None, 90), "fast": (130, None), "quick": (130, None), "faster": (130, None), "speedy": (130, None),
    "fast tempo": (130, None), "high tempo": (130, None), "high bpm": (130, None), "fast paced": (130, None),
    "up tempo": (120, None), "uptempo": (120, None), "very fast": (150, None), "really fast": (150, None),
    "super fast": (150, None), "extremely fast": (150, None), "mid tempo": (90, 130), "midtempo": (90, 130),
    "medium tempo": (90, 130), "medium paced": (90, 130), "moderate tempo": (90, 130), "moderate": (90, 130),
    "not too slow": (80, None), "not too fast": (None, 130), "not so fast": (None, 130), "not so slow": (80, None),
}  # fmt: skip
"""Lowest and highest tempo in beats per minute."""

LENGTHS: dict[str, tuple[float | None, float | None]] = {
    "short": (None, 180), "shorter": (None, 180), "not too long": (None, 300), "not so long": (None, 300),
    "long": (360, None), "longer": (360, None), "not too short": (150, None), "very long": (600, None),
    "very short": (None, 120), "long ones": (360, None), "short ones": (None, 180),
}  # fmt: skip
"""Lowest and highest length of a song in seconds."""

YEARS: dict[str, tuple[int | None, int | None]] = {
    "oldies": (None, 1969), "golden oldies": (None, 1969), "this century": (2000, None),
    "last century": (1900, 1999), "this millennium": (2000, None), "twentieth century": (1900, 1999),
    "20th century": (1900, 1999), "21st century": (2000, None),
}  # fmt: skip

FAVOURITES = (
    "favourites", "favorites", "favourite", "favorite", "my favourites", "my favorites", "favs", "faves", "starred",
    "songs i love", "songs i like", "songs i starred", "ones i love", "ones i like", "tracks i love", "tracks i like",
    "music i love", "music i like",
)  # fmt: skip

CERTAIN = ("certain", "only certain", "certain ones", "only sure", "sure ones", "no mixed", "not mixed")

MINOR, MAJOR = "minor", "major"
MODES = {
    MINOR: ("minor", "in minor", "minor key", "a minor key", "minor keys", "minor mode", "minor chords"),
    MAJOR: ("major", "in major", "major key", "a major key", "major keys", "major mode", "major chords"),
}

_FILLERS = """
    a about afternoon all also am an any anything are as at be beat beats been being better between bit build can
    car collection could create day days drive driving during each evening everything feel feeling feelings feels
    felt find for from genre genres get give go going gonna good great has have having he hear hearing hello here
    hey hi home how i i'd i'll i'm id if im in into is it it's its journey just key keys kind let let's lets library
    like likes list listen listening make maybe me mix mixtape moment mood moods more morning music my need needs
    nice night number numbers of on one ones only other our out own path perhaps piece pieces play playing playlist
    playlists please put really record records rhythm road set she should show so some something song songs sort
    sound sounding sounds stuff style tempo thank thanks that the them then there these they thing things this those
    through time title titles to today tone tonight too track tracks transition trip tune tunes type up us vibe
    vibes want wants was we we're weekend well were when where which while who with would you your
"""
FILLERS = frozenset(_FILLERS.split())
"""Words that say nothing about the songs, and are neither understood nor complained about."""
