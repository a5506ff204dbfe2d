"""The parts of the render benchmark: what is measured (one file each) and how.

`story` prepares a real story and changes it as people do, `single_pass` is the same video in one ffmpeg, `moviepy_pass` the same in
MoviePy, `cost` measures a process with all its children, `likeness` holds the pictures against each other.
"""
