"""The ten composite mood genres: each a rule over the ranks of scores in the reference library."""

from ml.moods.older_genres import GENRES, OTHER, Condition, Genre, genre, genre_scores, strongest_genre

__all__ = ["GENRES", "OTHER", "Condition", "Genre", "genre", "genre_scores", "strongest_genre"]
