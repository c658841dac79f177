"""What the judgements of one person say about a model: measures, and a recalibration of the chances of the moods."""
