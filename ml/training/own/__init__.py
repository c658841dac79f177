"""Train any network of ml.training.older_networks on your own labelled recordings."""
