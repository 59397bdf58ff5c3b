"""Reads a table with astropy; prints its columns, values (numbers by repr) and what it warned of, as JSON."""
import json
import sys
import warnings

import numpy
from astropy.io.votable import validate
from astropy.io.votable.ucd import check_ucd
from astropy.table import Table

path, form = sys.argv[1:]
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')
    table = Table.read(path, format='votable') if form == 'votable' else Table.read(path, format='ascii.csv', converters={'diaObjectId': str})


def plain(value):
    if value is numpy.ma.masked:
        return None
    if isinstance(value, (str, numpy.str_)):
        return str(value)
    if isinstance(value, (bool, numpy.bool_)):
        return bool(value)
    if isinstance(value, (int, numpy.integer)):
        return int(value)
    return None if numpy.isnan(value) else repr(float(value))


print(json.dumps({
    'names': table.colnames,
    'units': {name: None if table[name].unit is None else str(table[name].unit) for name in table.colnames},
    'ucds': {name: table[name].meta.get('ucd') for name in table.colnames},
    'ucdsRight': all(check_ucd(table[name].meta['ucd'], check_controlled_vocabulary=True) for name in table.colnames if 'ucd' in table[name].meta),
    'descriptions': {name: table[name].description for name in table.colnames},
    'rows': [[plain(row[name]) for name in table.colnames] for row in table],
    'warnings': [str(warning.message) for warning in caught],
    'valid': validate(path, sys.stderr) if form == 'votable' else True
}))
