"""Discord itself: what is asked of it over HTTP (`rest`), and what it tells (`gateway`)."""

import logging

# Addresses with the tokens of interactions stand in what the library logs; what matters of it is logged here.
logging.getLogger("discord").setLevel(logging.CRITICAL)
