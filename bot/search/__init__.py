"""Full-text search and related papers, from arrays in this process."""

from bot.search.index import open_index as open_index
