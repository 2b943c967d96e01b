"""The trained model as files that others run, with proof that they compute the same."""
