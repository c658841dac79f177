"""Whole files and requests, which the fuzzer damages: sounds in every format, their tags, forms, tus headers."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import mutagen.apev2
import mutagen.id3
import numpy as np

from tests import sounds

SECONDS = 3.5
TAGS = {"title": "Für Elise, 2. Teil", "artist": "Людвиг 日本", "album": "Bagatellen"}
FILES, FORMS, TUS = "files", "forms", "tus"
BOUNDARY = "limit-of-the-parts"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def write_seeds(folder: Path) -> None:
    """Files in folders by kind: `files` are songs, the others the head and body of a request, as HTTP writes them."""
    for kind in (FILES, FORMS, TUS):
        (folder / kind).mkdir(parents=True)
    _write_songs(folder / FILES)
    for name, request in (*_forms((folder / FILES / "wav.wav").read_bytes()), *_tus_requests()):
        kind = FORMS if name.startswith("form") else TUS
        (folder / kind / name).write_bytes(request)


def _write_songs(folder: Path) -> None:
    music = sounds.music(SECONDS)
    for name, form in sounds.FORMS.items():
        sounds.write(folder / f"{name}{form.suffix}", music, form=name, tags=TAGS)
    for name in ("mp3", "flac", "m4a", "wav", "aiff"):
        path = folder / f"cover-{name}{sounds.FORMS[name].suffix}"
        sounds.write(path, music, form=name, tags=TAGS, cover=sounds.image("PNG", 16, 16))
    sounds.write(folder / "stereo.mp3", np.stack([music, -music]), form="mp3")
    sounds.write(folder / "surround.flac", sounds.spread(music, 6), form="flac")
    sounds.write_video(folder / "video.mp4", music)
    plain = sounds.write(folder / "plain.mp3", music).read_bytes()
    (folder / "compressed-tags.mp3").write_bytes(_compressed_id3() + plain)
    (folder / "apev2.mp3").write_bytes(plain)
    apev2 = mutagen.apev2.APEv2()  # type: ignore[no-untyped-call]
    apev2.update({"Title": "Ein Lied", "Artist": "Niemand", "Cover Art (Front)": "cover.png"})
    apev2.save(folder / "apev2.mp3")
    id3 = mutagen.id3.ID3()  # type: ignore[no-untyped-call]
    id3.add(mutagen.id3.TIT2(encoding=1, text=["Lied"] * 3))  # type: ignore[no-untyped-call]
    id3.add(mutagen.id3.TXXX(encoding=3, desc="MusicBrainz Album Id", text=["a" * 36]))  # type: ignore[no-untyped-call]
    (folder / "id3v2.3.mp3").write_bytes(plain)
    id3.save(folder / "id3v2.3.mp3", v2_version=3)


def _compressed_id3() -> bytes:
    """An ID3v2.4 tag whose frames are compressed with zlib."""
    frames = b""
    for name, text in ((b"TIT2", "Lied " * 50), (b"TPE1", "Niemand " * 50), (b"COMM", "eng" + "x" * 9000)):
        content = b"\3" + text.encode()
        packed = _synchsafe(len(content)) + zlib.compress(content)
        # Compressed, with a data length indicator.
        frames += name + _synchsafe(len(packed)) + b"\0\x09" + packed
    return b"ID3\4\0\0" + _synchsafe(len(frames)) + frames


def _synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _forms(song: bytes) -> list[tuple[str, bytes]]:
    disposition = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"'
    part = disposition + '; filename="{}"\r\nContent-Type: audio/wav\r\n\r\n'
    end = f"\r\n--{BOUNDARY}--\r\n".encode()
    field = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="title"\r\n\r\nEin Lied\r\n'.encode()
    extended = (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''f%C3%BCr.wav\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + b64encode(song[:30_000])
    bodies = {
        "form-one-file": part.format("song.wav").encode() + song[:40_000] + end,
        "form-two-files": (part.format("a.wav") + "abc\r\n" + part.format("b.wav")).encode() + song[:9_000] + end,
        "form-fields": field * 5 + part.format("für.wav").encode("cp1252") + song[:2_000] + end,
        "form-base64": extended + end,
        "form-empty": end,
    }
    return [(name, _request("POST", "/api/predict/", {"Content-Type": FORM}, body)) for name, body in bodies.items()]


def _tus_requests() -> list[tuple[str, bytes]]:
    body = b"RIFF" + struct.pack("<I", 2000) + b"WAVE" + bytes(1000)
    name = b64encode("für Elise.wav".encode()).decode()
    version = {"Tus-Resumable": "1.0.0"}
    octets = {"Content-Type": "application/offset+octet-stream"}
    checksum = {"Upload-Checksum": f"sha256 {b64encode(sha256(body).digest()).decode()}"}
    creation = {"Upload-Length": "5000", "Upload-Metadata": f"filename {name},filetype YXVkaW8vd2F2,empty"}
    path = "/api/uploads/"
    return [
        ("tus-create", _request("POST", path, version | creation, b"")),
        ("tus-create-with-upload", _request("POST", path, version | creation | octets | checksum, body)),
        ("tus-append", _request("PATCH", f"{path}UPLOAD/", version | octets | checksum | {"Upload-Offset": "0"}, body)),
        ("tus-head", _request("HEAD", f"{path}UPLOAD/", version, b"")),
        ("tus-override", _request("POST", f"{path}UPLOAD/", version | {"X-HTTP-Method-Override": "DELETE"}, b"")),
    ]


def _request(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\n".join(lines).encode() + b"\n\n" + body
