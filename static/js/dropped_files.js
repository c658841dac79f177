// The audio files in a drop or a selection. Walks dropped folders to their end.

const AUDIO =
  /\.(mp3|mp2|wav|wave|w64|flac|ogg|oga|opus|m4a|m4b|mp4|aac|aif|aiff|aifc|wma|asf|caf|au|ape|wv|tta|tak|amr|ac3|dts|mka|mkv|webm|mov|avi|flv|mpg|mpeg|ts)$/i;
const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

// Single files are always uploaded. Of a folder only the audio files are: covers and playlists are next to them, and are
// counted in `skipped`.
export async function filesFromDrop(transfer) {
  // Before the first await: the browser empties the transfer as soon as the event is over.
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.());
  const files = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory)) return { files, skipped: 0 };
  const single = [];
  const inFolders = [];
  for (const [index, entry] of entries.entries()) {
    if (entry?.isDirectory) await walk(entry, inFolders);
    else if (files[index]) single.push(files[index]);
  }
  const audio = audioFiles(inFolders);
  return { files: [...single, ...audio.files], skipped: audio.skipped };
}

export function filesFromInput(list) {
  const files = [...list];
  return files.some((file) => file.webkitRelativePath) ? audioFiles(files) : { files, skipped: 0 };
}

function audioFiles(all) {
  const files = all.filter((file) => AUDIO.test(file.name) && !file.name.startsWith("."));
  files.sort((a, b) => natural.compare(pathOf(a), pathOf(b)));
  return { files, skipped: all.length - files.length };
}

const paths = new WeakMap();
const pathOf = (file) => paths.get(file) || file.webkitRelativePath || file.name;

async function walk(folder, files) {
  const reader = folder.createReader();
  for (;;) {
    // The browser returns at most a hundred entries at a time.
    const entries = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!entries.length) return;
    for (const entry of entries) {
      if (entry.isDirectory) await walk(entry, files);
      else {
        const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
        if (!file) continue;
        paths.set(file, entry.fullPath);
        files.push(file);
      }
    }
  }
}
