#!/usr/bin/env python3
"""Makes words.txt from phrase-pinyin-data and jieba's small dictionary (see README.md).

Usage: make.py pinyin.txt dict.txt.small characters.tsv > words.txt
characters.tsv has the readings of the crate `pinyin`, a character and its reading a line.
"""
import collections
import math
import sys
import unicodedata

from own import OWN

# Less frequent words hardly ever stand beside a phrase.
FREQUENT = 200
# Less frequent words are not met, or not meant.
KNOWN = 10


def plain(reading):
    """A reading without its tone."""
    parts = unicodedata.normalize("NFD", reading)
    kept = (c for c in parts if unicodedata.category(c) != "Mn" or c == "\u0308")
    return unicodedata.normalize("NFC", "".join(kept)).replace("ü", "v").lower()


def read(path, separator):
    for line in open(path, encoding="utf-8"):
        parts = line.split("#")[0].strip().split(separator)
        if len(parts) > 1:
            yield [part.strip() for part in parts]


characters = {c: reading.replace("ü", "v") for c, reading in read(sys.argv[3], "\t")}
frequency = {word: int(count) for word, count, *_ in read(sys.argv[2], " ")}
phrases = {}
for phrase, readings in read(sys.argv[1], ":"):
    readings = [plain(reading) for reading in readings.split()]
    if len(readings) == len(phrase):
        phrases.setdefault(phrase, readings)
own = {phrase: readings.split() for phrase, readings in OWN.items()}
single = {phrase: readings[0] for phrase, readings in own.items() if len(phrase) == 1}
defaults = {**characters, **single}


def is_default(phrase, readings):
    return readings == [defaults.get(c) for c in phrase]


# Words whose reading is not that of their characters.
read_otherwise = {
    phrase: readings
    for phrase, readings in {**phrases, **own}.items()
    if phrase in single
    or all(c in defaults for c in phrase)
    and (phrase in own or frequency.get(phrase, 0) >= KNOWN)
    and not is_default(phrase, readings)
}
# A shorter one gives the same reading of a longer one: 银行 that of 银行家.
def given(phrase):
    at, readings = 0, []
    while at < len(phrase):
        for length in range(len(phrase) - (at == 0), at, -1):
            inner = read_otherwise.get(phrase[at:length])
            if inner:
                readings += inner
                at = length
                break
        else:
            readings.append(defaults.get(phrase[at]))
            at += 1
    return readings


# Words with ordinary readings that hold such a word: they are read as they are.
ordinary = {
    phrase: readings
    for phrase, readings in phrases.items()
    if frequency.get(phrase, 0) >= KNOWN and is_default(phrase, readings) and given(phrase) != readings
}
needless = [phrase for phrase in read_otherwise if len(phrase) > 1 and given(phrase) == read_otherwise[phrase]]
for phrase in sorted(needless, key=len, reverse=True):
    if given(phrase) == read_otherwise[phrase] and phrase not in own:
        del read_otherwise[phrase]
read_otherwise.update(ordinary)

# Words that may overlap with them, to tell 隆重|庆祝 from 重庆.
ends, begins = collections.defaultdict(list), collections.defaultdict(list)
for word, count in frequency.items():
    if count >= FREQUENT and 2 <= len(word) <= 4:
        for length in range(1, min(3, len(word))):
            ends[word[-length:]].append(word)
            begins[word[:length]].append(word)
beside = set()
for phrase in read_otherwise:
    if 2 <= len(phrase) <= 3:
        for at in range(1, len(phrase)):
            before, after = ends[phrase[:at]], begins[phrase[at:]]
            beside.update(before, after)


def rank(word):
    """How frequent a word is, from 0."""
    return str(int(math.log2(max(frequency.get(word, 16), 1))))


for word in sorted(beside | set(read_otherwise), key=lambda word: word.encode()):
    print(" ".join([word, rank(word)] + read_otherwise.get(word, [])))
