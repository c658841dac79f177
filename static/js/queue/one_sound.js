// One sound at a time: what starts to play pauses the players of this page and of other tabs.

let channel = null;

// `playback` is the queue. The audio elements of the page are known by their events.
export function playOneSound(playback) {
  const pauseElements = (except) => {
    for (const audio of document.querySelectorAll("audio")) if (audio !== except) audio.pause();
  };
  const open = () => {
    if (!("BroadcastChannel" in window)) return;
    channel = new BroadcastChannel("countermood player");
    channel.addEventListener("message", () => {
      playback.pause();
      pauseElements();
    });
  };
  playback.audio.addEventListener("play", () => {
    pauseElements();
    channel?.postMessage("playing");
  });
  document.addEventListener(
    "play",
    ({ target }) => {
      playback.pause();
      pauseElements(target);
      channel?.postMessage("playing");
    },
    true,
  );
  // An open channel keeps a page out of the browser's cache for back and forward.
  addEventListener("pagehide", () => {
    channel?.close();
    channel = null;
  });
  addEventListener("pageshow", () => {
    if (!channel) open();
  });
  open();
}
