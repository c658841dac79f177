"""Sixty sentences as people type them, each with what they mean as the phrases of its parts, and what is left over."""

from __future__ import annotations

from typing import NamedTuple

TITLES = ("Slow Water", "Wires", "Hallelujah", "Clair de Lune", "Yesterday")
ARTISTS = ("Nina Simone", "Radiohead", "Simon & Garfunkel", "The Cure", "Jeff Buckley", "Björk")
MUSIC_GENRES = ("Shoegaze", "Hip-Hop/Rap", "Modern Jazz", "Chiptune", "Rock")


class Sentence(NamedTuple):
    text: str
    means: str
    left: tuple[str, ...] = ()


SENTENCES = (
    # Mixtures of moods
    Sentence("sad but hopeful, under 100 bpm, no rap", 'sad, joyful, at most 100 bpm, no genre "Rap"'),
    Sentence("calm, not tense, under 100 bpm, minor", "calm, not tense, at most 100 bpm, in minor"),
    Sentence("happy", "joyful"),
    Sentence("Something happy and energetic for my morning run", "joyful, energetic", ("run",)),
    Sentence("angry and tense but not sad", "angry, tense, not sad"),
    Sentence("very calm, a bit dreamy", "very calm, a bit dreamy"),
    Sentence("I want to feel nostalgic", "nostalgic"),
    Sentence("not sad or angry please", "not sad, not angry"),
    Sentence("dark and gritty, less aggressive", "dark, gritty, less angry"),
    Sentence("more playful than usual", "very playful", ("than usual",)),
    Sentence("chill music without anything dark", "calm, not dark"),
    Sentence("romantic dinner music", "tender, elegant"),
    Sentence("epic and powerful stuff to work out to", "powerful, energetic"),
    Sentence("melancholic piano for a rainy day", "sad", ("piano",)),
    Sentence("sexy slow jams", "sensual, at most 90 bpm", ("jams",)),
    Sentence("happier songs, never cheesy", "very joyful", ("cheesy",)),
    Sentence("not too dark, not very loud", "less dark, less powerful"),
    Sentence("calm but epic", "mood genre calm but epic"),
    Sentence("doom and gloom", "mood genre totally negative"),
    # As people misspell them
    Sentence("hapy and energtic", "joyful, energetic"),
    Sentence("melancoly but pecaeful", "sad, calm"),
    Sentence("somthing relaxng for the evning", "calm"),
    Sentence("agressive metal, very fsat", 'angry, genre "Metal", at least 150 bpm'),
    Sentence("nostlagic songs from the eigthies", "nostalgic, between 1980 and 1989"),
    # Tempo
    Sentence("fast and furious", "at least 130 bpm, angry"),
    Sentence("slow sad songs in a minor key", "at most 90 bpm, sad, in minor"),
    Sentence("between 90 and 110", "between 90 and 110 bpm"),
    Sentence("energetic, 120-130 bpm", "energetic, between 120 and 130 bpm"),
    Sentence("around 174 bpm drum and bass", 'between 169 and 179 bpm, genre "Drum and Bass"'),
    Sentence("dreamy but not slow", "dreamy, at least 90 bpm"),
    Sentence("at least 140bpm, powerful", "at least 140 bpm, powerful"),
    Sentence("happy songs in major, mid-tempo", "joyful, in major, between 90 and 130 bpm"),
    Sentence("100 bpm or slower, tender", "at most 100 bpm, tender"),
    # Length of songs and of the list
    Sentence("calm songs under 4 minutes", "calm, songs shorter than 240 seconds"),
    Sentence("an hour of calm jazz", 'for 60 minutes in all, calm, genre "Jazz"'),
    Sentence("20 songs to fall asleep", "20 songs, calm"),
    Sentence("give me half an hour of energetic punk rock", 'for 30 minutes in all, energetic, genre "Punk"'),
    Sentence("dreamy tracks longer than 6:30", "dreamy, songs longer than 390 seconds"),
    Sentence("short funny songs, 3 minutes max", "playful, songs shorter than 180 seconds", ("short",)),
    Sentence("no songs over 5 min, solemn", "songs shorter than 300 seconds, solemn"),
    Sentence("a dozen joyful tracks of 2 to 3 minutes", "12 songs, joyful, songs between 120 and 180 seconds"),
    Sentence("2 hours of elegant background music", "for 120 minutes in all, elegant, calm"),
    Sentence("1 hour and 30 minutes of techno", 'for 90 minutes in all, genre "Techno"'),
    # Years
    Sentence("happy songs from the 80s", "joyful, between 1980 and 1989"),
    Sentence("sad songs before 1970", "sad, until 1969"),
    Sentence("calm music since 2010", "calm, since 2010"),
    Sentence("70s and 80s rock, powerful", 'between 1970 and 1989, genre "Rock", powerful'),
    Sentence("dreamy shoegaze from the late 80s and early 90s", 'dreamy, genre "Shoegaze", between 1986 and 1993'),
    Sentence("jazz from 1955 to 1965, nothing after 8pm", 'genre "Jazz", between 1955 and 1965', ("after 8pm",)),
    Sentence("energetic, 2000s, not pop", 'energetic, between 2000 and 2009, no genre "Pop"'),
    # Genres and artists
    Sentence("no rap, metal or country", 'no genre "Rap", no genre "Metal", no genre "Country"'),
    Sentence("tense chiptune", 'tense, genre "Chiptune"'),
    Sentence("sad songs by nina simone", 'sad, by "Nina Simone"'),
    Sentence("melancholy, not by radiohead", 'sad, not by "Radiohead"'),
    Sentence("something by simon & garfunkel but not too sad", 'by "Simon & Garfunkel", less sad'),
    # Paths, similar songs, favourites
    Sentence("from sad to joyful", "from sad to joyful"),
    Sentence("start calm and end energetic in 15 songs", "from calm to energetic, 15 songs"),
    Sentence("songs like Slow Water, but faster", 'like "Slow Water", at least 130 bpm'),
    Sentence("like hallelujah by jeff buckley", 'like "Hallelujah" by "Jeff Buckley"'),
    Sentence("only my favourites, calm or tender", "favourites, calm, tender"),
)  # fmt: skip
