"""Networks of one's own: any architecture of ml.training.architectures, trained on any labelled recordings."""
