// The page of a song. The modules are independent of each other; all of them use the player.

import "./player.js";
import "./song_timeline.js";
import "./mini_player.js";
import "./trajectory.js";
import "./saliency.js";
import "./vocabularies.js";
