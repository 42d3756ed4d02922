# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""Short texts in twelve languages, from the translations that ship inside the packages Django and wagtail (BSD-3-Clause)."""

import gettext
import html
import importlib.metadata
import re
import unicodedata
import zlib

import numpy as np

SEED = 20260105
LENGTH = 48
SHORTEST = 20
LANGUAGES = {
    "cs": "Czech", "de": "German", "en": "English", "es": "Spanish", "fi": "Finnish", "fr": "French", "hu": "Hungarian",
    "it": "Italian", "nl": "Dutch", "pl": "Polish", "sv": "Swedish", "tr": "Turkish",
}  # fmt: skip
PACKAGES = ["Django", "wagtail"]
# Character number i + 1; 0 is padding. Other characters count as a space.
ALPHABET = " abcdefghijklmnopqrstuvwxyz'-,.:?!¿¡áàâäãåąæçćčďéèêëęěğíìîïıłñńňóòôöõőøœřśšşßťúùûüűůýÿźżž"
NUMBERS = {character: number for number, character in enumerate(ALPHABET, start=1)}
# Placeholders, markup, addresses and names of variables are the same in all languages.
NOISE = re.compile(r"%\([^)]*\)[a-z]|%[a-z%]|\{[^}]*\}|<[^>]*>|https?:\S+|\S*[_/@\\]\S*|&\S+;|[\"“”„«»()\[\]…]")


def clean(text):
    """Lower-case text of the alphabet's characters, without placeholders and with single spaces."""
    text = (
        unicodedata.normalize("NFC", html.unescape(NOISE.sub(" ", text)))
        .replace("’", "'")
        .replace("\u0307", "")
        .lower()
    )
    text = re.sub(r"(?<!\w)'|'(?!\w)", " ", text)
    return " ".join("".join(character if character in NUMBERS else " " for character in text).split())


def encode(text):
    """The numbers of a text's first characters, padded with 0."""
    numbers = [NUMBERS[character] for character in text[:LENGTH]]
    return np.array(numbers + [0] * (LENGTH - len(numbers)), dtype=np.int64)


def messages():
    """Pairs of a language and a text, with the English text that it translates; each text once."""
    found = {}
    for package in PACKAGES:
        for file in sorted(importlib.metadata.files(package)):
            match = re.search(r"locale/([a-z]+)/LC_MESSAGES/\w+\.mo$", str(file))
            if match is None or match[1] not in LANGUAGES:
                continue
            with file.locate().open("rb") as stream:
                catalogue = gettext.GNUTranslations(stream)._catalog
            for key, text in catalogue.items():
                source = key[0] if isinstance(key, tuple) else key
                source = source.split("\x04")[-1]  # what stands before is a context
                if match[1] != "en" and source and text:
                    found.setdefault((match[1], clean(text)), source)
                    found.setdefault(("en", clean(source)), source)
    shared = {}
    for language, text in found:
        shared.setdefault(text, set()).add(language)
    return {key: source for key, source in found.items() if len(shared[key[1]]) == 1 and len(key[1]) >= SHORTEST}


def windows(text):
    """Parts of a text of at most `LENGTH` characters that begin with a word."""
    words, start = text.split(" "), 0
    while start < len(words):
        end = start + 1
        while end < len(words) and len(" ".join(words[start : end + 1])) <= LENGTH:
            end += 1
        part = " ".join(words[start:end])
        if len(part) >= SHORTEST:
            yield part
        start = end


def rows(heldout):
    """Rows of numbers with their classes, for training, and `heldout` of each class for testing.

    Three tenths of the English messages with all their translations are for testing only.
    """
    codes = sorted(LANGUAGES)
    parts = {False: [], True: []}
    for (language, text), source in sorted(messages().items()):
        tested = zlib.crc32(source.encode()) % 10 < 3
        parts[tested] += [(part, codes.index(language)) for part in windows(text)]
    rng = np.random.default_rng(SEED)
    chosen = []
    for label in range(len(codes)):
        of_class = [part for part in parts[True] if part[1] == label]
        chosen += [of_class[place] for place in sorted(rng.permutation(len(of_class))[:heldout])]
    chosen = [chosen[place] for place in rng.permutation(len(chosen))]
    for some in (parts[False], chosen):
        yield np.stack([encode(part) for part, _ in some]), np.array([label for _, label in some])
