"""Training data: labelled clips, their features and teachers, batches and augmentation."""
