// On pages for people who are not signed in: the queue of somebody who was is forgotten.

import { forget } from "./queue/store.js";

forget();
