#!/bin/sh
# pycrdt 0.14.13 reads a Text by characters and changes it by UTF-8 bytes: del text[2] takes away more than text[2].
#
# What was done: a Text with letters beyond ASCII is read, cut, formatted and inserted into by one and the same index.
# What was expected: one unit for all of them. The class calls itself "similar to a Python str"; __getitem__ gives "the
# characters at the given index or slice", __delitem__ "removes the characters at the given index or slice", __len__ is
# "the length of the text" (docstrings, and the API page made of them).
# What was seen: reading counts characters; len, del, insert and format count bytes. An index within a letter is no error:
# here del takes two letters, insert goes to the end, format takes everything. The damage is sent to all peers.
# Why it matters: this is the Python side of Yjs (Jupyter's servers use it). A backend job that corrects a word in a
# shared text in any language but English deletes its neighbours, for everybody, for good; tests in ASCII pass.
#
# Needs python 3.11 with venv and pip, and its registry. Fails when what it states is not so any more.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check pycrdt==0.14.13

cat >see.py <<'PY'
from pycrdt import Doc, Text


def fresh():
    return Doc().get("text", type=Text)


def made(content):
    text = fresh()
    text += content
    return text


text = made("éàb")
print("len", len(text), "of", len(str(text)))
print("text[2] is", text[2])
del text[2]
print("after del text[2]:", str(text))

text = made("größer als")
print("text[4:6] is", text[4:6])
del text[4:6]
print("after del text[4:6]:", str(text))

text = made("éàb")
text.insert(1, "X")
print("after insert at 1:", str(text))

text = made("éàb")
text.format(0, 1, {"bold": True})
print("bold 0 to 1:", [content for content, look in text.diff() if look])
PY

env/bin/python see.py >output
cat output
cmp output - <<'SEEN'
len 5 of 3
text[2] is b
after del text[2]: é
text[4:6] is er
after del text[4:6]: gröer als
after insert at 1: éàbX
bold 0 to 1: ['éàb']
SEEN
