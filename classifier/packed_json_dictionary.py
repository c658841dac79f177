"""What results have in common, as the dictionary of their compression: about a kilobyte less for each song.

It is part of the form of stored results and must never change: what a dictionary has packed, only the same one unpacks.
Names that are not in it are stored as well, in more bytes. Another dictionary would need a form of its own.
"""

from __future__ import annotations

MOODS = (
    "joyful energetic playful powerful sensual angry tense dark sad nostalgic tender calm dreamy solemn elegant gritty"
)
EMOTIONS = "amazement solemnity tenderness nostalgia calmness power joyful_activation tension sadness"
GENRES = (
    "NegativeButHopeful RelaxButEnergetic TotallyPositive TotallyNegative PositiveButVoid CalmButEpic "
    "InsecureButInessential ConcernedButLight CalmButWarm Other"
)
FEATURES = (
    "key mode tempo_bpm rms_mean rms_var chroma_mean chroma_var spectral_centroid_mean spectral_centroid_var "
    "spectral_rolloff_mean spectral_rolloff_var zero_crossing_rate_mean zero_crossing_rate_var tonnetz_mean "
    "tonnetz_var mel_mean mel_var"
)
REASONS = (
    "loudness rms_mean quieter than 85 % of songs|loudness rms_mean louder than 85 % of songs|"
    "harmony tonnetz_var clearer in harmony than 97 % of songs|"
    "harmony tonnetz_var denser in harmony than 97 % of songs|"
    "brightness spectral_centroid_mean darker than 96 % of songs|"
    "brightness spectral_centroid_mean brighter than 96 % of songs|"
    "dynamics rms_var more even in loudness than 96 % of songs|"
    "noisiness zero_crossing_rate_mean smoother than 86 % of songs|"
    "notes chroma_mean clearer in its notes than 97 % of songs|"
    "tone_changes mfcc14_var steadier in tone than 98 % of songs|key mode in E major|key mode in A minor|"
    "pace onsets_per_s slower in pace than 81 % of songs|pace onsets_per_s faster in pace than 81 % of songs"
)


def _numbers(names: str) -> str:
    return "{" + ",".join(f'"{name}":0.1' for name in names.split()) + "}"


def _dictionary() -> bytes:
    scores = (
        f'{{"moods":{_numbers(MOODS)},"emotions":{_numbers(EMOTIONS)},"quadrants":{_numbers("Q1 Q2 Q3 Q4")},'
        f'"clusters":{_numbers("c1 c2 c3 c4 c5")},"valence":4.1,"arousal":4.1}}'
    )
    mood = (
        '"mood":{"name":"Calm but Powerful","primary":"calm","secondary":"powerful","joined_by":"and","confidence":0.1,'
        '"secondary_confidence":0.1,"certain":true,"genre":"CalmButWarm"}'
    )
    reasons = ",".join(
        f'{{"mood":"calm","trait":"{trait}","feature":"{feature}","text":"{text}","effect":0.0}}'
        for trait, feature, text in (reason.split(" ", 2) for reason in REASONS.split("|"))
    )
    mfcc = " ".join(f"mfcc{number}_mean mfcc{number}_var" for number in range(1, 21))
    answer = (
        f'{{{mood},"alternatives":[{{"name":"Calm and Tender","confidence":0.1}}],"genres":{_numbers(GENRES)},'
        f'"agreement":0.9,"scores":{scores},"models":{{"cnn1d":{scores},"cnn2d":{scores}}},"reasons":[{reasons}],'
        '"explanations":{"primary":"Calm: clear in harmony, dark in timbre and slow-moving.",'
        '"secondary":"Solemn: quiet."},'
        f'"features":{_numbers(f"{FEATURES} {mfcc}")}}}'
    )
    number = '["number",4,0,"H"],'
    columns = (
        f'["number",0,0,"B"],["number",3,0,"I"],{36 * number}["name",[false]],["name",["Calm and Solemn"]],'
        '["name",["and","but"]],["number",4,0,"H"],["name",[true,false]],["name",["CalmButWarm","TotallyNegative"]]'
    )
    table = (
        f'{{"order":[],"tables":[{{"rows":47,"template":{{"start_s":0,"end_s":1,"scores":{scores},'
        f'"models":{{"cnn1d":{scores},"cnn2d":{scores}}},"silent":1,{mood}}},"columns":[{columns}]}}]}}'
    )
    return (table + answer).encode()


DICTIONARY = _dictionary()
