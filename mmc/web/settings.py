"""Limits of the web server. Those without a setting follow nginx and Apache's mod_reqtimeout."""

from mmc import environment as env

# Threads of each process. Slow clients occupy none of the first kind: the event loop reads requests and writes answers.
PAGE_THREADS = env.integer("WEB_THREADS", 16, least=2, most=256)
TRANSFER_THREADS = env.integer("WEB_TRANSFERS", 24, least=2, most=256)
FILE_THREADS = 8
# They read the database for all event streams, in turn.
EVENT_THREADS = 2
# Of the threads for transfers, one client (a session, a token, or an address without sign-in) has at most so many.
TRANSFERS_PER_CLIENT = max(2, TRANSFER_THREADS // 3)

# Connections of each process. Beyond it, the one that has waited longest for its request is closed.
MAX_CONNECTIONS = env.integer("WEB_CONNECTIONS", 500, least=20, most=20_000)

# A request's line and headers must be complete within this time, in at most this size.
HEAD_TIMEOUT_S = 20
MAX_HEAD_BYTES = 32 * 1024
# An idle connection is kept for the next request.
KEEP_ALIVE_S = 5
# A body must arrive at this rate, measured over so many seconds; an answer must be read at it.
MIN_BYTES_PER_S = 500
BODY_WINDOW_S = 20
ANSWER_WINDOW_S = 60
# A body of this size is read before a thread is used: that of every form. Others are read in the thread, which belongs
# to transfers.
PREFETCH_BYTES = 16 * 1024
# Files are sent in blocks of this size, so that the memory for slow readers is bounded.
BLOCK_BYTES = 64 * 1024
# After an answer that came before the end of the body, the rest is read and dropped for so long: most clients see the
# answer only then.
LINGER_S = 30
LINGER_SILENCE_S = 5
# Requests that are in progress when the server stops.
GRACE_S = 8
