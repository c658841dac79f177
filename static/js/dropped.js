// The songs in what was dropped or picked, folders walked to their end.

const SONG =
  /\.(mp3|mp2|wav|wave|w64|flac|ogg|oga|opus|m4a|m4b|mp4|aac|aif|aiff|aifc|wma|asf|caf|au|ape|wv|tta|tak|amr|ac3|dts|mka|mkv|webm|mov|avi|flv|mpg|mpeg|ts)$/i;
const inOrder = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

// Files that somebody named one by one are all meant; of a folder, only its songs are: covers and lists lie beside them.
export async function dropped(transfer) {
  // Before anything is awaited: the browser forgets what was dropped as soon as the event is over.
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.());
  const files = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory)) return { songs: files, others: 0 };
  const named = [];
  const walked = [];
  for (const [index, entry] of entries.entries()) {
    if (entry?.isDirectory) await walk(entry, walked);
    else if (files[index]) named.push(files[index]);
  }
  const { songs, others } = songsOf(walked);
  return { songs: [...named, ...songs], others };
}

export function picked(files) {
  const all = [...files];
  return all.some((file) => file.webkitRelativePath) ? songsOf(all) : { songs: all, others: 0 };
}

function songsOf(files) {
  const songs = files.filter((file) => SONG.test(file.name) && !file.name.startsWith("."));
  songs.sort((one, other) => inOrder.compare(pathOf(one), pathOf(other)));
  return { songs, others: files.length - songs.length };
}

const paths = new WeakMap();
const pathOf = (file) => paths.get(file) || file.webkitRelativePath || file.name;

async function walk(folder, found) {
  const reader = folder.createReader();
  for (;;) {
    // A hundred at a time, until there are none.
    const entries = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!entries.length) return;
    for (const entry of entries) {
      if (entry.isDirectory) await walk(entry, found);
      else {
        const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
        if (!file) continue;
        paths.set(file, entry.fullPath);
        found.push(file);
      }
    }
  }
}
