"""Errors and warnings about files, links and models."""

from django.utils.translation import gettext_noop

SONG_ERRORS = (
    gettext_noop(
        "The file cannot be read as audio: it is incomplete, damaged or in another format; upload a complete copy "
        "as mp3, wav, flac, ogg, opus, m4a, aac, aiff or wma."
    ),
    gettext_noop("The file has no audio; upload a song, or a video with audio."),
    gettext_noop("The file's audio codec is unknown; upload the song as mp3 or flac."),
    gettext_noop(
        "The file is protected by %(protection)s, so that only its owner's player can decode it; upload a copy "
        "without protection."
    ),
    gettext_noop("encryption"),
    gettext_noop("The file declares %(channels)s channels at %(rate)s Hz; it is damaged or is not music."),
    gettext_noop("The song is %(length)s long, but up to %(limit)s is allowed; upload it in parts."),
    gettext_noop("The song is longer than the allowed %(limit)s; upload it in parts."),
    gettext_noop("No audio could be decoded; the file is damaged or incomplete."),
    gettext_noop("The file has only %(length)s s of audio; at least %(limit)s s are required."),
    gettext_noop("All %(length)s s of the file are silent; upload a song that is not silent."),
    gettext_noop("The file is %(kind)s; upload a song as mp3, wav, flac, ogg, opus, m4a, aac, aiff or wma."),
    gettext_noop(
        "The file is not in a known audio format; upload a song as mp3, wav, flac, ogg, opus, m4a, aac, aiff or wma."
    ),
    gettext_noop("The left and right channels are in opposite phase, so one of them was inverted before mixing."),
    gettext_noop("Only %(decoded)s s of the %(declared)s s in the file can be decoded; the mood is that of this part."),
    gettext_noop("The file ends unexpectedly after %(decoded)s s; the mood is that of this part."),
    gettext_noop("Skipped 1 damaged part of the file."),
    gettext_noop("Skipped %(count)s damaged parts of the file."),
    gettext_noop(
        "The tags and pictures in the file are too large to be read and were left out; the result is complete."
    ),
    gettext_noop("The passage takes more than %(limit)s s to decode; download the song and play it there."),
    gettext_noop(
        "A passage from %(start)s s to %(end)s s does not exist; choose a start and a later end within the song."
    ),
    gettext_noop("The song ends before %(start)s s; choose a start and a later end within the song."),
    gettext_noop("%(link)s is not a link (%(reason)s). Correct it."),
    gettext_noop("%(link)s starts with %(scheme)s:; only http and https are allowed."),
    gettext_noop("%(link)s is not a complete link. Correct it; a space is %%20."),
    gettext_noop(
        "The link to %(host)s has a name or a password, which would be stored with the song. Download the file "
        "yourself."
    ),
)
"""Why a file or a link cannot be analysed, and warnings."""

FILE_KINDS = (
    gettext_noop("empty"),
    gettext_noop("a PNG image"),
    gettext_noop("a JPEG image"),
    gettext_noop("a GIF image"),
    gettext_noop("a WebP image"),
    gettext_noop("a TIFF image"),
    gettext_noop("a Photoshop image"),
    gettext_noop("a PDF document"),
    gettext_noop("an RTF document"),
    gettext_noop("an Office document"),
    gettext_noop("a zip archive or an Office document"),
    gettext_noop("a gzip archive"),
    gettext_noop("a bzip2 archive"),
    gettext_noop("an xz archive"),
    gettext_noop("a 7z archive"),
    gettext_noop("a RAR archive"),
    gettext_noop("a tar archive"),
    gettext_noop("a Windows program"),
    gettext_noop("an executable program"),
    gettext_noop("a database"),
    gettext_noop("a HEIC or AVIF image"),
    gettext_noop("a BMP image"),
    gettext_noop("a text file"),
    gettext_noop("an SVG image"),
)
"""What a file is that is no audio."""

TAG_ERRORS = (
    gettext_noop("Its moods are others than a moment ago: another program wrote to it."),
    gettext_noop("Other tags of it would change as well, so that nothing is written."),
    gettext_noop("Its audio is damaged or would change, so that nothing is written: repair the file."),
    gettext_noop("Its tags are too large or too many to be read, so that nothing is written."),
    gettext_noop("Moods are written to %(formats)s, and this file is %(container)s: convert it."),
    gettext_noop("Another program cut the file off meanwhile: try again."),
    gettext_noop("Its ID3 tag has version 2.%(version)s; moods are written to 2.2 to 2.4."),
    gettext_noop("Its ID3 tag is compressed as a whole, as no program does: write it anew."),
    gettext_noop("Its tags are damaged, so that nothing is written to it: repair them first."),
    gettext_noop("Its tags have more than 256 MB, which is all that ID3 can have."),
    gettext_noop("Its tags cannot be handled, so that it stays as it is. %(reason)s"),
    gettext_noop("It begins with zeros instead of a tag or audio: save it again."),
    gettext_noop(
        "Its header does not state the length of the file as it is: it is cut off, was recorded without an end, or "
        "has more than 4 GB. Save it again with an audio editor."
    ),
    gettext_noop("Its audio is cut off or missing, so that nothing is written to it."),
    gettext_noop("With a tag it would exceed 4 GB, which is all its format can have."),
    gettext_noop("Some of its comments are not UTF-8, and would change: repair them."),
    gettext_noop("It is an Ogg file with another codec than Vorbis, Opus, FLAC and Speex."),
    gettext_noop("Another program changed the file meanwhile: try again."),
    gettext_noop("It is not a regular file, so that nothing is written to it."),
    gettext_noop("The file is read-only: let the user that runs the server write to it."),
    gettext_noop("The folder of the file is read-only: let the user that runs the server write to it."),
    gettext_noop(
        "The file belongs to user %(user)s and group %(group)s, and the server, which runs as %(own_user)s and "
        "%(own_group)s, cannot keep that: run it as that user."
    ),
    gettext_noop("Another process writes to this file now: try again."),
    gettext_noop("The disk of the file is full; the file is as it was: make room and try again."),
    gettext_noop("The disk of the file is mounted read-only: mount it for writing."),
    gettext_noop("The file system of the file has no locks, which writing needs."),
    gettext_noop("The file cannot be written (%(reason)s); it is as it was."),
)
"""Why moods cannot be written to a file."""

MODEL_ERRORS = (
    gettext_noop("%(problem)s; the model is damaged: install its bundle again."),
    gettext_noop("There is no model in %(folder)s; install its bundle there."),
    gettext_noop("%(file)s is not a model card; install the bundle again."),
    gettext_noop("%(file)s is not a LiteRT model; install the bundle again."),
    gettext_noop("The weights of %(network)s are missing in %(folder)s; install the bundle again."),
)
"""What is wrong with a model."""
