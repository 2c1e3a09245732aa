"""From whatever ffmpeg reads to one kind of MP4. Files are hostile until proven dull: they are probed and decoded in
processes of their own, with bounds on memory, time and pixels, and never lead to another file or to the network.
"""
