// The result page of a song. The modules are independent of each other; most of them use the player.

import "./disclosure.js";
import "./player.js";
import "./song_timeline.js";
import "./mini_player.js";
import "./trajectory.js";
import "./spectrogram.js";
import "./saliency.js";
import "./verdict.js";
import "./vocabularies.js";
