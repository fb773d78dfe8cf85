"""What indexes are measured by: formulas as textbooks have them, nothing clever."""

from collections import Counter
from math import log

from docintel.index.words import terms


def bm25(query, texts, k1=1.2, b=0.75):
    """Scores by the textbook."""
    bags = [Counter(terms(text)) for text in texts]
    mean = sum(bag.total() for bag in bags) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for term in set(terms(query)):
            holding = sum(term in other for other in bags)
            idf = log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
            score += idf * bag[term] * (k1 + 1) / (bag[term] + k1 * (1 - b + b * bag.total() / mean))
        scores.append(score)
    return scores
