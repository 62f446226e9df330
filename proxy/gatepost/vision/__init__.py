"""What pictures and documents say: words, links, codes. An optional part: `gatepost[vision]`.

Nothing here is imported by the process that takes mail but `eyes`, which asks a child process: decoders are C
code on hostile input. See docs/vision.md.
"""
