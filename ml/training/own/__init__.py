"""Networks of one's own: any architecture of ml.training.older_networks, trained on any labelled recordings."""
