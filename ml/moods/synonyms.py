"""Everyday words for the sixteen mood terms and the ten mood genres, as people type them when they ask for songs.

The lists are our own judgement. A word belongs to one term, that of the mood which it most often means in music;
several words are a phrase. The names of terms and genres are not listed again.
"""

from __future__ import annotations

TERM_SYNONYMS: dict[str, str] = {
    "joyful": (
        "happy, happiness, cheerful, cheery, cheering, merry, glad, jolly, jolliness, delighted, delightful, "
        "euphoric, euphoria, elated, ecstatic, blissful, bliss, jubilant, sunny, summery, bright, upbeat, "
        "uplifting, positive, optimistic, optimism, hopeful, hope, fun, carefree, feel good, good mood, good vibes, "
        "celebration, celebrating, celebratory, festive, rejoicing, exuberant, joyous, enjoyable, smiling, "
        "laughing, gleeful, light hearted, in love"
    ),
    "energetic": (
        "energy, energetic, energizing, energising, lively, active, dynamic, exciting, excited, excitement, "
        "thrilling, rousing, stirring, pumping, pumped, pumped up, pump up, hyper, wild, rowdy, boisterous, "
        "explosive, bouncy, bouncing, danceable, dancy, dancing, to dance, to dance to, for dancing, party, "
        "partying, club, clubbing, workout, work out, working out, gym, running, jogging, sport, sports, exercise, "
        "training, cardio, banger, bangers, high energy, full of life, vigorous, electrifying, adrenaline"
    ),
    "playful": (
        "playfulness, humorous, humour, humor, funny, silly, goofy, comic, comical, whimsical, quirky, witty, "
        "cheeky, mischievous, teasing, campy, ironic, irony, tongue in cheek, joking, zany, wacky, cartoonish, "
        "kooky, childlike, cute, frisky"
    ),
    "powerful": (
        "power, strong, strength, mighty, epic, majestic, grand, grandiose, heroic, triumphant, triumph, "
        "victorious, victory, dramatic, drama, intense, intensity, passionate, passion, fiery, confident, "
        "confidence, bold, brave, courageous, theatrical, bombastic, monumental, huge, massive, anthemic, anthem, "
        "anthems, motivating, motivational, motivation, empowering, stadium, loud"
    ),
    "sensual": (
        "sensuality, sensuous, sexy, sexual, seductive, seduction, erotic, steamy, sultry, flirty, flirting, "
        "flirtatious, hot, lustful, lust, desire, bedroom, spicy, making love, sizzling"
    ),
    "angry": (
        "anger, mad, furious, fury, rage, raging, enraged, aggressive, aggression, hostile, harsh, fierce, violent, "
        "hateful, hate, rebellious, rebellion, defiant, defiance, outraged, brutal, savage, vengeful, revenge, "
        "ferocious, pissed, pissed off, threatening, reckless, screaming, shouting, confrontational"
    ),
    "tense": (
        "tension, anxious, anxiety, nervous, nervousness, jittery, stressed, stressful, stress, uneasy, unease, "
        "worried, worrying, restless, agitated, frantic, manic, panicky, panic, paranoid, paranoia, unsettling, "
        "unsettled, urgent, urgency, suspenseful, suspense, on edge, edgy, nerve racking, dissonant, "
        "claustrophobic, scared, scary, fearful, fear, afraid, thriller"
    ),
    "dark": (
        "darkness, ominous, bleak, eerie, spooky, creepy, menacing, menace, sinister, brooding, grim, gothic, "
        "haunting, haunted, horror, evil, shadowy, cold, icy, nocturnal, midnight, nihilistic, desolate, macabre, "
        "murky, halloween, detached"
    ),
    "sad": (
        "sadness, unhappy, unhappiness, sorrowful, sorrow, melancholy, melancholic, melancholia, gloomy, gloom, "
        "depressed, depressing, depression, heartbroken, heartbreak, heartbreaking, tearful, tears, crying, cry, "
        "weeping, weepy, lonely, loneliness, lonesome, mournful, mourning, grief, grieving, miserable, misery, "
        "hopeless, despair, despairing, somber, sombre, doleful, woeful, weary, downbeat, feeling blue, rainy, "
        "rain, break up, breakup, plaintive, joyless, tragic, hurt, hurting, pain, painful"
    ),
    "nostalgic": (
        "nostalgia, wistful, bittersweet, sentimental, reminiscent, reminiscing, memories, memory, longing, "
        "yearning, homesick, looking back, reflective, poignant, autumnal, autumn, childhood, good old days, old "
        "times, throwback, throwbacks, missing someone, remembering"
    ),
    "tender": (
        "tenderness, gentle, gentleness, warm, warmth, loving, love, lovely, romantic, romance, affectionate, "
        "affection, intimate, intimacy, sweet, sweetness, delicate, innocent, innocence, caring, cosy, cozy, "
        "comforting, heartfelt, heart warming, heartwarming, touching, cuddly, wedding, lullaby, lullabies"
    ),
    "calm": (
        "calmness, calming, peaceful, peace, relaxed, relaxing, relax, relaxation, chill, chilled, chilling, "
        "chillout, chill out, chilled out, laid back, mellow, serene, serenity, tranquil, tranquility, quiet, "
        "quietness, soft, soothing, easy going, easygoing, unwind, unwinding, wind down, winding down, sleep, "
        "sleepy, sleeping, fall asleep, bedtime, study, studying, focus, concentration, concentrate, reading, yoga, "
        "spa, massage, stillness, restful, slow paced, pastoral, lounging, lazy sunday, background"
    ),
    "dreamy": (
        "dream, dreams, dreaminess, dreaming, dreamlike, daydream, daydreaming, ethereal, ethereally, atmospheric, "
        "atmosphere, hypnotic, hypnotising, hypnotizing, trippy, spacey, spacy, spaced out, floating, floaty, hazy, "
        "airy, otherworldly, surreal, shimmering, sparkling, magical, magic, wonder, wondrous, amazement, awe, "
        "enchanting, enchanted, immersive, celestial, starry, trance like"
    ),
    "solemn": (
        "solemnity, serious, seriousness, sacred, holy, spiritual, spirituality, reverent, reverence, religious, "
        "prayer, praying, meditative, meditation, meditating, contemplative, contemplation, thoughtful, pensive, "
        "earnest, stately, ceremonial, ceremony, dignified, dignity, restrained, reserved, austere, mystical, "
        "funeral, profound, deep"
    ),
    "elegant": (
        "elegance, refined, sophisticated, sophistication, stylish, classy, smooth, smoothness, slick, sleek, "
        "suave, polished, graceful, grace, chic, lush, luxurious, luxury, tasteful, dinner, dinner party, cocktail, "
        "cocktails, fancy, noble, urbane"
    ),
    "gritty": (
        "grit, rough, roughness, raw, rawness, dirty, filthy, messy, grungy, grimy, earthy, rustic, sleazy, trashy, "
        "greasy, distorted, noisy, noise, unpolished, rugged, crunchy, scruffy, swampy, ragged, down to earth"
    ),
}
"""By mood term, words and phrases between commas."""

GENRE_SYNONYMS: dict[str, str] = {
    "NegativeButHopeful": (
        "hopeful sadness, hope in the dark, light at the end of the tunnel, sad with hope, smiling through tears"
    ),
    "RelaxButEnergetic": "relaxed energy, laid back groove, easy going groove, chilled but moving",
    "TotallyPositive": "all positive, completely positive, purely happy, nothing but happy, pure joy, pure happiness",
    "TotallyNegative": (
        "all negative, completely negative, utterly negative, nothing but misery, pure misery, doom and gloom"
    ),
    "PositiveButVoid": "pleasant but empty, nice but empty, pleasant background, elevator music, lift music, muzak",
    "CalmButEpic": "calm epic, epic calm, quiet grandeur, quietly epic, slow epic",
    "InsecureButInessential": "faintly uneasy, slightly insecure, vaguely uneasy, quiet unease, insecure",
    "ConcernedButLight": "worried but light, troubled but light, light worries, worries taken lightly, concerned",
    "CalmButWarm": "calm warmth, quiet warmth, by the fireside, fireside, cosy evening, cozy evening",
    "Other": "hard to classify, unclassifiable, none of the genres",
}
"""By mood genre. Its title is a phrase too, such as "calm but epic"."""

COMPARATIVES: dict[str, str] = {
    "happier": "happy", "merrier": "merry", "jollier": "jolly", "brighter": "bright", "livelier": "lively",
    "wilder": "wild", "bouncier": "bouncy", "funnier": "funny", "sillier": "silly", "stronger": "strong",
    "bolder": "bold", "louder": "loud", "sexier": "sexy", "hotter": "hot", "angrier": "angry",
    "harsher": "harsh", "fiercer": "fierce", "edgier": "edgy", "darker": "dark", "colder": "cold", "creepier": "creepy",
    "gloomier": "gloomy", "sadder": "sad", "lonelier": "lonely", "gentler": "gentle", "warmer": "warm",
    "sweeter": "sweet", "calmer": "calm", "softer": "soft", "quieter": "quiet", "mellower": "mellow",
    "sleepier": "sleepy", "dreamier": "dreamy", "deeper": "deep", "classier": "classy", "smoother": "smooth",
    "rougher": "rough", "rawer": "raw", "dirtier": "dirty", "grittier": "gritty", "noisier": "noisy",
}  # fmt: skip
"""What means "more" of a word."""
