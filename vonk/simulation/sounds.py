"""Short loops made of plucked strings, soft keys, bells and brushes, computed sample by sample.

A loop's notes ring on over its end into its beginning, so that it repeats without a seam.
"""

import math
import sys
import wave
from array import array
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

import msgspec

from vonk.simulation.plans import SoundPlan

SAMPLE_RATE: Final = 24_000  # Soft sounds have nothing above 12 kHz, and every sample is a step of Python.
PEAK: Final = 0.72

Samples: TypeAlias = "array[float]"  # Not subscriptable at run time before Python 3.12.


class Note(msgspec.Struct, frozen=True):
    """One note: when (beats), which (semitones from A4), how long (beats), how loud (0..1), played on what."""

    beat: float
    pitch: int
    beats: float
    level: float
    voice: str


def render_sound(sound: SoundPlan, target: Path) -> None:
    """Write the loop as a mono 16-bit WAV file."""
    samples = loop(sound)
    frames = array("h", (round(32_767 * sample) for sample in samples))
    if sys.byteorder == "big":
        frames.byteswap()
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(frames.tobytes())


def loop(sound: SoundPlan) -> Samples:
    """Return the loop's samples, between -1 and 1, as long as the plan says."""
    length = round(sound.seconds * SAMPLE_RATE)
    per_beat = length / sound.beats
    mixed: Samples = array("d", bytes(8 * length))
    for note in score(sound):
        played = VOICES[note.voice](note.pitch, round(note.beats * per_beat))
        _lay(mixed, played, round(note.beat * per_beat), note.level)
    _lay(mixed, array("d", mixed), round(per_beat * 0.75), 0.22)  # One echo makes a room.
    loudest = max(map(abs, mixed))
    return array("d", [sample * PEAK / loudest for sample in mixed])


def _lay(onto: Samples, played: Samples, start: int, level: float) -> None:
    """Add a note to the loop, round its end if need be."""
    length = len(onto)
    for index, sample in enumerate(played, start):
        onto[index % length] += sample * level


def score(sound: SoundPlan) -> list[Note]:
    """Return the notes of a loop: its chords in the manner of its style, over its drums."""
    random = Random(sound.slug)
    span = sound.beats / len(sound.chords)
    notes: list[Note] = []
    for place, chord in enumerate(sound.chords):
        start = place * span
        notes.append(Note(start, chord[0] - 24, span * 0.95, 0.34, "bass"))
        if sound.style == "pad":
            notes += [Note(start, pitch - 12, span * 1.3, 0.20, "pad") for pitch in chord]
            notes += [
                Note(start + (step + 0.5) * span / 2, random.choice(chord) + 12, 1.5, 0.14, "bell") for step in range(2)
            ]
        elif sound.style == "waltz":
            notes += [Note(start + beat, pitch - 12, 0.9, 0.16, "keys") for beat in (1, 2) for pitch in chord]
            notes += [Note(start + beat, random.choice(chord), 1.0, 0.22, "pluck") for beat in (0, 1.5, 2)]
        elif sound.style == "keys":
            notes += [Note(start + beat, pitch - 12, 1.2, 0.15, "keys") for beat in (0, span * 0.62) for pitch in chord]
            notes += [Note(start + span * 0.5, random.choice(chord) + 12, 1.0, 0.12, "bell")]
        else:
            steps = round(span * 2)
            order = [*chord, *reversed(chord[1:-1])] if sound.style == "roll" else [*chord, chord[0] + 12, *chord]
            voice = "bell" if sound.style == "chime" else "pluck"
            notes += [Note(start + step / 2, order[step % len(order)], 1.4, 0.24, voice) for step in range(steps)]
    return notes + _drums(sound)


def _drums(sound: SoundPlan) -> list[Note]:
    """Return a soft beat: a low drum on the first of two beats, a brush on the second, a shaker between."""
    if not sound.drums:
        return []
    notes: list[Note] = []
    for beat in range(sound.beats):
        notes.append(Note(beat, 0, 0.4, 0.5, "kick") if beat % 2 == 0 else Note(beat, 0, 0.3, 0.16, "brush"))
        notes.append(Note(beat + 0.5, 0, 0.12, 0.09, "brush"))
    return notes


def _frequency(pitch: int) -> float:
    return 440.0 * math.pow(2.0, pitch / 12)


@lru_cache(maxsize=256)
def _pluck(pitch: int, length: int) -> Samples:
    """Return a plucked string (Karplus and Strong): a burst of noise that a short delay line averages away."""
    period = max(2, round(SAMPLE_RATE / _frequency(pitch)))
    random = Random(pitch)
    string = [random.uniform(-1, 1) for _ in range(period)]
    # Averaged once beforehand: a finger, not a pick.
    string = [(string[index] + string[index - 1]) / 2 for index in range(period)]
    played: Samples = array("d")
    while len(played) < length:
        played.extend(string)
        last, previous = [], string[-1]
        for sample in string:
            last.append(0.4985 * (sample + previous))
            previous = sample
        string = last
    return _faded(played[:length], 40)


@lru_cache(maxsize=256)
def _partials(kind: str, pitch: int, length: int) -> Samples:
    """Return a tone of a few decaying partials; attack and decay make it a key, a bell, a bass or a pad."""
    parts, attack_seconds, decay_seconds = PARTIALS[kind]
    step = math.tau * _frequency(pitch) / SAMPLE_RATE
    attack = max(1, round(attack_seconds * SAMPLE_RATE))
    played: Samples = array("d", bytes(8 * length))
    sin = math.sin
    for ratio, level in parts:
        turn = step * ratio
        # Higher partials die sooner, as they do in wood and metal.
        keep = math.exp(-math.sqrt(ratio) / (decay_seconds * SAMPLE_RATE))
        loud = level
        for index in range(length):
            played[index] += loud * sin(turn * index)
            loud *= keep
    for index in range(min(attack, length)):
        played[index] *= index / attack
    return _faded(played, round(SAMPLE_RATE * 0.06))


@lru_cache(maxsize=16)
def _kick(_pitch: int, length: int) -> Samples:
    played: Samples = array("d")
    angle = 0.0
    for index in range(length):
        age = index / SAMPLE_RATE
        angle += math.tau * (46 + 70 * math.exp(-age * 32)) / SAMPLE_RATE
        played.append(math.sin(angle) * math.exp(-age * 9))
    return _faded(played, 200)


@lru_cache(maxsize=16)
def _brush(_pitch: int, length: int) -> Samples:
    random = Random(length)
    played: Samples = array("d")
    low = 0.0
    for index in range(length):
        noise = random.uniform(-1, 1)
        low += 0.45 * (noise - low)
        played.append((noise - low) * math.exp(-index / SAMPLE_RATE * 22))
    return _faded(played, 200)


def _faded(played: Samples, tail: int) -> Samples:
    """Bring the last samples to silence, so that a cut note does not click."""
    tail = min(tail, len(played))
    for index in range(tail):
        played[-1 - index] *= index / tail
    return played


# For each kind: its partials (ratio to the pitch, level), its attack and its decay in seconds.
PARTIALS: Final[dict[str, tuple[tuple[tuple[float, float], ...], float, float]]] = {
    "keys": (((1.0, 0.8), (2.0, 0.22), (4.0, 0.06)), 0.006, 0.55),
    "bell": (((1.0, 0.6), (2.76, 0.22), (5.4, 0.08)), 0.002, 0.6),
    "bass": (((1.0, 0.9), (2.0, 0.2)), 0.012, 0.9),
    "pad": (((1.0, 0.5), (1.004, 0.5), (2.0, 0.12)), 0.30, 2.6),
}

VOICES: Final[dict[str, Callable[[int, int], Samples]]] = {
    "pluck": _pluck,
    "kick": _kick,
    "brush": _brush,
    "keys": lambda pitch, length: _partials("keys", pitch, length),
    "bell": lambda pitch, length: _partials("bell", pitch, length),
    "bass": lambda pitch, length: _partials("bass", pitch, length),
    "pad": lambda pitch, length: _partials("pad", pitch, length),
}
