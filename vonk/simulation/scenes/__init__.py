"""The pictures that move: each kind of scene is a class that draws one frame for a phase between 0 and 1.

Every motion is periodic in the phase, so that a clip loops without a seam. Lengths are in design pixels (a vertical
frame is 360 wide and 640 high); what a scene leaves to chance comes from its seed.
"""
