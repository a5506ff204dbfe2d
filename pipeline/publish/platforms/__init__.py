"""One file for each platform; `known` lists them."""
