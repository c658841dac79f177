// The page of a song: each part works by itself, and all of them follow one player.

import "./player.js";
import "./score.js";
import "./mini.js";
import "./way.js";
import "./looking.js";
import "./vocabularies.js";
