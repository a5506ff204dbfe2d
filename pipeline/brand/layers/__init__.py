"""One file for each kind of layer: it is given a canvas and words, and gives a `Drawing`."""
