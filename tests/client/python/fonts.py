"""Fonts, read and written by others than us.

facts FILE...     prints, as JSON, what each file says: names, characters, widths, kerning, ligatures, outlines
woff2 FROM TO     packs a file as WOFF 2, its outlines in their other form
"""
import json
import sys

from fontTools.pens.areaPen import AreaPen
from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.ttLib import TTFont


def lookups(font, tag):
    if tag not in font:
        return []
    return [table for lookup in font[tag].table.LookupList.Lookup for table in lookup.SubTable]


def kerning(font):
    pairs = {}
    for table in lookups(font, "GPOS"):
        if table.LookupType == 2 and table.Format == 1:
            for first, pair_set in zip(table.Coverage.glyphs, table.PairSet):
                for pair in pair_set.PairValueRecord:
                    pairs[f"{first} {pair.SecondGlyph}"] = pair.Value1.XAdvance
    return pairs


def ligatures(font):
    found = {}
    for table in lookups(font, "GSUB"):
        if table.LookupType == 4:
            for first, ligature_set in table.ligatures.items():
                for ligature in ligature_set:
                    found[" ".join([first, *ligature.Component])] = ligature.LigGlyph
    return found


def facts(path):
    # Everything is read, and a sum that is wrong is an error.
    font = TTFont(path, lazy=False, checkChecksums=2)
    for tag in font.keys():
        if tag != "GlyphOrder":
            font[tag]
    order, glyphs = font.getGlyphOrder(), font.getGlyphSet()
    outlines = {}
    for name in order:
        area, bounds = AreaPen(glyphs), ControlBoundsPen(glyphs)
        glyphs[name].draw(area)
        glyphs[name].draw(bounds)
        outlines[name] = {"area": abs(area.value), "bounds": bounds.bounds}
    return {
        "flavor": font.flavor,
        "version": font.sfntVersion.encode("latin-1").hex(),
        "tables": sorted(tag for tag in font.keys() if tag != "GlyphOrder"),
        "order": order,
        "names": {f"{n.platformID} {n.nameID}": n.toUnicode() for n in font["name"].names},
        "characters": {str(code): name for code, name in font.getBestCmap().items()},
        "metrics": {name: list(metric) for name, metric in font["hmtx"].metrics.items()},
        "line": [font["head"].unitsPerEm, font["hhea"].ascent, font["hhea"].descent, font["OS/2"].sTypoAscender],
        "kerning": kerning(font),
        "ligatures": ligatures(font),
        "outlines": outlines,
    }


def main(command, *paths):
    if command == "facts":
        print(json.dumps([facts(path) for path in paths]))
        return
    font = TTFont(paths[0])
    font.flavor = "woff2"
    font.save(paths[1])


main(*sys.argv[1:])
