// Media keys, headset buttons, and the lock screen: the Media Session API, while the queue plays.

import { SEEK_S } from "./playback.js";

export function connectMediaSession(songs, playback) {
  const session = navigator.mediaSession;
  if (!session) return;
  const actions = {
    play: () => playback.play(),
    pause: () => playback.pause(),
    previoustrack: () => playback.previous(),
    nexttrack: () => playback.next(),
    seekbackward: ({ seekOffset }) => playback.seekBy(-(seekOffset || SEEK_S)),
    seekforward: ({ seekOffset }) => playback.seekBy(seekOffset || SEEK_S),
    seekto: ({ seekTime }) => playback.seek(seekTime),
  };
  let shown = null;
  let active = false;

  function setHandlers(on) {
    active = on;
    for (const [name, handler] of Object.entries(actions)) {
      try {
        session.setActionHandler(name, on ? handler : null);
      } catch {
        // This browser does not know the action.
      }
    }
  }

  function showSong() {
    const song = songs.current;
    if (song === shown) return;
    shown = song;
    if (!song) {
      session.metadata = null;
      return;
    }
    const { title, artist, album, artwork } = song;
    const pictures = artwork ? [{ src: artwork, type: "image/webp" }] : [];
    session.metadata = new MediaMetadata({ title, artist, album, artwork: pictures });
  }

  function showPosition() {
    if (!playback.duration) return;
    session.setPositionState?.({ duration: playback.duration, playbackRate: 1, position: playback.position });
  }

  playback.audio.addEventListener("play", () => {
    shown = null;
    showSong();
    setHandlers(true);
  });
  // A player of the page itself has the keys while it plays.
  document.addEventListener(
    "play",
    () => {
      setHandlers(false);
      session.playbackState = "none";
    },
    true,
  );
  songs.addEventListener("change", () => {
    if (playback.playing || !songs.length) showSong();
    if (!songs.length) setHandlers(false);
  });
  playback.addEventListener("change", () => {
    if (!active) return;
    session.playbackState = playback.playing ? "playing" : "paused";
    showPosition();
  });
  for (const name of ["seeked", "durationchange"]) playback.audio.addEventListener(name, showPosition);
}
