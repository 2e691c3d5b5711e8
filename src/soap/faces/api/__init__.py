"""The server: one ASGI application with a face for every protocol; `app.build` makes it.

Arrow's usual allocator keeps, for each thread, what was ever unpacked there: ten megabytes for each slow reader. The
one that is chosen here gives it back; it has to be chosen before Arrow is first imported.
"""

import os

os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")
