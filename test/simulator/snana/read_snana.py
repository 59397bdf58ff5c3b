"""Reads HEAD/PHOT.FITS pairs with sncosmo and astropy: read_snana.py HEAD PHOT [HEAD PHOT ...]; prints a list as JSON. Exit code 77: not both are here."""
import json
import sys

try:
    import numpy as np
    import sncosmo
    from astropy.table import Table
except ImportError:
    sys.exit(77)


def plain(value):
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bytes):
        value = value.decode()
    return value.strip() if isinstance(value, str) else value


def read(head_file, phot_file):
    head = Table.read(head_file)
    phot = Table.read(phot_file)
    return {
        'sncosmo': [{
            'meta': {name: plain(value) for name, value in table.meta.items()},
            'columns': {name: [plain(value) for value in table[name]] for name in table.colnames}
        } for table in sncosmo.read_snana_fits(head_file, phot_file)],
        'snid': [plain(value) for value in head['SNID']],
        'units': {name: str(phot[name].unit) for name in phot.colnames},
        'rows': len(phot),
        'ends': int(np.sum(phot['MJD'] == -777))
    }


json.dump([read(*sys.argv[k:k + 2]) for k in range(1, len(sys.argv), 2)], sys.stdout)
